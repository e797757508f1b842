/** How digests are had: looked up where the stat row vouches for them, else read. */
import type { BigIntStats } from "node:fs"
import { Effect } from "effect"
import { type DiskFull, FileMoved, NameNotText, SpecialFile } from "../domain/FileErrors.ts"
import type { StateWriteFailed } from "../domain/StateErrors.ts"
import { ioFault } from "./Errno.ts"
import type { FileClock } from "./FileClock.ts"
import { type FileDigest, type ReadError, readDigest } from "./FileContent.ts"
import { type Absent, absent, rowOf, specialFile, statOf, type StatRow } from "./FileStat.ts"
import { digestTree, type TreeDigest, type TreeEntry, treeRow, walk } from "./FileTree.ts"
import type { StatCache } from "./StatCache.ts"

export type TreeError = ReadError | NameNotText

export interface FileDigestsShape {
  /** One stat and a look-up: null if the content must be read (then ask `file`), also where stat fails. Follows links. */
  readonly known: (path: string) => FileDigest | Absent | null
  /** As `known`, for `tree`: one stat for each thing below. */
  readonly knownTree: (path: string) => TreeDigest | Absent | null
  /** A regular file's digest, read if need be. Follows links; a folder is a `SpecialFile`. */
  readonly file: (path: string) => Effect.Effect<FileDigest | Absent, ReadError>
  /** A file, folder or link, all that lies below it, nothing followed. */
  readonly tree: (path: string) => Effect.Effect<TreeDigest | Absent, TreeError>
  /** The same, always read: for `--paranoid` and `verify`. */
  readonly fresh: Pick<FileDigestsShape, "file" | "tree">
  /** For tainting: the row that `file` (`tree`) gives while nothing moves. `absent` too where nothing can be looked at. */
  readonly stat: (path: string) => StatRow
  readonly statTree: (path: string) => StatRow
  /** Whether a later write would show: false for a row as young as the file system's tick. */
  readonly settled: (stat: BigIntStats) => boolean
  /** Waits, some ms at most, until what was written so far is settled, where that does not take long. */
  readonly settle: Effect.Effect<void>
  /** Writes what was learnt, if anything; true if it wrote. */
  readonly save: () => Effect.Effect<boolean, StateWriteFailed | DiskFull>
}

const plain = ({ sha256, bytes, stat }: FileDigest): FileDigest => ({ sha256, bytes, stat })
const quietly = <A>(run: () => A, otherwise: A): A => {
  try {
    return run()
  } catch {
    return otherwise
  }
}
const fullOf = (root: string, entry: TreeEntry): string => (entry.path === "" ? root : `${root}/${entry.path}`)

const walked = (root: string): Effect.Effect<ReadonlyArray<TreeEntry> | Absent, TreeError> =>
  Effect.try({
    try: () => walk(root),
    catch: (cause) => (cause instanceof SpecialFile || cause instanceof NameNotText ? cause : ioFault("read", root, cause))
  })

/** So many small files are read before others get their turn. */
const filesATurn = 64

export const makeDigestReader = (cache: StatCache, clock: FileClock, save: FileDigestsShape["save"]): FileDigestsShape => {
  const known = (at: string): FileDigest | Absent | null =>
    quietly(() => {
      const stat = statOf(at, true)
      return stat === null ? absent : cache.get(at, rowOf(stat))
    }, null)

  const read = (at: string, follow: boolean) => {
    // Once settled, a row stays so: the clock is only asked about rows that are new.
    const settled = (stat: BigIntStats): boolean => cache.get(at, rowOf(stat)) !== null || clock.settled(stat)
    return readDigest(at, follow, settled).pipe(
      Effect.map((digest) => {
        if (digest === absent) return absent
        cache.put(at, digest, digest.settled)
        return plain(digest)
      })
    )
  }

  const readFile = (at: string): Effect.Effect<FileDigest | Absent, ReadError> =>
    Effect.suspend(() => {
      let stat: BigIntStats | null
      try {
        stat = statOf(at, true)
      } catch (cause) {
        return Effect.fail(ioFault("read", at, cause))
      }
      if (stat === null) return Effect.succeed(absent)
      return stat.isFile() ? read(at, true) : Effect.fail(specialFile(at, stat))
    })

  const cached = (root: string) => (entry: TreeEntry) => cache.get(fullOf(root, entry), entry.row)?.sha256 ?? null

  const knownTree = (root: string): TreeDigest | Absent | null =>
    quietly(() => {
      const entries = walk(root)
      return entries === absent ? absent : digestTree(entries, cached(root))
    }, null)

  const treeOnce = Effect.fnUntraced(function* (root: string, trusting: boolean) {
    const entries = yield* walked(root)
    if (entries === absent) return absent
    const shas = new Map<TreeEntry, string>()
    const moved = () => new FileMoved({ message: `${root} changed while it was read`, where: { path: root }, path: root })
    let turn = 0
    for (const entry of entries) {
      if (entry.type !== "file") continue
      const hit = trusting ? cached(root)(entry) : null
      if (hit !== null) {
        shas.set(entry, hit)
        continue
      }
      if (++turn % filesATurn === 0) yield* Effect.yieldNow
      const digest = yield* read(fullOf(root, entry), false)
      if (digest === absent || digest.stat !== entry.row) return yield* moved()
      shas.set(entry, digest.sha256)
    }
    // With nothing read, nothing took time: the walk itself was the look.
    if (turn > 0) {
      const after = yield* walked(root)
      if (after === absent || treeRow(after) !== treeRow(entries)) return yield* moved()
    }
    return digestTree(entries, (entry) => shas.get(entry) ?? null) ?? (yield* moved())
  })

  const tree = (root: string, trusting: boolean): Effect.Effect<TreeDigest | Absent, TreeError> =>
    treeOnce(root, trusting).pipe(Effect.catchTag("FileMoved", () => treeOnce(root, trusting)))

  return {
    known,
    knownTree,
    file: (at) =>
      Effect.suspend((): Effect.Effect<FileDigest | Absent, ReadError> => {
        const hit = known(at)
        return hit === null ? readFile(at) : Effect.succeed(hit)
      }),
    tree: (root) => tree(root, true),
    fresh: { file: readFile, tree: (root) => tree(root, false) },
    stat: (at) =>
      quietly(() => {
        const stat = statOf(at, true)
        return stat === null ? absent : rowOf(stat)
      }, absent),
    statTree: (root) =>
      quietly(() => {
        const entries = walk(root)
        return entries === absent ? absent : treeRow(entries)
      }, absent),
    settled: clock.settled,
    settle: Effect.suspend(() => Effect.sleep(clock.settlingMs())),
    save
  }
}
