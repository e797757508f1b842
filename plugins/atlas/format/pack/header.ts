/**
 * The 512 bytes before a member of a pack, in the one form the format has (dataset contract §6): what the reference's writer gives.
 * All bytes not named here are NUL.
 */

/** The members of a pack, in their order. */
export const packMembers = ["manifest.json", "gene_summary.sqlite", "manifest.lock"] as const
export type PackMemberName = (typeof packMembers)[number]

export const blockBytes = 512

/** Most bytes of a member: what 11 octal digits hold, 8 GiB - 1. */
export const memberBytesLimit = 8 ** 11 - 1

/** Zero bytes between a member's last byte and the next block. */
export const paddingOf = (bytes: number): number => (blockBytes - (bytes % blockBytes)) % blockBytes

/** The end of a pack: two blocks of zeros. */
export const endBytes = 2 * blockBytes

const sizeAt = 124
const sizeDigits = 11

/** `name` ASCII, at most 100 bytes; `bytes` at most `memberBytesLimit`. */
export const packHeader = (name: PackMemberName, bytes: number): Buffer => {
  const block = Buffer.alloc(blockBytes)
  block.write(name, 0, "latin1")
  block.write("0000644\0", 100, "latin1")
  block.write(`${bytes.toString(8).padStart(sizeDigits, "0")}\0`, sizeAt, "latin1")
  block.write("00000000000\0", 136, "latin1")
  block.write("ustar  \0", 257, "latin1")
  // The sum of all bytes with the checksum's own eight taken as spaces: seven octal digits and NUL.
  const sum = block.reduce((total, byte) => total + byte, 8 * 0x20)
  block.write(`${sum.toString(8).padStart(7, "0")}\0`, 148, "latin1")
  return block
}

/** The size that a header states: eleven octal digits and NUL, else undefined. */
export const statedBytes = (block: Uint8Array): number | undefined => {
  if (block[sizeAt + sizeDigits] !== 0) return undefined
  let bytes = 0
  for (let at = sizeAt; at < sizeAt + sizeDigits; at++) {
    const digit = (block[at] ?? 0) - 0x30
    if (digit < 0 || digit > 7) return undefined
    bytes = bytes * 8 + digit
  }
  return bytes
}

/** The name a header states, as printable ASCII for messages: at most 100 bytes up to the first NUL. */
export const statedName = (block: Uint8Array): string => {
  const end = block.indexOf(0)
  return Buffer.from(block.subarray(0, Math.min(end < 0 ? 100 : end, 100)))
    .toString("latin1")
    .replace(/[^\x20-\x7e]/g, "?")
}
