/** What the file system says of a file without reading it: the evidence that content did not change. */
import * as fs from "node:fs"
import { NameNotText, SpecialFile } from "../domain/FileErrors.ts"

/**
 * `dev:ino:size:mode:mtimeNs:ctimeNs`, decimal, mode octal; `absent` if nothing is there; `tree:<sha256>` for what lies
 * in a folder. Two rows are equal only if nothing was written between them, as far as the file system can tell.
 */
export type StatRow = string

/** The row, or digest, of what is not there. */
export const absent = "absent"
export type Absent = typeof absent

export const rowOf = (stat: fs.BigIntStats): StatRow =>
  `${stat.dev}:${stat.ino}:${stat.size}:${stat.mode.toString(8)}:${stat.mtimeNs}:${stat.ctimeNs}`

/** The later of its two times, ns. */
export const newestOf = (stat: fs.BigIntStats): bigint => (stat.mtimeNs > stat.ctimeNs ? stat.mtimeNs : stat.ctimeNs)

/** Nothing moved between two looks. */
export const same = (before: StatRow, after: StatRow): boolean => before === after

const gone: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR"])
export const isGone = (cause: unknown): boolean => gone.has((cause as NodeJS.ErrnoException).code ?? "")

const options = { bigint: true, throwIfNoEntry: false } as const

/** Null if nothing is there; other errnos are thrown. `follow` looks through symbolic links. */
export const statOf = (path: string, follow: boolean): fs.BigIntStats | null => {
  try {
    return (follow ? fs.statSync(path, options) : fs.lstatSync(path, options)) ?? null
  } catch (cause) {
    if (isGone(cause)) return null
    throw cause
  }
}

const kindOf = (stat: fs.BigIntStats): string =>
  stat.isFIFO()
    ? "FIFO"
    : stat.isSocket()
      ? "socket"
      : stat.isCharacterDevice() || stat.isBlockDevice()
        ? "device"
        : stat.isDirectory()
          ? "folder"
          : stat.isSymbolicLink()
            ? "symbolic link"
            : "special file"

export const specialFile = (path: string, stat: fs.BigIntStats): SpecialFile => {
  const kind = kindOf(stat)
  return new SpecialFile({ message: `${path} is a ${kind}, not a regular file`, where: { path }, path, kind })
}

/** The names in a folder, unsorted. Throws `NameNotText` where one would not survive as text. */
export const namesIn = (folder: string): ReadonlyArray<string> => {
  const names = fs.readdirSync(folder)
  if (!names.some((name) => name.includes("\uFFFD"))) return names
  for (const bytes of fs.readdirSync(folder, { encoding: "buffer" })) {
    if (!Buffer.from(bytes.toString("utf8")).equals(bytes)) {
      const shown = bytes.toString("latin1").replace(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`)
      throw new NameNotText({ message: `${folder} holds a name that is not UTF-8: ${shown}`, where: { path: folder }, path: folder })
    }
  }
  return names
}

const beyondBasic = /[\uD800-\uFFFF]/

/** Sorts texts by their UTF-8 bytes: the same on every machine and in every locale. */
export const sortBytewise = <A>(values: Array<A>, key: (value: A) => string): Array<A> => {
  if (values.some((value) => beyondBasic.test(key(value)))) {
    const bytes = new Map(values.map((value) => [value, Buffer.from(key(value))]))
    return values.sort((a, b) => Buffer.compare(bytes.get(a) ?? Buffer.alloc(0), bytes.get(b) ?? Buffer.alloc(0)))
  }
  return values.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}
