/**
 * What the contents of inputs came to (`content:`), by the sha256 of their bytes and by what digested them: `.atlas/contents.json`.
 * Disposable: without it they are digested again.
 */
import { join } from "node:path"
import { Context, Effect, Layer } from "effect"
import type { DiskFull } from "../domain/FileErrors.ts"
import type { StateWriteFailed } from "../domain/StateErrors.ts"
import { stateFault } from "./Errno.ts"
import { replaceFile } from "./ReplaceFile.ts"
import { readSealed, seal } from "./SealedJson.ts"
import { ensureStateFolder } from "./StateFolder.ts"

const kind = "contents/1"
const limits = { fileBytes: 64 * 1024 * 1024, entries: 100_000 }

/** `digest` is null for a file that is not of its format. */
export interface KnownContent {
  readonly digest: string | null
  readonly unreadable: string | null
}

/** `by` names what digested it, with its code; `sha256` is that of the bytes. */
export interface ContentDigestsShape {
  readonly get: (by: string, sha256: string) => KnownContent | undefined
  readonly put: (by: string, sha256: string, known: KnownContent) => void
  /** Writes what was learnt, if anything; true if it wrote. */
  readonly save: () => Effect.Effect<boolean, StateWriteFailed | DiskFull>
}

type Entry = readonly [by: string, sha256: string, digest: string | null, unreadable: string | null]

const keyOf = (by: string, sha256: string): string => `${by}\0${sha256}`

const load = (file: string): Map<string, Entry> => {
  const opened = readSealed(file, kind, limits.fileBytes)
  if (opened.state !== "good") return new Map()
  // a seal has proven the form
  const { entries } = opened.document as { readonly entries: ReadonlyArray<Entry> }
  return new Map(entries.map((entry) => [keyOf(entry[0], entry[1]), entry]))
}

const open = (state: string, writes: boolean): ContentDigestsShape => {
  const file = join(state, "contents.json")
  let loaded: Map<string, Entry> | undefined
  let changed = false
  // a project that digests no contents never reads it
  const entries = () => (loaded ??= load(file))
  return {
    get: (by, sha256) => {
      const entry = entries().get(keyOf(by, sha256))
      return entry === undefined ? undefined : { digest: entry[2], unreadable: entry[3] }
    },
    put: (by, sha256, { digest, unreadable }) => {
      entries().set(keyOf(by, sha256), [by, sha256, digest, unreadable])
      changed = true
    },
    save: () =>
      Effect.try({
        try: () => {
          if (!changed || !writes) return false
          ensureStateFolder(state)
          // the newest stand last
          const document = { atlas: kind, entries: [...entries().values()].slice(-limits.entries) }
          replaceFile(file, seal(document), { durable: false })
          changed = false
          return true
        },
        catch: (cause) => stateFault(file, cause)
      })
  }
}

export class ContentDigests extends Context.Service<ContentDigests, ContentDigestsShape>()("atlas-run/ports/ContentDigests") {
  /** `state` is the absolute `.atlas`, made when there is something to write. */
  static readonly layer = (state: string): Layer.Layer<ContentDigests> => Layer.sync(ContentDigests, () => open(state, true))

  /** Writes nothing, ever: for plan, status, why. */
  static readonly layerReadOnly = (state: string): Layer.Layer<ContentDigests> => Layer.sync(ContentDigests, () => open(state, false))
}
