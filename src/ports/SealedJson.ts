/**
 * JSON documents that prove themselves: the last key is `sha256`, over all bytes before its comma. A torn write, a
 * flipped bit or a truncated file is seen; a document of another kind or a later version is told apart.
 */
import { hash } from "node:crypto"
import * as fs from "node:fs"

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants
const comma = Buffer.from(',"sha256":"')
const end = Buffer.from('"}\n')
const sealBytes = comma.length + 64 + end.length

export type SealProblem = "unreadable" | "too-large" | "truncated" | "corrupt" | "foreign" | "newer"

export type Opened = { readonly state: "absent" } | { readonly state: "good"; readonly document: unknown } | { readonly state: SealProblem }

/** One line. `document` is not empty and has no key `sha256` of its own. */
export const seal = (document: { readonly atlas: string }): string => {
  const open = JSON.stringify(document).slice(0, -1)
  return `${open},"sha256":"${hash("sha256", open)}"}\n`
}

const declared = /^\{"atlas":"([a-z-]{1,40})\/(\d{1,9})"/

/** Reads what `seal` wrote; `kind` is `name/version`. Total. */
export const unseal = (bytes: Buffer, kind: string): Opened => {
  const name = kind.slice(0, kind.indexOf("/"))
  const head = declared.exec(bytes.toString("latin1", 0, 64))
  if (head?.[1] === name && Number(head[2]) > Number(kind.slice(name.length + 1))) return { state: "newer" }
  const cut = bytes.length - sealBytes
  if (cut < 2 || end.compare(bytes, bytes.length - end.length) !== 0) return { state: "truncated" }
  if (comma.compare(bytes, cut, cut + comma.length) !== 0) return { state: "corrupt" }
  const open = bytes.subarray(0, cut)
  if (hash("sha256", open) !== bytes.toString("latin1", cut + comma.length, cut + comma.length + 64)) return { state: "corrupt" }
  if (head === null || `${head[1]}/${head[2]}` !== kind) return { state: "foreign" }
  try {
    return { state: "good", document: JSON.parse(`${open.toString("utf8")}}`) }
  } catch {
    return { state: "corrupt" }
  }
}

const shared = Buffer.allocUnsafe(64 * 1024)

/** Reads a sealed document of at most `limit` bytes. Links are not followed, a FIFO does not hang. Total. */
export const readSealed = (path: string, kind: string, limit: number): Opened => {
  let descriptor: number
  try {
    descriptor = fs.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (cause) {
    const errno = (cause as NodeJS.ErrnoException).code
    return { state: errno === "ENOENT" || errno === "ENOTDIR" ? "absent" : "unreadable" }
  }
  try {
    let read = fs.readSync(descriptor, shared, 0, shared.length, 0)
    // Most files fit; only a larger one is asked for its size.
    if (read === shared.length) {
      const stat = fs.fstatSync(descriptor)
      if (!stat.isFile()) return { state: "unreadable" }
      if (stat.size > limit) return { state: "too-large" }
      const whole = Buffer.allocUnsafe(stat.size)
      for (read = 0; read < stat.size;) {
        const n = fs.readSync(descriptor, whole, read, stat.size - read, read)
        if (n === 0) break
        read += n
      }
      return unseal(whole.subarray(0, read), kind)
    }
    return unseal(shared.subarray(0, read), kind)
  } catch {
    return { state: "unreadable" }
  } finally {
    fs.closeSync(descriptor)
  }
}
