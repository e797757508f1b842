/**
 * How long tasks took and how much memory they held, in `.atlas/measured`: who goes first and how many at once follow from it, never
 * what is stale. One that is lost or damaged costs a less clever order. What is quick and small is not listed one by one.
 */
import * as path from "node:path"
import { Option, Schema } from "effect"
import { replaceFile } from "./ReplaceFile.ts"
import { readSealed, seal } from "./SealedJson.ts"
import { ensureStateFolder } from "./StateFolder.ts"

const kind = "measured/1"
/** Largest file that is believed, bytes. */
const limitBytes = 64 * 1024 * 1024
/** From here on a task is listed by itself. */
const listed = { ms: 1000, peakMiB: 256 }
/** Share by which a figure has to move to be written again. */
const moved = 0.1

const Peak = Schema.NullOr(Schema.Int)
const Document = Schema.Struct({
  atlas: Schema.Literal(kind),
  /** By definition: the largest of its tasks that are not listed, MiB. */
  small: Schema.Record(Schema.String, Schema.Int),
  tasks: Schema.Record(Schema.String, Schema.Struct({ definition: Schema.String, ms: Schema.Int, peakMiB: Peak }))
})
const decode = Schema.decodeUnknownOption(Document)

export interface Measured {
  /** 0 where it was quick, or is not known. */
  readonly ms: number
  /** Null where nobody knows. */
  readonly peakMiB: number | null
}

export interface Subject {
  readonly task: string
  readonly definition: string
}

export interface Measurements {
  readonly isEmpty: boolean
  /** `known`: it has succeeded before; of one that has not, the most that any of its definition took is told. */
  readonly of: (subject: Subject, known: boolean) => Measured
  /** `ms` null: it failed, so only a higher peak counts. */
  readonly note: (subject: Subject, measured: { readonly ms: number | null; readonly peakMiB: number | null }) => void
  /** Writes what has moved, if anything; tasks that `keep` does not want are forgotten then. Throws errnos. */
  readonly save: (keep?: (task: string) => boolean) => void
}

type Entry = (typeof Document.Type)["tasks"][string]

const differs = (a: number, b: number): boolean => Math.abs(a - b) > moved * Math.max(a, b)

const most = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b))

/** A peak counts at once where it is higher than the last, and is believed to be lower only little by little. */
const settled = (old: number | null, now: number | null): number | null =>
  old === null || now === null || now >= old ? (now ?? old) : Math.ceil((old + now) / 2)

/** `state` is the absolute `.atlas`. */
export const openMeasurements = (state: string): Measurements => {
  const file = path.join(state, "measured")
  const opened = readSealed(file, kind, limitBytes)
  const document = opened.state === "good" ? Option.getOrNull(decode(opened.document, { onExcessProperty: "error" })) : null
  const small = new Map<string, number>(Object.entries(document?.small ?? {}))
  const tasks = new Map<string, Entry>(Object.entries(document?.tasks ?? {}))
  /** By definition, the most of any listed task. */
  const largest = new Map<string, Measured>()
  const enlarge = ({ definition, ms, peakMiB }: Entry): void => {
    const before = largest.get(definition)
    largest.set(definition, { ms: Math.max(before?.ms ?? 0, ms), peakMiB: most(before?.peakMiB ?? null, peakMiB) })
  }
  for (const entry of tasks.values()) enlarge(entry)
  let dirty = false

  const noteSmall = (definition: string, peakMiB: number | null): void => {
    const before = small.get(definition)
    if (peakMiB === null || (before !== undefined && (peakMiB <= before || !differs(peakMiB, before)))) return
    small.set(definition, peakMiB)
    dirty = true
  }

  return {
    isEmpty: tasks.size === 0,
    of: ({ task, definition }, known) => {
      const own = tasks.get(task)
      if (own !== undefined) return { ms: own.ms, peakMiB: own.peakMiB ?? small.get(definition) ?? null }
      const few = small.get(definition) ?? null
      const many = known ? undefined : largest.get(definition)
      return { ms: many?.ms ?? 0, peakMiB: most(many?.peakMiB ?? null, few) }
    },
    note: ({ task, definition }, { ms, peakMiB }) => {
      const before = tasks.get(task)
      const next: Entry = {
        definition,
        ms: Math.round(ms ?? before?.ms ?? 0),
        peakMiB: ms === null ? most(before?.peakMiB ?? null, peakMiB) : settled(before?.peakMiB ?? null, peakMiB)
      }
      if (next.ms < listed.ms && (next.peakMiB ?? 0) < listed.peakMiB) {
        if (tasks.delete(task)) dirty = true
        return noteSmall(definition, next.peakMiB)
      }
      const same =
        before?.definition === definition &&
        !differs(before.ms, next.ms) &&
        (before.peakMiB === null) === (next.peakMiB === null) &&
        !differs(before.peakMiB ?? 0, next.peakMiB ?? 0)
      if (same) return
      tasks.set(task, next)
      enlarge(next)
      dirty = true
    },
    save: (keep = () => true) => {
      if (!dirty) return
      const kept = [...tasks].filter(([task]) => keep(task))
      ensureStateFolder(state)
      replaceFile(file, seal({ atlas: kind, small: Object.fromEntries(small), tasks: Object.fromEntries(kept) } as typeof Document.Type), {
        durable: false
      })
      dirty = false
    }
  }
}
