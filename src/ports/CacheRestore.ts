/** Outputs out of the local cache: what arrives is hashed on its way, and only what was put in counts. */
import * as fs from "node:fs"
import { Effect } from "effect"
import type { CachedFile, CachedOutput } from "../domain/CacheDocuments.ts"
import { copiesAtOnce } from "./CacheStore.ts"
import type { Copied, CopyFault } from "./CopyHashed.ts"
import { errnoOf } from "./Errno.ts"
import { isGone } from "./FileStat.ts"
import { makeFolders } from "./MakeFolders.ts"
import { removeTree } from "./RemoveTree.ts"

/**
 * Why an output did not come back: its object is gone, is damaged, cannot be read now, or the place cannot take it (then nothing
 * is wrong with the cache).
 */
export type Refusal =
  | { readonly why: "gone" | "damaged"; readonly sha256: string }
  | { readonly why: "unreadable" | "place"; readonly cause: unknown }

/** Brings the bytes of one object to a place, through whatever keeps them. */
export type Fetch = (
  sha256: string,
  to: string,
  options: { readonly bytes: number; readonly mode: number }
) => Effect.Effect<Copied, CopyFault>

const fetched = (fetch: Fetch, to: string, { sha256, bytes, mode }: CachedFile): Effect.Effect<void, Refusal> =>
  fetch(sha256, to, { bytes, mode: mode ?? 0o644 }).pipe(
    Effect.mapError(({ side, cause }): Refusal => {
      if (side === "to") return { why: "place", cause }
      if (isGone(cause)) return { why: "gone", sha256 }
      // A link, a folder or a FIFO where the object was; a disk that cannot read it.
      const tag = (cause as { readonly _tag?: unknown } | null)?._tag
      return tag === "SpecialFile" || errnoOf(cause) === "ELOOP" || errnoOf(cause) === "EIO"
        ? { why: "damaged", sha256 }
        : { why: "unreadable", cause }
    }),
    Effect.flatMap((copied) =>
      copied.sha256 === sha256 && copied.bytes === bytes ? Effect.void : Effect.fail<Refusal>({ why: "damaged", sha256 })
    )
  )

const at = (place: string, file: CachedFile): string => (file.path === "" ? place : `${place}/${file.path}`)

const onPlace = (run: () => void): Effect.Effect<void, Refusal> =>
  Effect.try({ try: run, catch: (cause): Refusal => ({ why: "place", cause }) })

const restoreOutput = (output: CachedOutput, place: string, fetch: Fetch) =>
  Effect.gen(function* () {
    yield* onPlace(() => {
      // Listings stand in order: a folder before what it holds. Open until all is in it.
      for (const file of output.files) {
        if (file.type === "folder") fs.mkdirSync(at(place, file), 0o700)
        else if (file.type === "link") fs.symlinkSync(file.link ?? "", at(place, file))
      }
    })
    const files = output.files.filter(({ type }) => type === "file")
    yield* Effect.forEach(files, (file) => fetched(fetch, at(place, file), file), { concurrency: copiesAtOnce, discard: true })
    yield* onPlace(() => {
      for (const file of output.files.toReversed()) if (file.type === "folder") fs.chmodSync(at(place, file), file.mode ?? 0o755)
    })
  })

/** All outputs, or none: what was begun is removed on any failure. */
export const restoreOutputs = (
  outputs: ReadonlyArray<CachedOutput>,
  places: ReadonlyMap<string, string>,
  fetch: Fetch
): Effect.Effect<void, Refusal> =>
  Effect.suspend(() => {
    const placed = outputs.flatMap((output) => {
      const place = places.get(output.name)
      return output.kind === "value" ? [] : [{ output, place }]
    })
    const begun: Array<string> = []
    return Effect.forEach(
      placed,
      ({ output, place }) =>
        Effect.gen(function* () {
          if (place === undefined) return yield* Effect.fail<Refusal>({ why: "place", cause: new Error(`no place for ${output.name}`) })
          yield* onPlace(() => {
            if (fs.lstatSync(place, { throwIfNoEntry: false }) !== undefined)
              throw Object.assign(new Error(`${place} is taken`), { code: "EEXIST" })
            makeFolders(place.slice(0, place.lastIndexOf("/")) || "/")
            begun.push(place)
          })
          yield* restoreOutput(output, place, fetch)
        }),
      { discard: true }
    ).pipe(
      Effect.onError(() =>
        Effect.sync(() => {
          for (const place of begun)
            try {
              removeTree(place)
            } catch {
              // The caller's staging folder goes as a whole anyway.
            }
        })
      )
    )
  })
