/** Where two files or folders first differ. */
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, type Stats } from "node:fs"
import { join } from "node:path"
import type { Difference } from "../domain/AuditDocument.ts"

type Place = Omit<Difference, "output">

const chunkBytes = 1 << 20
/** Of a line that is told. */
const toldBytes = 200

const statAt = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false })

const read = (descriptor: number, buffer: Buffer, at: number): Buffer => {
  let filled = 0
  while (filled < buffer.length) {
    const got = readSync(descriptor, buffer, filled, buffer.length - filled, at + filled)
    if (got === 0) break
    filled += got
  }
  return buffer.subarray(0, filled)
}

/** The line that begins at `from`, if it is text. */
const lineAt = (descriptor: number, from: number): string | null => {
  const bytes = read(descriptor, Buffer.alloc(toldBytes), from)
  const end = bytes.indexOf(10)
  const line = end < 0 ? bytes : bytes.subarray(0, end)
  return line.includes(0) ? null : line.toString("utf8")
}

const ofFiles = (first: string, second: string, path: string): Place | null => {
  const a = openSync(first, "r")
  const b = openSync(second, "r")
  try {
    const [left, right] = [Buffer.alloc(chunkBytes), Buffer.alloc(chunkBytes)]
    let lines = 0
    let lineStart = 0
    for (let at = 0; ; at += chunkBytes) {
      const [one, other] = [read(a, left, at), read(b, right, at)]
      const common = Math.min(one.length, other.length)
      let differs = 0
      if (one.equals(other)) differs = -1
      else while (differs < common && one[differs] === other[differs]) differs++
      const upTo = differs < 0 ? common : differs
      for (let found = one.indexOf(10); found >= 0 && found < upTo; found = one.indexOf(10, found + 1)) {
        lines++
        lineStart = at + found + 1
      }
      if (differs >= 0) {
        const [was, is] = [lineAt(a, lineStart), lineAt(b, lineStart)]
        return { path, byte: at + differs, line: was === null || is === null ? null : { number: lines + 1, first: was, second: is } }
      }
      if (one.length < chunkBytes) return null
    }
  } finally {
    closeSync(a)
    closeSync(b)
  }
}

const kindOf = (stat: Stats | undefined): string =>
  stat === undefined ? "nothing" : stat.isDirectory() ? "folder" : stat.isSymbolicLink() ? "link" : stat.isFile() ? "file" : "special"

/** Names before contents, in the order of names. Null if there is none. `path` is what both are called. */
export const firstDifference = (first: string, second: string, path = ""): Place | null => {
  const kind = kindOf(statAt(first))
  const nothing: Place = { path, byte: null, line: null }
  if (kind !== kindOf(statAt(second))) return nothing
  if (kind === "file") return ofFiles(first, second, path)
  if (kind === "link") return readlinkSync(first) === readlinkSync(second) ? null : nothing
  if (kind !== "folder") return null
  const names = [...new Set([...readdirSync(first), ...readdirSync(second)])].sort()
  for (const name of names) {
    const found = firstDifference(join(first, name), join(second, name), path === "" ? name : `${path}/${name}`)
    if (found !== null) return found
  }
  return null
}
