/**
 * A lock that the kernel releases when its holder dies and never by time: `BEGIN EXCLUSIVE` on an empty SQLite file. No
 * other code of this process may open that file: POSIX locks fall when any descriptor of it closes.
 */
import * as fs from "node:fs"
import { DatabaseSync } from "node:sqlite"

const busy = 5
/** Not a database, or a damaged one: nobody can hold it, so it may be emptied. */
const damaged: ReadonlySet<number> = new Set([11, 26])

export type Locked = { readonly state: "held"; readonly release: () => void } | { readonly state: "busy" }

const resultCode = (cause: unknown): number => {
  const code = (cause as { readonly errcode?: unknown }).errcode
  return typeof code === "number" ? code & 0xff : -1
}

const inodeOf = (file: string): string | null => {
  const stat = fs.statSync(file, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`
}

/** Makes the file if it is absent. An existing one is not even opened, for the reason above. */
const create = (file: string): void => {
  try {
    fs.closeSync(fs.openSync(file, "wx", 0o644))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause
  }
}

const attemptLock = (file: string): Locked | "again" => {
  create(file)
  // SQLite takes a mere read lock, and says nothing, where it cannot write.
  fs.accessSync(file, fs.constants.R_OK | fs.constants.W_OK)
  const before = inodeOf(file)
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec("BEGIN EXCLUSIVE")
  } catch (cause) {
    database.close()
    if (resultCode(cause) === busy) return { state: "busy" }
    if (!damaged.has(resultCode(cause))) throw cause
    fs.truncateSync(file, 0)
    return "again"
  }
  // Somebody may have removed the folder while we waited: a lock on a nameless file excludes nobody.
  if (before === null || inodeOf(file) !== before) {
    database.close()
    return "again"
  }
  return { state: "held", release: () => database.close() }
}

/** One try, without waiting. Throws errnos and SQLite's errors where no lock can be had. */
export const tryLock = (file: string): Locked => {
  for (let tries = 0; tries < 3; tries++) {
    const locked = attemptLock(file)
    if (locked !== "again") return locked
  }
  return { state: "busy" }
}

/** Whether someone holds the lock now, without writing or making anything; false where there is no lock file. */
export const isLocked = (file: string): boolean => {
  if (inodeOf(file) === null) return false
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: 0, readOnly: true })
    database.prepare("SELECT count(*) FROM sqlite_master").get()
    return false
  } catch (cause) {
    return resultCode(cause) === busy
  } finally {
    database?.close()
  }
}
