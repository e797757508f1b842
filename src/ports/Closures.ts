/**
 * Code closures as they were when a task last ran, so that `why` can name what changed: `.atlas/closures/<digest>.json`, written
 * once. For telling only: nothing is decided by them, so one that is lost or damaged costs an explanation.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { Context, Effect, Layer, Schema } from "effect"
import { CodeClosure } from "../domain/CodeClosure.ts"
import type { DiskFull } from "../domain/FileErrors.ts"
import type { StateWriteFailed } from "../domain/StateErrors.ts"
import { stateFault } from "./Errno.ts"
import { makeFolders } from "./MakeFolders.ts"
import { removeFile } from "./RemoveTree.ts"
import { replaceFile, temporaryPrefix } from "./ReplaceFile.ts"
import { readSealed, seal } from "./SealedJson.ts"
import { ensureStateFolder } from "./StateFolder.ts"

/** Largest document that is believed, bytes. */
const limitBytes = 64 * 1024 * 1024
const digestForm = /^[0-9a-f]{64}$/

export interface ClosuresShape {
  /** The closure of that digest; null if it is not known, or not to be believed. */
  readonly get: (digest: string) => CodeClosure | null
  /** Writes those that are not there yet; how many it wrote. */
  readonly keep: (closures: Iterable<CodeClosure>) => Effect.Effect<number, StateWriteFailed | DiskFull>
  /** Removes all whose digest is not in `used`; how many it removed. */
  readonly forget: (used: ReadonlySet<string>) => Effect.Effect<number, StateWriteFailed | DiskFull>
}

const decode = Schema.decodeUnknownOption(CodeClosure)

/** `state` is the absolute `.atlas`. */
export const openClosures = (state: string): ClosuresShape => {
  const folder = path.join(state, "closures")
  const fileOf = (digest: string): string => path.join(folder, `${digest}.json`)

  const get = (digest: string): CodeClosure | null => {
    if (!digestForm.test(digest)) return null
    const opened = readSealed(fileOf(digest), "code-closure/1", limitBytes)
    if (opened.state !== "good") return null
    const decoded = decode(opened.document, { onExcessProperty: "error" })
    return decoded._tag === "Some" && decoded.value.digest === digest ? decoded.value : null
  }

  const names = (): ReadonlyArray<string> => {
    try {
      return fs.readdirSync(folder)
    } catch {
      return []
    }
  }

  return {
    get,
    keep: (closures) =>
      Effect.try({
        try: () => {
          let written = 0
          for (const closure of closures) {
            if (get(closure.digest) !== null) continue
            if (written === 0) {
              ensureStateFolder(state)
              makeFolders(folder)
            }
            replaceFile(fileOf(closure.digest), seal(closure), { durable: false })
            written++
          }
          return written
        },
        catch: (cause) => stateFault(folder, cause)
      }),
    forget: (used) =>
      Effect.try({
        try: () => {
          let removed = 0
          for (const name of names()) {
            if (used.has(name.replace(/\.json$/, "")) && !name.startsWith(temporaryPrefix)) continue
            removeFile(path.join(folder, name))
            removed++
          }
          return removed
        },
        catch: (cause) => stateFault(folder, cause)
      })
  }
}

export class Closures extends Context.Service<Closures, ClosuresShape>()("atlas-run/ports/Closures") {
  static readonly layer = (state: string): Layer.Layer<Closures> => Layer.sync(Closures, () => openClosures(state))
}
