/**
 * What stood when a run ended, as one file: the stat row of everything that says so, by group of connected tasks, and what is told when
 * nothing is stale. Derived from traces and the config's evidence, disposable. Written by the engine, read before anything else is loaded.
 */
import { hash } from "node:crypto"
import type { BigIntStats } from "node:fs"

/** dev, ino, size, mode, mtime and ctime in ns; dev is -1 where nothing may be, -2 where nobody may look. */
export type StatColumns = BigInt64Array

/** `follow` looks through links. `groups` are those that it says something of; none: it says something of the whole project. */
export interface Expected {
  readonly path: string
  readonly follow: boolean
  readonly row: StatColumns
  readonly groups: ReadonlyArray<number>
}

export interface Header {
  readonly atlas: "fast/2"
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
  /** Seal of the kept project document whose groups these are; null if none is kept. */
  readonly project: string | null
  /** As declared. */
  readonly tasks: number
  /** Groups with fan-outs: how many more tasks there are than declared (fewer if below 0). Absent if there are none. */
  readonly fanned?: ReadonlyArray<readonly [group: number, more: number]>
  readonly targets: number
  /** Groups in which something is stale, fails or has to be told anew each time: the engine has to look. */
  readonly unproven: ReadonlyArray<number>
  /** `task-finished` events, as the engine tells them, of what is fresh and yet worth telling; with group and index. */
  readonly told: ReadonlyArray<readonly [group: number, index: number, event: unknown]>
  /** Null unless every group is proven. */
  readonly answer: Told | null
  /** Digest of the file that holds the plan of a project in which all is fresh; null if there is none. */
  readonly plan: string | null
}

/** All tasks there are, those of items instead of what stands for them; without those of `groups`. */
export const tasksOf = ({ tasks, fanned }: Pick<Header, "tasks" | "fanned">, groups?: ReadonlySet<number>): number =>
  (fanned ?? []).reduce((sum, [group, more]) => (groups?.has(group) === true ? sum : sum + more), tasks)

/** What the run printed, without time and width. */
export interface Told {
  readonly head: readonly [left: string, right: string] | null
  readonly body: { readonly plain: string; readonly colour: string }
  readonly last: string
}

const magic = "ATLASF02"
const digestBytes = 32
export const columnCount = 6
const absent = -1n

/** Instead of a row: a folder on the way is closed to us, or links lead in a circle. */
export const unreachable = "unreachable"
const closed = -2n

export interface Columns {
  readonly header: Header
  readonly paths: ReadonlyArray<string>
  /** So many of `paths` are looked at through links, the rest as they are. */
  readonly followed: number
  /** `columnCount` values for each path. */
  readonly rows: BigInt64Array
  /** Of each path: a group + 1, 0 for the whole project, or -1 - i for the groups `shared[i]`. */
  readonly owners: Int32Array
  readonly shared: ReadonlyArray<ReadonlyArray<number>>
}

export const columnsOf = (stat: BigIntStats | null | typeof unreachable): StatColumns =>
  stat === null || stat === unreachable
    ? BigInt64Array.of(stat === null ? absent : closed, 0n, 0n, 0n, 0n, 0n)
    : BigInt64Array.of(stat.dev, stat.ino, stat.size, stat.mode, stat.mtimeNs, stat.ctimeNs)

/** `undefined` is what is absent. */
export const holds = (rows: BigInt64Array, at: number, stat: BigIntStats | undefined | typeof unreachable): boolean => {
  const start = at * columnCount
  if (stat === undefined) return rows[start] === absent
  if (stat === unreachable) return rows[start] === closed
  return (
    rows[start + 5] === stat.ctimeNs &&
    rows[start + 4] === stat.mtimeNs &&
    rows[start + 2] === stat.size &&
    rows[start + 1] === stat.ino &&
    rows[start + 3] === stat.mode &&
    rows[start] === stat.dev
  )
}

/** The groups of one path; empty for the whole project. */
export const groupsOf = ({ owners, shared }: Columns, at: number): ReadonlyArray<number> => {
  const owner = owners[at] as number
  return owner === 0 ? [] : owner > 0 ? [owner - 1] : (shared[-1 - owner] as ReadonlyArray<number>)
}

/** What was expected, as `encode` took it. */
export const expectedOf = (columns: Columns): ReadonlyArray<Expected> =>
  columns.paths.map((path, at) => ({
    path,
    follow: at < columns.followed,
    row: columns.rows.subarray(at * columnCount, (at + 1) * columnCount),
    groups: groupsOf(columns, at)
  }))

/** The file's bytes; null if a path cannot be written down. */
export const encode = (header: Header, expected: ReadonlyArray<Expected>): Buffer | null => {
  if (expected.some(({ path }) => path.includes("\n"))) return null
  const sorted = [...expected.filter((one) => one.follow), ...expected.filter((one) => !one.follow)]
  const rows = new BigInt64Array(sorted.length * columnCount)
  const owners = new Int32Array(sorted.length)
  const shared = new Map<string, number>()
  for (const [at, { row, groups }] of sorted.entries()) {
    rows.set(row, at * columnCount)
    if (groups.length < 2) owners[at] = groups[0] === undefined ? 0 : groups[0] + 1
    else {
      const key = groups.join(",")
      const known = shared.get(key) ?? shared.size
      shared.set(key, known)
      owners[at] = -1 - known
    }
  }
  const text = Buffer.from(
    JSON.stringify({
      header,
      followed: sorted.filter((one) => one.follow).length,
      shared: Array.from(shared.keys(), (key) => key.split(",").map(Number)),
      paths: sorted.map((one) => one.path).join("\n")
    })
  )
  const lengths = Buffer.alloc(8)
  lengths.writeUInt32LE(text.length, 0)
  lengths.writeUInt32LE(sorted.length, 4)
  const whole = Buffer.concat([lengths, text, Buffer.from(rows.buffer), Buffer.from(owners.buffer)])
  return Buffer.concat([Buffer.from(magic, "latin1"), hash("sha256", whole, "buffer"), whole])
}

/** Null for anything but a whole file of this form. */
export const decode = (bytes: Buffer): Columns | null => {
  const start = magic.length + digestBytes
  if (bytes.length < start + 8 || bytes.toString("latin1", 0, magic.length) !== magic) return null
  const whole = bytes.subarray(start)
  if (!bytes.subarray(magic.length, start).equals(hash("sha256", whole, "buffer"))) return null
  const textEnd = 8 + whole.readUInt32LE(0)
  const count = whole.readUInt32LE(4)
  const rowsEnd = textEnd + count * columnCount * 8
  if (whole.length !== rowsEnd + count * 4) return null
  const { header, followed, shared, paths } = JSON.parse(whole.toString("utf8", 8, textEnd)) as Pick<
    Columns,
    "header" | "followed" | "shared"
  > & { readonly paths: string }
  // copies, since typed arrays want their bytes aligned
  const rows = new BigInt64Array(count * columnCount)
  Buffer.from(rows.buffer).set(whole.subarray(textEnd, rowsEnd))
  const owners = new Int32Array(count)
  Buffer.from(owners.buffer).set(whole.subarray(rowsEnd))
  return { header, followed, shared, paths: count === 0 ? [] : paths.split("\n"), rows, owners }
}
