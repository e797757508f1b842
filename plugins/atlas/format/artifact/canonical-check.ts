/**
 * Rebuilding the canonical evidence: every gene of canonical_features.json is made again from the database's rows (CDS segments and GFF3 rows,
 * which no table holds, from the file) and must be the same text; then both digests and canonical_summary.json follow.
 */
import { createHash } from "node:crypto"
import type { DatabaseSync } from "node:sqlite"
import { Effect } from "effect"
import type { DatasetFiles } from "../build-root.ts"
import { limits } from "../limits.ts"
import type { CdsSegment, Lineage } from "../model/gene-model.ts"
import { quote } from "../text.ts"
import { CanonicalDigest, type CanonicalFacts, type CanonicalHashes, featuresTail, summaryHead, summaryTail } from "./canonical-files.ts"
import {
  CanonicalSummary,
  featureObject,
  karyotypeOrder,
  type NestedGene,
  nestGene,
  nestTranscript,
  queryObject
} from "./canonical-model.ts"
import { GeneLookup } from "./database-model.ts"
import { GeneSummaryUnreadable } from "./gene-summary-reader.ts"
import type { Say, VerifyFindingName } from "./finding.ts"
import { JsonElements, NotAList } from "./json-elements.ts"
import { layout } from "./layout.ts"
import { type ArtifactUnreadable, eachChunk, isSha256, reasonOf, withFile } from "./sha256.ts"

interface WrittenSegment extends Omit<CdsSegment, "phase"> {
  readonly phase: string | null
  readonly lineage: ReadonlyArray<Lineage>
}

/** As the file should have it; what it has instead shows when the gene is written again. */
interface WrittenGene {
  readonly gene_id: string
  readonly lineage: ReadonlyArray<Lineage>
  readonly transcripts: ReadonlyArray<{
    readonly transcript_id: string
    readonly lineage: ReadonlyArray<Lineage>
    readonly exons: ReadonlyArray<{ readonly lineage: ReadonlyArray<Lineage> }>
    readonly cds_segments: ReadonlyArray<WrittenSegment>
  }>
}

const phases: ReadonlyMap<string | null, CdsSegment["phase"]> = new Map([
  ["0", 0],
  ["1", 1],
  ["2", 2],
  [null, null]
])

const segmentOf = (written: WrittenSegment): CdsSegment => {
  const { cds_id, transcript_id, seqid, start, end, cds_length } = written
  const phase = phases.get(written.phase)
  const numbers = [start, end, cds_length].every((n) => Number.isSafeInteger(n)) && start >= 1 && cds_length === end - start + 1
  if (phase === undefined || !numbers || typeof cds_id !== "string" || typeof seqid !== "string")
    throw new Error(`CDS ${quote(String(cds_id))} is not of its shape`)
  return { cds_id, transcript_id, seqid, start, end, cds_length, phase }
}

const lookAtLineage = (rows: ReadonlyArray<Lineage>): ReadonlyArray<Lineage> => {
  for (const row of rows)
    if (!Number.isSafeInteger(row.gff3_line) || !isSha256(row.record_sha256)) throw new Error("a row of its lineage is not of its shape")
  return rows
}

/** Genes as the database has them, with the file's CDS. */
class Rebuilder {
  readonly #lookup: GeneLookup
  readonly #byTranscript = karyotypeOrder()<{ seqid: string; start: number; end: number; transcript_id: string }>((t) => t.transcript_id)
  readonly #byExon = karyotypeOrder()<{ seqid: string; start: number; end: number; exon_id: string }>((e) => e.exon_id)
  readonly #byCds = karyotypeOrder()<CdsSegment>((c) => c.cds_id)

  constructor(database: DatabaseSync) {
    this.#lookup = new GeneLookup(database)
  }

  rebuild(written: WrittenGene): NestedGene {
    const gene = this.#lookup.gene(written.gene_id)
    if (gene === undefined) throw new Error("the database does not have it")
    const segments = new Map(written.transcripts.map((t) => [t.transcript_id, t.cds_segments.map(segmentOf)]))
    const transcripts = this.#lookup.transcripts(gene.gene_id).toSorted(this.#byTranscript)
    return nestGene(
      gene,
      transcripts.map((t) =>
        nestTranscript(
          t,
          this.#lookup.exons(t.transcript_id).toSorted(this.#byExon),
          (segments.get(t.transcript_id) ?? []).toSorted(this.#byCds)
        )
      )
    )
  }
}

/** What the pass over canonical_features.json found. */
class FeaturesPass {
  readonly #rebuilder: Rebuilder
  readonly #say: Say<VerifyFindingName>
  readonly #digest = new CanonicalDigest()
  readonly #summary = new CanonicalSummary()
  readonly #expected = createHash("sha256")
  readonly #inOrder = karyotypeOrder()<NestedGene["row"]>((g) => g.gene_id)
  #last: NestedGene["row"] | undefined
  #comma = ""
  #wrong = 0

  constructor(database: DatabaseSync, claimed: CanonicalHashes, say: Say<VerifyFindingName>) {
    this.#rebuilder = new Rebuilder(database)
    this.#say = say
    // The digests stand before what they are of; that the claimed ones are right shows at the end.
    this.#expected.update(summaryHead({ hashes: claimed }))
  }

  gene(text: string): void {
    try {
      const written = JSON.parse(text) as WrittenGene
      const gene = this.#rebuilder.rebuild(written)
      const { transcripts } = written
      const again = JSON.stringify(
        featureObject(gene, {
          ofGene: () => lookAtLineage(written.lineage),
          ofTranscript: (t) => lookAtLineage(transcripts[t]?.lineage ?? []),
          ofExon: (t, e) => lookAtLineage(transcripts[t]?.exons[e]?.lineage ?? []),
          ofCds: (t, c) => lookAtLineage(transcripts[t]?.cds_segments[c]?.lineage ?? [])
        })
      )
      if (again !== text) throw new Error("it is not what the database makes of it")
      if (this.#last !== undefined && this.#inOrder(this.#last, gene.row) >= 0) throw new Error("it is not in the canonical order")
      this.#last = gene.row
      const query = JSON.stringify(queryObject(gene))
      this.#digest.add(text, query)
      this.#summary.add(gene)
      this.#expected.update(this.#comma + query)
      this.#comma = ","
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "ERR_SQLITE_ERROR") throw cause
      const id = /"gene_id":"((?:[^"\\]|\\.){1,200})"/.exec(text.slice(0, 4096))?.[1] ?? "?"
      if (this.#wrong++ < 20)
        this.#say("canonical-features", layout.canonicalFeatures, `gene ${quote(id)} of ${layout.canonicalFeatures}: ${reasonOf(cause)}`)
    }
  }

  /** Undefined where genes were wrong. */
  end(tail: string): { readonly facts: CanonicalFacts; readonly summarySha256: string } | undefined {
    if (this.#wrong > 0) return undefined
    const facts = this.#digest.finish(this.#summary)
    if (tail !== featuresTail(facts))
      this.#say(
        "canonical-features",
        layout.canonicalFeatures,
        `the digests or the summary of ${layout.canonicalFeatures} do not follow from its genes`
      )
    return { facts, summarySha256: this.#expected.update(summaryTail(facts)).digest("hex") }
  }
}

export interface CanonicalCheck {
  readonly facts: CanonicalFacts
  /** sha256 that canonical_summary.json must have. */
  readonly summarySha256: string
}

/** Reads the whole file beside the open database. Undefined where its genes do not hold; then that is said. */
export const checkCanonical = (
  root: DatasetFiles,
  database: DatabaseSync,
  claimed: CanonicalHashes,
  say: Say<VerifyFindingName>
): Effect.Effect<CanonicalCheck | undefined, ArtifactUnreadable | GeneSummaryUnreadable> => {
  const path = root.file("canonicalFeatures")
  return withFile(path, (file) =>
    Effect.gen(function* () {
      const pass = new FeaturesPass(database, claimed, say)
      const elements = new JsonElements('{"genes":[', limits.jsonBytes, (gene) => pass.gene(gene))
      let broken: unknown
      yield* eachChunk(file, path, (chunk) => {
        try {
          if (broken === undefined) elements.push(chunk)
        } catch (cause) {
          broken = cause
        }
      })
      try {
        if (broken !== undefined) throw broken
        return pass.end(elements.end())
      } catch (cause) {
        if (cause instanceof NotAList) {
          say("canonical-features", layout.canonicalFeatures, `${layout.canonicalFeatures}: ${cause.message}`)
          return undefined
        }
        const reason = reasonOf(cause)
        const where = { path: root.file("sqlite") }
        return yield* new GeneSummaryUnreadable({ message: `${where.path} could not be read: ${reason}`, where, reason })
      }
    })
  )
}
