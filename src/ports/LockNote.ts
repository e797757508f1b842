/** `lock.json`: who holds the lock, for messages. The lock itself is the kernel's; nothing is decided by this note. */
import * as fs from "node:fs"
import * as os from "node:os"
import { Option, Schema } from "effect"
import { LockHolder } from "../domain/StateErrors.ts"
import { bootId, comesFrom, startedAt } from "./Machine.ts"
import { removeFile } from "./RemoveTree.ts"
import { replaceFile } from "./ReplaceFile.ts"

const Note = Schema.fromJsonString(LockHolder)
const decode = Schema.decodeUnknownOption(Note)
/** Largest note that is read, bytes. */
const limitBytes = 65_536

/** This process as a holder. */
export const ourselves = (run: string, command: string): LockHolder => ({
  pid: process.pid,
  started: startedAt(process.pid) ?? "",
  boot: bootId(),
  host: os.hostname(),
  command,
  run,
  at: new Date().toISOString()
})

/** Best effort: a run does not fail for want of a note. */
export const writeNote = (file: string, holder: LockHolder): void => {
  try {
    replaceFile(file, `${JSON.stringify(holder)}\n`, { durable: false })
  } catch {
    // The lock is held all the same.
  }
}

export const removeNote = (file: string): void => {
  try {
    removeFile(file)
  } catch {
    // As above; `readNote` tells a dead holder's note.
  }
}

const isDead = (holder: LockHolder): boolean => {
  if (holder.host !== os.hostname()) return false
  if (holder.boot !== bootId()) return true
  return holder.started !== "" && startedAt(holder.pid) !== holder.started
}

/** Whether the holder waits for us, so that waiting for it would never end. */
export const waitsForUs = (holder: LockHolder): boolean =>
  holder.host === os.hostname() && holder.boot === bootId() && comesFrom(holder.pid)

/** The holder named there; null if none is, or if a process that is dead by now wrote it. Total. */
export const readNote = (file: string): LockHolder | null => {
  try {
    const stat = fs.lstatSync(file)
    if (!stat.isFile() || stat.size > limitBytes) return null
    const holder = Option.getOrNull(decode(fs.readFileSync(file, "utf8")))
    return holder === null || isDead(holder) ? null : holder
  } catch {
    return null
  }
}
