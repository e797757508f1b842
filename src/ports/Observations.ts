/**
 * What was seen of cells that are as desired, with the stat rows that prove it still: `.atlas/observations.json`. Disposable: without it
 * their owners are asked again.
 */
import { hash } from "node:crypto"
import { dirname, join, relative } from "node:path"
import { Context, Effect, Layer } from "effect"
import type { DiskFull } from "../domain/FileErrors.ts"
import type { StateWriteFailed } from "../domain/StateErrors.ts"
import { stateFault } from "./Errno.ts"
import { absent, rowOf, statOf, type StatRow } from "./FileStat.ts"
import { bootId } from "./Machine.ts"
import { replaceFile } from "./ReplaceFile.ts"
import { readSealed, seal } from "./SealedJson.ts"
import { ensureStateFolder } from "./StateFolder.ts"

const kind = "observations/1"
const limits = { fileBytes: 256 * 1024 * 1024, entries: 100_000 }

/** An absolute path that an observation rests on, and its stat row then; no link is followed. */
export interface Witness {
  readonly path: string
  readonly row: StatRow
}

export interface Seen {
  /** Desired and live. */
  readonly value: string
  readonly witnesses: ReadonlyArray<Witness>
}

export interface ObservationsShape {
  /** What was answered to `question`, a digest, for a task; null where it was another one, or where a witness has moved. */
  readonly get: (task: string, question: string) => Seen | null
  /** Without witnesses nothing is kept. */
  readonly put: (task: string, question: string, seen: Seen) => void
  /** Writes what was learnt, if anything; true if it wrote. */
  readonly save: () => Effect.Effect<boolean, StateWriteFailed | DiskFull>
}

/** `rows` is the SHA-256 of the stat rows; names are relative to the folder, which most witnesses share. */
type Entry = readonly [task: string, question: string, value: string, rows: string, folder: string, names: ReadonlyArray<string>]

const load = (file: string): Map<string, Entry> => {
  const opened = readSealed(file, kind, limits.fileBytes)
  if (opened.state !== "good") return new Map()
  // a seal has proven the form
  const { boot, entries } = opened.document as { readonly boot: string; readonly entries: ReadonlyArray<Entry> }
  // another boot may have lost writes that were never synced, behind times that look right
  return boot === bootId() ? new Map(entries.map((entry) => [entry[0], entry])) : new Map()
}

const digestOf = (witnesses: ReadonlyArray<Witness>): string => hash("sha256", witnesses.map(({ row }) => row).join("\n"))

const rowNow = (path: string): StatRow => {
  const stat = statOf(path, false)
  return stat === null ? absent : rowOf(stat)
}

const open = (state: string, writes: boolean): ObservationsShape => {
  const file = join(state, "observations.json")
  let loaded: Map<string, Entry> | undefined
  let changed = false
  // a project without cells never reads it
  const entries = () => (loaded ??= load(file))
  return {
    get: (task, question) => {
      const entry = entries().get(task)
      if (entry === undefined || entry[1] !== question) return null
      const [, , value, rows, folder, names] = entry
      try {
        const witnesses = names.map((name): Witness => {
          const path = join(folder, name)
          return { path, row: rowNow(path) }
        })
        return digestOf(witnesses) === rows ? { value, witnesses } : null
      } catch {
        // one that cannot be looked at proves nothing
        return null
      }
    },
    put: (task, question, { value, witnesses }) => {
      const [first] = witnesses
      if (first === undefined) return
      const folder = dirname(first.path)
      const names = witnesses.map(({ path }) => relative(folder, path))
      entries().delete(task)
      entries().set(task, [task, question, value, digestOf(witnesses), folder, names])
      changed = true
    },
    save: () =>
      Effect.try({
        try: () => {
          if (!changed || !writes) return false
          ensureStateFolder(state)
          // the newest stand last
          const document = { atlas: kind, boot: bootId(), entries: [...entries().values()].slice(-limits.entries) }
          replaceFile(file, seal(document), { durable: false })
          changed = false
          return true
        },
        catch: (cause) => stateFault(file, cause)
      })
  }
}

export class Observations extends Context.Service<Observations, ObservationsShape>()("atlas-run/ports/Observations") {
  /** `state` is the absolute `.atlas`, made when there is something to write. */
  static readonly layer = (state: string): Layer.Layer<Observations> => Layer.sync(Observations, () => open(state, true))

  /** Writes nothing, ever: for plan, status, why. */
  static readonly layerReadOnly = (state: string): Layer.Layer<Observations> => Layer.sync(Observations, () => open(state, false))
}
