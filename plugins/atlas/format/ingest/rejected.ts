/**
 * The rows that a lenient reading leaves out: what strict refuses, then what hangs on that, until nothing is wrong. What is left is read as
 * strict reads it, so a lenient build root is the strict one of the annotation without these rows.
 */
import { closeSync, openSync, readSync } from "node:fs"
import { codeOfTag } from "atlas-run/plugin"
import { compareCodePoints } from "../canonical-json.ts"
import type { Gff3Problem } from "../gff3/failure.ts"
import type { Gff3Row } from "../gff3/row.ts"
import { LimitExceeded, limits } from "../limits.ts"
import type { GeneModel, Rejection } from "../model/gene-model.ts"
import type { Wrong } from "../model/wrong.ts"
import { cut, owned } from "../text.ts"

/** The row's Parent was itself left out. */
export const parentRejected = "GFF3_PARENT_REJECTED"
const parentMissing = "GFF3_PARENT_MISSING"

/** Of the reader's problems, those that are not of one row: they are refused however lenient. */
const isOfRow = (problem: Gff3Problem): boolean =>
  problem._tag !== "Gff3Version" && !(problem._tag === "LimitExceeded" && problem.limit === "sequences")

/** Characters of a rejected row that evidence keeps. */
const sampleLength = 200

interface Place {
  /** Of the line's start. */
  readonly byte: number
  readonly code: string
}

export class Rejected {
  /** By line. */
  readonly rows = new Map<number, Place>()
  /** Problems that no leaving out mends. */
  readonly fatal: Array<Gff3Problem | LimitExceeded> = []
  readonly #path: string
  readonly #ids = new Map<string, string>()
  readonly #parents = new Set<string>()
  readonly #sequences = new Map<string, string>()
  /** IDs of rows that were left out. */
  readonly #gone = new Set<string>()
  readonly #missingParents = new Set<string>()
  readonly #sharedIds = new Set<string>()
  readonly #cycles = new Set<string>()

  /** `path`: the annotation as its user named it. */
  constructor(path: string) {
    this.#path = path
  }

  /** A line that the reader does not give out as a row. */
  unread(problem: Gff3Problem): void {
    const { line = 0, column = 1, byte = 0 } = problem.where ?? {}
    if (!isOfRow(problem)) {
      if (this.fatal.length < limits.problems) this.fatal.push(problem)
    } else this.#add(line, byte - column + 1, codeOfTag(problem._tag))
  }

  /** Whether the row is to be left out; it is noted then. */
  has(row: Gff3Row): boolean {
    if (this.rows.has(row.line)) {
      this.#know(row)
      return true
    }
    const code = this.#codeOf(row)
    if (code === undefined) return false
    this.#add(row.line, row.byte, code)
    this.#know(row)
    return true
  }

  /** Takes what a reading found wrong; false if that is nothing new, so that reading again would not help. */
  learn({ rows, ids, sequences, missing, below }: Wrong): boolean {
    const before = this.#known
    for (const { tag, place } of rows) this.#add(place.line, place.byte, codeOfTag(tag))
    for (const [id, tag] of ids) this.#ids.set(id, codeOfTag(tag))
    for (const [name, tag] of sequences) this.#sequences.set(name, codeOfTag(tag))
    for (const id of [...ids.keys(), ...missing, ...below]) this.#parents.add(id)
    for (const id of below) if (!this.#ids.has(id)) this.#ids.set(id, parentRejected)
    return this.#known > before
  }

  /** Lines, ascending, by code; codes in alphabetical order. */
  byCode(): ReadonlyMap<string, ReadonlyArray<number>> {
    const lines = new Map<string, Array<number>>()
    for (const [line, { code }] of this.rows) {
      const known = lines.get(code)
      if (known === undefined) lines.set(code, [line])
      else known.push(line)
    }
    for (const each of lines.values()) each.sort((a, b) => a - b)
    return new Map([...lines].sort(([a], [b]) => compareCodePoints(a, b)))
  }

  /** The model of what is left, with the evidence of what is not. `plain`: the annotation's plain copy. */
  tellIn(model: GeneModel, plain: string): GeneModel {
    if (this.rows.size === 0) return model
    const { anomalies } = model
    return {
      ...model,
      totalFeatures: model.totalFeatures + this.rows.size,
      unknownContigFeatures: model.unknownContigFeatures + (this.byCode().get("GFF3_UNKNOWN_SEQUENCE")?.length ?? 0),
      anomalies: {
        ...anomalies,
        missing_parents: sorted(anomalies.missing_parents, this.#missingParents),
        overlapping_ids: sorted(anomalies.overlapping_ids, this.#sharedIds),
        parent_cycles: sorted(anomalies.parent_cycles, this.#cycles),
        unknown_contigs: sorted(
          anomalies.unknown_contigs,
          [...this.#sequences].flatMap(([name, code]) => (code === "GFF3_UNKNOWN_SEQUENCE" ? [name] : []))
        ),
        rejections: this.#rejections(plain)
      }
    }
  }

  get #known(): number {
    return this.rows.size + this.#ids.size + this.#parents.size + this.#sequences.size
  }

  #add(line: number, byte: number, code: string): void {
    if (this.rows.has(line)) return
    const allowed = limits.rejections
    if (this.rows.size < allowed) this.rows.set(line, { byte, code })
    else if (!this.fatal.some((e) => e._tag === "LimitExceeded" && e.limit === "rejections")) {
      const where = { path: this.#path, line }
      const message = `More than ${allowed} rows are wrong, which is no annotation that can be taken leniently.`
      this.fatal.push(new LimitExceeded({ message, where, limit: "rejections", allowed, found: allowed + 1 }))
    }
  }

  #codeOf({ seqid, attributes }: Gff3Row): string | undefined {
    const ofSequence = this.#sequences.get(seqid)
    if (ofSequence !== undefined) return ofSequence
    const id = attributes.get("ID")?.[0]
    const ofId = id === undefined ? undefined : this.#ids.get(id)
    if (ofId !== undefined && ofId !== parentRejected) return ofId
    let code = ofId
    for (const parent of attributes.get("Parent") ?? []) {
      if (!this.#parents.has(parent)) continue
      if (!this.#gone.has(parent) && !this.#ids.has(parent)) return parentMissing
      code = parentRejected
    }
    return code
  }

  /** What the anomaly lists tell of a row that is left out. */
  #know({ line, attributes }: Gff3Row): void {
    const ofRow = attributes.get("ID")?.[0]
    const id = ofRow === undefined ? undefined : owned(ofRow)
    const code = this.rows.get(line)?.code
    if (id !== undefined) this.#gone.add(id)
    if (code === "GFF3_DUPLICATE_ID" && id !== undefined) this.#sharedIds.add(id)
    const named = code === parentMissing || code === "GFF3_PARENT_CYCLE" ? (attributes.get("Parent") ?? []) : []
    for (const parent of named) {
      if (code === "GFF3_PARENT_CYCLE") this.#cycles.add(`cycle:${id}->${parent}`)
      else if (this.#parents.has(parent)) this.#missingParents.add(`${id ?? `line${line}`}:${parent}`)
    }
  }

  #rejections(plain: string): ReadonlyArray<Rejection> {
    const found: Array<Rejection> = []
    const buffer = Buffer.allocUnsafe(sampleLength * 4)
    const file = openSync(plain, "r")
    try {
      for (const [line, { byte, code }] of [...this.rows].sort(([a], [b]) => a - b)) {
        const text = buffer.toString("utf8", 0, readSync(file, buffer, 0, buffer.length, byte))
        const [sample = ""] = text.split(/\r?\n/, 1)
        found.push({ line, code, sample: cut(sample, sampleLength) })
      }
    } finally {
      closeSync(file)
    }
    return found
  }
}

const sorted = (...lists: ReadonlyArray<Iterable<string>>): ReadonlyArray<string> =>
  [...new Set(lists.flatMap((list) => [...list]))].sort(compareCodePoints)
