/**
 * Lists of checksums as providers publish them: CHECKSUMS of Ensembl (BSD `sum`: checksum, blocks, name), md5sums and sha256sums in GNU's
 * form (hex, blank, blank or `*`, name; a backslash in front where the name is escaped), and BSD's tagged form (`SHA256 (name) = hex`, of openssl `SHA2-256(name)= hex`).
 */
import { basename } from "node:path"
import { Effect, Schema } from "effect"
import { type ErrorDocs, type Several, several, Told } from "atlas-run/plugin"
import { LimitExceeded, type Limits, limits as defaults } from "../limits.ts"
import { Problems } from "../problems.ts"
import { cut, InvalidUtf8, invalidUtf8At, quote } from "../text.ts"
import type { ContentError } from "./failure.ts"
import { readContent } from "./read.ts"

export const algorithms = ["sum", "md5", "sha1", "sha256", "sha512"] as const
export type Algorithm = (typeof algorithms)[number]

/** `value` as `valueOf` of the digests writes it: lower-case hex, or for `sum` the checksum and its blocks of 1024 bytes. */
export interface ChecksumEntry {
  readonly algorithm: Algorithm
  readonly value: string
  /** As listed, without `./`. */
  readonly name: string
  /** 1-based. */
  readonly line: number
}

export class ChecksumLine extends Schema.TaggedError<ChecksumLine>()("ChecksumLine", { ...Told, value: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A line of a list of checksums is of no known form",
    hint: "Known are the output of sum, md5sum, sha1sum, sha256sum and sha512sum, also with --tag.",
    example: 'Line 3 is no checksum: "<html>".'
  }
}

const byLength: Readonly<Record<number, Algorithm>> = { 32: "md5", 40: "sha1", 64: "sha256", 128: "sha512" }

/** `\n`, `\r` and `\\` of a name that GNU's tools escaped. */
const unescaped = (name: string): string => name.replace(/\\([nr\\])/g, (_, c: string) => (c === "n" ? "\n" : c === "r" ? "\r" : "\\"))

/** Without `./` at its start, however often; a pattern that repeats would take a frame for each. */
const bare = (name: string): string => {
  let from = 0
  while (name.startsWith("./", from)) {
    from += 2
    while (name[from] === "/") from++
  }
  return name.slice(from)
}

const entryOf = (text: string): Omit<ChecksumEntry, "line"> | undefined => {
  const escaped = text.startsWith("\\")
  const body = escaped ? text.slice(1) : text
  const plain = (name: string) => bare(escaped ? unescaped(name) : name)
  const [, tag, tagged, tagDigest] = /^(MD5|SHA1|SHA2-256|SHA256|SHA2-512|SHA512) ?\((.+)\) ?= ?([0-9A-Fa-f]+)$/.exec(body) ?? []
  if (tag !== undefined && tagged !== undefined && tagDigest !== undefined) {
    const algorithm = byLength[tagDigest.length]
    return algorithm === tag.toLowerCase().replace("sha2-", "sha")
      ? { algorithm, value: tagDigest.toLowerCase(), name: plain(tagged) }
      : undefined
  }
  const [, digest, name] = /^([0-9A-Fa-f]{32,128})(?: [ *]|\s+)(\S.*)$/.exec(body) ?? []
  if (digest !== undefined && name !== undefined) {
    const algorithm = byLength[digest.length]
    return algorithm === undefined ? undefined : { algorithm, value: digest.toLowerCase(), name: plain(name) }
  }
  const [, sum, blocks, summed] = /^\s*(\d{1,5})\s+(\d{1,15})\s+(\S.*)$/.exec(text) ?? []
  return sum === undefined || blocks === undefined || summed === undefined || Number(sum) > 65_535
    ? undefined
    : { algorithm: "sum", value: `${sum.padStart(5, "0")} ${Number(blocks)}`, name: bare(summed) }
}

export interface ChecksumListing {
  readonly entries: ReadonlyArray<ChecksumEntry>
  readonly problems: ReadonlyArray<ChecksumLine | InvalidUtf8>
}

/** Blank lines, lines that begin with #, a byte order mark and CRLF are taken. */
export const parseChecksums = (bytes: Buffer, path = "(checksums)", limits: Limits = defaults): ChecksumListing => {
  const bad = invalidUtf8At(bytes)
  if (bad >= 0) {
    const hex = bytes[bad]!.toString(16).padStart(2, "0")
    return { entries: [], problems: [new InvalidUtf8({ message: `Byte ${hex} is not UTF-8.`, where: { path, byte: bad }, bytes: hex })] }
  }
  const problems = new Problems<ChecksumLine>(limits.problems)
  const entries: Array<ChecksumEntry> = []
  for (const [i, text] of bytes
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = i + 1
    if (text.trim() === "" || text.startsWith("#")) continue
    const entry = entryOf(text)
    if (entry !== undefined) entries.push({ ...entry, line })
    else
      problems.add(
        () => new ChecksumLine({ message: `Line ${line} is no checksum: ${quote(text)}.`, where: { path, line }, value: cut(text) })
      )
  }
  return { entries, problems: problems.list }
}

/** Bytes of a list: 40,000 lines of sha512sum. */
const most = 16 * 2 ** 20

/** Reads a list. Fails with all its problems. */
export const readChecksums = (
  path: string
): Effect.Effect<ReadonlyArray<ChecksumEntry>, ContentError | ChecksumLine | InvalidUtf8 | Several<ChecksumLine | InvalidUtf8>> =>
  Effect.gen(function* () {
    const chunks: Array<Buffer> = []
    let size = 0
    yield* readContent(path, {
      onChunk: (chunk) => {
        size += chunk.length
        if (size <= most) chunks.push(Buffer.from(chunk))
      },
      refusal: () =>
        size <= most
          ? undefined
          : new LimitExceeded({
              message: `The list is larger than ${most} bytes.`,
              where: { path },
              limit: "checksumBytes",
              allowed: most,
              found: size
            })
    })
    const { entries, problems } = parseChecksums(Buffer.concat(chunks), path)
    return problems.length > 0 ? yield* Effect.fail(several(problems)) : entries
  })

/**
 * What the list says of a file: entries whose path is the end of the file's, the longest ones; if there are none, those of its name in
 * whatever folder. Empty where it is not listed.
 */
export const entriesFor = (path: string, entries: ReadonlyArray<ChecksumEntry>): ReadonlyArray<ChecksumEntry> => {
  const name = basename(path)
  const alike = entries.filter((entry) => basename(entry.name) === name)
  const within = alike.filter((entry) => `/${path}`.endsWith(`/${entry.name}`))
  const longest = within.reduce((most, { name }) => Math.max(most, name.length), 0)
  return within.length === 0 ? alike : within.filter((entry) => entry.name.length === longest)
}
