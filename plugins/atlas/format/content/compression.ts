/** Which compression a file has, by its first bytes; a name is only compared with it. */
export type Compression = "plain" | "gzip" | "bgzip"

const magics: ReadonlyArray<readonly [string, ReadonlyArray<number>]> = [
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  ["lz4", [0x04, 0x22, 0x4d, 0x18]]
]

const startsWith = (head: Uint8Array, magic: ReadonlyArray<number>) => magic.every((byte, i) => head[i] === byte)

/** `gzip` for all that begins as gzip (bgzip is told from it by its blocks), `plain` for what is not compressed, else the name of a compression that is not read. */
export const compressionOf = (head: Uint8Array): string => {
  if (startsWith(head, [0x1f, 0x8b])) return "gzip"
  // A zstd file may begin with skippable frames: 0x184D2A50 to 0x184D2A5F, little-endian.
  if ((head[0]! & 0xf0) === 0x50 && startsWith(head.subarray(1), [0x2a, 0x4d, 0x18])) return "zstd"
  return magics.find(([, magic]) => startsWith(head, magic))?.[0] ?? "plain"
}

/** Whether the name promises another compression than the content has. `.bgz` and `.gz` are both used for bgzip. */
export const nameDisagrees = (path: string, compression: Compression): boolean => {
  const name = path.toLowerCase()
  const gzipped = [".gz", ".bgz", ".bgzf"].some((end) => name.endsWith(end))
  if ([".zst", ".bz2", ".xz", ".zip", ".lz4"].some((end) => name.endsWith(end))) return true
  return gzipped !== (compression !== "plain") || (name.endsWith(".bgz") && compression === "gzip")
}
