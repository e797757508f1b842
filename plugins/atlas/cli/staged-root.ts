/**
 * Building the folder of a dataset beside its place and putting it there whole. The work goes on in
 * `.assembly=A.ingest-<run>` (new/, the replaced old/, lock.db), which is removed whatever happens. A run that was killed is told from
 * one that is alive by its lock, which the kernel frees; what it left is put back or cleared by the next run.
 */
import { randomBytes } from "node:crypto"
import * as fs from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import { Effect } from "effect"
import { type DatasetId, datasetFolder } from "../format/dataset-id.ts"
import { change, type IoDurability, makeDirectory, remove, syncDirectory } from "../format/durable.ts"
import { BuildRootInTheWay } from "./errors.ts"
import { type LockBusy, type LockUnusable, withLock } from "../format/store/lock.ts"

/** `tries`: of finding a place for the work, or of replacing what others keep putting there. */
const Limits = { tries: 20 } as const

const isThere = (path: string): Effect.Effect<boolean> =>
  Effect.promise(() =>
    fs.lstat(path).then(
      () => true,
      () => false
    )
  )

/** The nearest folder above that is there. */
const nearestThere = (path: string): Effect.Effect<string> =>
  Effect.flatMap(isThere(path), (there) => (there || path === dirname(path) ? Effect.succeed(path) : nearestThere(dirname(path))))

/** Removes empty folders from `path` up to, but not, `top`. */
const removeEmpty = (path: string, top: string): Effect.Effect<void> =>
  Effect.promise(async () => {
    try {
      for (let at = path; at !== top; at = dirname(at)) await fs.rmdir(at)
    } catch {
      // Not empty, or gone: it is not ours to remove.
    }
  })

/** Fails where a build root stands: reports alone would replace it. */
export const nothingAt = (root: string, id: DatasetId): Effect.Effect<void, BuildRootInTheWay> =>
  Effect.gen(function* () {
    const path = join(resolve(root), datasetFolder(id))
    if (yield* isThere(join(path, "derived", "manifest.json")))
      return yield* new BuildRootInTheWay({ message: `${path} holds a build root, which reports alone would replace`, where: { path } })
  })

const workPrefix = (place: string): string => `.${basename(place)}.ingest-`

/** Renames; `false` where there is nothing to rename, or something stands where it must go. */
const moved = (from: string, to: string): Effect.Effect<boolean, IoDurability> =>
  change("rename", to, () => fs.rename(from, to)).pipe(
    Effect.as(true),
    Effect.catchIf(
      ({ errno }) => errno === "ENOENT" || errno === "ENOTEMPTY" || errno === "EEXIST",
      () => Effect.succeed(false)
    )
  )

/** Puts back what a killed run had moved aside, and removes the rest of its work. Whose lock is held is alive and left alone. */
const healAfterKilled = (place: string): Effect.Effect<void, IoDurability> =>
  Effect.gen(function* () {
    const folder = dirname(place)
    const names = yield* Effect.promise(() => fs.readdir(folder).catch(() => []))
    for (const name of names) {
      if (!name.startsWith(workPrefix(place))) continue
      const work = join(folder, name)
      const heal = Effect.gen(function* () {
        if (!(yield* isThere(place)) && (yield* moved(join(work, "old"), place))) yield* syncDirectory(folder)
        yield* remove(work)
      })
      yield* withLock(join(work, "lock.db"), heal, { timeoutMs: 0 }).pipe(
        Effect.catchTags({ LockBusy: () => Effect.void, LockUnusable: () => Effect.void })
      )
    }
  })

/** Moves `new/` to the place, and what was there before into `old/`. Gives whether something was. */
const swap = (work: string, place: string): Effect.Effect<boolean, IoDurability> =>
  Effect.gen(function* () {
    const old = join(work, "old")
    for (let left = Limits.tries; ; left--) {
      yield* remove(old)
      const replaced = yield* moved(place, old)
      const put = yield* change("rename", place, () => fs.rename(join(work, "new"), place)).pipe(
        Effect.as(true),
        // Another run put its own there between the two renames: it is replaced in turn.
        Effect.catchIf(
          ({ errno }) => left > 1 && (errno === "ENOTEMPTY" || errno === "EEXIST"),
          () => Effect.succeed(false)
        ),
        Effect.onError(() => (replaced ? Effect.ignore(moved(old, place)) : Effect.void))
      )
      if (!put) continue
      yield* syncDirectory(dirname(place))
      return replaced
    }
  })

/**
 * Runs `build` on an absent folder and puts it to `ROOT/release=R/species=S/assembly=A`, replacing what is there. On failure and
 * interruption everything is as before. Gives what `build` gave, the place, and whether something was replaced.
 */
export const placeBuildRoot = <A, E, R>(
  root: string,
  id: DatasetId,
  build: (folder: string) => Effect.Effect<A, E, R>
): Effect.Effect<
  { readonly built: A; readonly place: string; readonly replaced: boolean },
  E | IoDurability | LockBusy | LockUnusable,
  R
> =>
  Effect.gen(function* () {
    const place = join(resolve(root), datasetFolder(id))
    const folder = dirname(place)
    const top = yield* nearestThere(folder)
    yield* healAfterKilled(place)
    for (let left = Limits.tries; ; left--) {
      const work = join(folder, `${workPrefix(place)}${randomBytes(8).toString("hex")}`)
      // The lock is held before the work has the name under which it is judged by others.
      const unseen = `${work}.new`
      let entered = false
      const attempt = Effect.gen(function* () {
        if (!(yield* moved(unseen, work))) return undefined
        entered = true
        const built = yield* build(join(work, "new"))
        return { built, place, replaced: yield* Effect.uninterruptible(swap(work, place)) }
      })
      const placed = yield* makeDirectory(folder).pipe(
        Effect.andThen(withLock(join(unseen, "lock.db"), attempt)),
        // A run that clears up took the folder away before the lock was held.
        Effect.catchIf(
          () => !entered && left > 1,
          () => Effect.succeed(undefined)
        ),
        Effect.ensuring(Effect.all([Effect.ignore(remove(work)), Effect.ignore(remove(unseen)), removeEmpty(folder, top)]))
      )
      if (placed !== undefined) return placed
    }
  })
