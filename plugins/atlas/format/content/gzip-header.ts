/** Header of one gzip member (RFC 1952 §2.3) and the size field of a bgzip block (SAM specification §4.1). */
import { crc32 } from "node:zlib"

export type GzipHeader =
  | { readonly state: "complete"; readonly bytes: number; readonly blockBytes: number | null }
  | { readonly state: "incomplete" }
  | { readonly state: "bad"; readonly reason: string }

const incomplete: GzipHeader = { state: "incomplete" }
const bad = (reason: string): GzipHeader => ({ state: "bad", reason })

/** Reads the header at `from`. `blockBytes` is the size of the whole member if it is a bgzip block. */
export const gzipHeader = (input: Buffer, from: number): GzipHeader => {
  const held = input.length - from
  if (held >= 1 && input[from] !== 0x1f) return bad("no gzip member begins here")
  if (held >= 2 && input[from + 1] !== 0x8b) return bad("no gzip member begins here")
  if (held >= 3 && input[from + 2] !== 8) return bad("unknown compression method")
  if (held >= 4 && (input[from + 3]! & 0xe0) !== 0) return bad("reserved flags are set")
  if (held < 10) return incomplete
  const flags = input[from + 3]!
  let at = from + 10
  let blockBytes: number | null = null
  if (flags & 4) {
    if (at + 2 > input.length) return incomplete
    const end = at + 2 + input.readUInt16LE(at)
    if (end > input.length) return incomplete
    for (at += 2; at + 4 <= end;) {
      const size = input.readUInt16LE(at + 2)
      if (at + 4 + size > end) return bad("the extra field is malformed")
      if (input[at] === 66 && input[at + 1] === 67 && size === 2) blockBytes = input.readUInt16LE(at + 4) + 1
      at += 4 + size
    }
    at = end
  }
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue
    const end = input.indexOf(0, at)
    if (end < 0) return incomplete
    at = end + 1
  }
  if (flags & 2) {
    if (at + 2 > input.length) return incomplete
    if ((crc32(input.subarray(from, at)) & 0xffff) !== input.readUInt16LE(at)) return bad("the header does not match its checksum")
    at += 2
  }
  return { state: "complete", bytes: at - from, blockBytes }
}
