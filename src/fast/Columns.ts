/**
 * The no-op's evidence as one file: what was told when all was fresh, and the stat row of everything that said so. Derived from traces
 * and the config's evidence, disposable. Written by the engine after a run in which nothing ran, read before anything else is loaded.
 */
import { hash } from "node:crypto"
import type { BigIntStats } from "node:fs"

/** `expected` is a stat row; null where nothing may be. `follow` looks through links. */
export interface Expected {
  readonly path: string
  readonly follow: boolean
  readonly row: BigIntStats | null
}

export interface Header {
  readonly atlas: "fast/1"
  /** Absolute: the folder and file of the config. */
  readonly root: string
  readonly config: string
  /** Node version, platform, architecture, boot: another one has to look for itself. */
  readonly machine: ReadonlyArray<string>
  /** Names with the salted digest of their values, null for unset. */
  readonly environment: ReadonlyArray<readonly [string, string | null]>
  readonly salt: string
  /** Day of judgement; the answer stands from then to `until`, inclusive, UTC. */
  readonly from: string
  readonly until: string | null
  readonly answer: Told
}

/** What the run printed, without time and width. */
export interface Told {
  readonly head: readonly [left: string, right: string] | null
  readonly body: { readonly plain: string; readonly colour: string }
  readonly last: string
}

const magic = "ATLASF01"
const digestBytes = 32
const columns = 6
const absent = -1n

export interface Columns {
  readonly header: Header
  readonly paths: ReadonlyArray<string>
  /** So many of `paths` are looked at through links, the rest as they are. */
  readonly followed: number
  /** dev, ino, size, mode, mtime and ctime in ns for each path; dev is -1 for what is absent. */
  readonly rows: BigInt64Array
}

export const put = (rows: BigInt64Array, at: number, stat: BigIntStats | null): void => {
  const start = at * columns
  if (stat === null) {
    rows[start] = absent
    return
  }
  rows[start] = stat.dev
  rows[start + 1] = stat.ino
  rows[start + 2] = stat.size
  rows[start + 3] = stat.mode
  rows[start + 4] = stat.mtimeNs
  rows[start + 5] = stat.ctimeNs
}

export const holds = (rows: BigInt64Array, at: number, stat: BigIntStats | undefined): boolean => {
  const start = at * columns
  if (stat === undefined) return rows[start] === absent
  return (
    rows[start + 5] === stat.ctimeNs &&
    rows[start + 4] === stat.mtimeNs &&
    rows[start + 2] === stat.size &&
    rows[start + 1] === stat.ino &&
    rows[start + 3] === stat.mode &&
    rows[start] === stat.dev
  )
}

/** The file's bytes; null if a path cannot be written down. */
export const encode = (header: Header, expected: ReadonlyArray<Expected>): Buffer | null => {
  if (expected.some(({ path }) => path.includes("\n"))) return null
  const sorted = [...expected.filter((one) => one.follow), ...expected.filter((one) => !one.follow)]
  const rows = new BigInt64Array(sorted.length * columns)
  for (const [at, one] of sorted.entries()) put(rows, at, one.row)
  const text = Buffer.from(
    JSON.stringify({ header, followed: sorted.filter((one) => one.follow).length, paths: sorted.map((one) => one.path).join("\n") })
  )
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, " ")])
  const body = Buffer.concat([padded, Buffer.from(rows.buffer)])
  const lengths = Buffer.alloc(8)
  lengths.writeUInt32LE(padded.length, 0)
  lengths.writeUInt32LE(sorted.length, 4)
  const whole = Buffer.concat([lengths, body])
  return Buffer.concat([Buffer.from(magic, "latin1"), hash("sha256", whole, "buffer"), whole])
}

/** Null for anything but a whole file of this form. */
export const decode = (bytes: Buffer): Columns | null => {
  const start = magic.length + digestBytes
  if (bytes.length < start + 8 || bytes.toString("latin1", 0, magic.length) !== magic) return null
  const whole = bytes.subarray(start)
  if (!bytes.subarray(magic.length, start).equals(hash("sha256", whole, "buffer"))) return null
  const textLength = whole.readUInt32LE(0)
  const count = whole.readUInt32LE(4)
  if (whole.length !== 8 + textLength + count * columns * 8) return null
  const { header, followed, paths } = JSON.parse(whole.toString("utf8", 8, 8 + textLength)) as {
    header: Header
    followed: number
    paths: string
  }
  // a copy, since typed arrays want their bytes aligned
  const rows = new BigInt64Array(count * columns)
  Buffer.from(rows.buffer).set(whole.subarray(8 + textLength))
  return { header, followed, paths: count === 0 ? [] : paths.split("\n"), rows }
}
