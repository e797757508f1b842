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

/** What a seal vouches for, but for its last brace. */
export type Vouched = { readonly state: "good"; readonly open: Buffer } | { readonly state: SealProblem }

const vouchedIn = (bytes: Buffer, kind: string): Vouched => {
  const name = kind.slice(0, kind.indexOf("/"))
  const head = declared.exec(bytes.toString("latin1", 0, 64))
  if (head?.[1] === name && Number(head[2]) > Number(kind.slice(name.length + 1))) return { state: "newer" }
  const cut = bytes.length - sealBytes
  if (cut < 2 || end.compare(bytes, bytes.length - end.length) !== 0) return { state: "truncated" }
  if (comma.compare(bytes, cut, cut + comma.length) !== 0) return { state: "corrupt" }
  const open = bytes.subarray(0, cut)
  if (hash("sha256", open) !== bytes.toString("latin1", cut + comma.length, cut + comma.length + 64)) return { state: "corrupt" }
  return head === null || `${head[1]}/${head[2]}` !== kind ? { state: "foreign" } : { state: "good", open }
}

const parsed = (vouched: Vouched): Opened => {
  if (vouched.state !== "good") return vouched
  try {
    return { state: "good", document: JSON.parse(`${vouched.open.toString("utf8")}}`) }
  } catch {
    return { state: "corrupt" }
  }
}

/** Reads what `seal` wrote; `kind` is `name/version`. Total. */
export const unseal = (bytes: Buffer, kind: string): Opened => parsed(vouchedIn(bytes, kind))

const shared = Buffer.allocUnsafe(64 * 1024)

/** Reads a sealed document of at most `limit` bytes. Links are not followed, a FIFO does not hang. Total. */
export const readSealed = (path: string, kind: string, limit: number): Opened => {
  const vouched = readVouched(path, kind, limit)
  return vouched.state === "absent" ? vouched : parsed(vouched)
}

/** The same before it is parsed; its bytes stand until the next document is read. */
export const readVouched = (path: string, kind: string, limit: number): Vouched | { readonly state: "absent" } => {
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
      return vouchedIn(whole.subarray(0, read), kind)
    }
    return vouchedIn(shared.subarray(0, read), kind)
  } catch {
    return { state: "unreadable" }
  } finally {
    fs.closeSync(descriptor)
  }
}
