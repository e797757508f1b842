/**
 * A gene model on its way to the database and the evidence: taken in parts, given back in the order of the tables and in that of the
 * canonical model. Parts share no place (nor any id), so that putting them one after the other sorts their rows. Memory: one part, and a
 * few figures of each.
 */
import { join } from "node:path"
import { Effect, type Scope } from "effect"
import { compareCodePoints } from "../canonical-json.ts"
import type { IoDurability } from "../durable.ts"
import type { ExonRow, GeneModel, GeneRow, TranscriptRow } from "../model/gene-model.ts"
import { contigRank } from "./contig-class.ts"
import { CanonicalSummary, featureObject, karyotypeOrder, nestedGenes, queryObject } from "./canonical-model.ts"
import { loneTranscripts } from "./dataset-facts.ts"
import { geneLineage } from "./gene-lineage.ts"
import { GeneTally } from "./gene-tally.ts"
import { openSpool, type Piece, type Spool, spooling } from "./spool.ts"
import { decodeRows, encodeRows, exonCodec, geneCodec, type RowCodec, transcriptCodec } from "./spooled-rows.ts"
import { UnindexableNames } from "./unindexable.ts"

/** Sorted as in `GeneModel`. */
export type ModelPart = Pick<GeneModel, "genes" | "transcripts" | "exons" | "cds" | "lineage">

/** A model whose rows are in a spool. */
export interface SpooledModel extends Omit<GeneModel, keyof ModelPart> {
  readonly rows: ModelSpool
}

/** Rows of one part on one sequence. `start`: where the first of them starts. */
interface Stretch {
  readonly seqid: string
  readonly start: number
  readonly piece: Piece
}

/** What is read back at once, about; a part may have more. */
const rowsOfPiece = 8192
const genesOfPiece = 512

/** Canonical JSON of genes of one part on one sequence, with commas between. */
export interface GeneTexts {
  readonly seqid: string
  readonly start: number
  readonly features: Piece
  readonly queries: Piece
}

interface Placed {
  readonly seqid: string
  readonly start: number
}

const byPlace = (a: Placed, b: Placed): number => compareCodePoints(a.seqid, b.seqid) || a.start - b.start

export class ModelSpool {
  readonly genes = new GeneTally()
  readonly summary = new CanonicalSummary()
  readonly unindexable = new UnindexableNames()
  /** Sequences that rows show. */
  readonly seqids = new Set<string>()
  transcripts = 0
  exons = 0
  loneTranscripts = 0
  /** Bytes read back so far, and those that writing a dataset reads back in all. */
  onProgress: ((done: number, total: number) => void) | undefined
  #readBack = 0
  #toReadBack: number | undefined
  readonly #spool: Spool
  readonly #genes: Array<Stretch> = []
  readonly #transcripts: Array<Stretch> = []
  readonly #exons: Array<Stretch> = []
  readonly #texts: Array<GeneTexts> = []
  #parts = 0

  constructor(spool: Spool) {
    this.#spool = spool
  }

  /** Throws `IoDurability`. */
  add(part: ModelPart): void {
    this.#parts++
    for (const gene of part.genes) {
      this.genes.add(gene)
      this.unindexable.look(gene)
    }
    this.transcripts += part.transcripts.length
    this.exons += part.exons.length
    this.loneTranscripts += loneTranscripts(part)
    for (const { seqid } of part.cds) this.seqids.add(seqid)
    this.#put(this.#genes, geneCodec, part.genes)
    this.#put(this.#transcripts, transcriptCodec, part.transcripts)
    this.#put(this.#exons, exonCodec, part.exons)
    this.#putTexts(part)
  }

  geneRows(): Iterable<GeneRow> {
    return this.#take(this.#genes, geneCodec, undefined)
  }

  transcriptRows(): Iterable<TranscriptRow> {
    return this.#take(this.#transcripts, transcriptCodec, undefined)
  }

  exonRows(): Iterable<ExonRow> {
    return this.#take(this.#exons, exonCodec, undefined)
  }

  /** As `geneRows`, rows of one start by end. */
  genesByEnd(): Iterable<GeneRow> {
    return this.#take(this.#genes, geneCodec, (a, b) => a.start - b.start || a.end - b.end || compareCodePoints(a.gene_id, b.gene_id))
  }

  transcriptsByEnd(): Iterable<TranscriptRow> {
    return this.#take(
      this.#transcripts,
      transcriptCodec,
      (a, b) => a.start - b.start || a.end - b.end || compareCodePoints(a.transcript_id, b.transcript_id)
    )
  }

  /** Texts of the genes in canonical order. */
  geneTexts(): ReadonlyArray<GeneTexts> {
    // One part's genes are in their order, which may go to and fro between sequences of equal rank.
    if (this.#parts < 2) return this.#texts
    const order = karyotypeOrder()<GeneTexts & { readonly end: number }>(() => "")
    return this.#texts.toSorted((a, b) => order({ ...a, end: 0 }, { ...b, end: 0 }))
  }

  *chunks(piece: Piece): Generator<Buffer> {
    for (const chunk of this.#spool.chunks(piece)) {
      yield chunk
      this.#tell(chunk.length)
    }
  }

  #tell(bytes: number): void {
    this.#readBack += bytes
    this.onProgress?.(this.#readBack, (this.#toReadBack ??= this.#bytesToReadBack()))
  }

  /** Genes and transcripts go into the database and two signatures, exons into the database, query texts into a digest and a file. */
  #bytesToReadBack(): number {
    const rows = (stretches: ReadonlyArray<Stretch>) => stretches.reduce((sum, { piece }) => sum + piece.bytes, 0)
    const texts = this.#texts.reduce((sum, { features, queries }) => sum + features.bytes + 2 * queries.bytes, 0)
    return 3 * (rows(this.#genes) + rows(this.#transcripts)) + rows(this.#exons) + texts
  }

  /** Whether two sequences have one rank in the canonical order, so that their genes go by place: then only a model in one part is put in order. */
  get mixesSequences(): boolean {
    const ranks = [...this.genes.bySequence.keys()].map(contigRank)
    return new Set(ranks.map(({ group, number, lower }) => `${group} ${number} ${lower}`)).size < ranks.length
  }

  #put<Row extends Placed>(into: Array<Stretch>, codec: RowCodec<Row>, rows: ReadonlyArray<Row>): void {
    for (let from = 0; from < rows.length;) {
      const { seqid, start } = rows[from]!
      let to = from + 1
      // Rows of one start stay together: they are sorted once more by what else they have.
      while (to < rows.length && rows[to]!.seqid === seqid && (to - from < rowsOfPiece || rows[to]!.start === rows[to - 1]!.start)) to++
      const at = this.#spool.end
      this.#spool.write(encodeRows(codec, rows.slice(from, to)))
      this.seqids.add(seqid)
      into.push({ seqid, start, piece: this.#spool.since(at) })
      from = to
    }
  }

  *#take<Row>(stretches: Array<Stretch>, codec: RowCodec<Row>, order: ((a: Row, b: Row) => number) | undefined): Generator<Row> {
    stretches.sort(byPlace)
    for (const { seqid, piece } of stretches) {
      const rows = decodeRows(codec, this.#spool.text(piece), seqid)
      this.#tell(piece.bytes)
      yield* order === undefined ? rows : rows.toSorted(order)
    }
  }

  #putTexts(part: ModelPart): void {
    let begun: { readonly seqid: string; readonly start: number; readonly at: number; readonly queries: Array<string> } | undefined
    const end = () => {
      if (begun === undefined) return
      const { seqid, start, at, queries } = begun
      const features = this.#spool.since(at)
      const then = this.#spool.end
      this.#spool.write(queries.join(","))
      this.#texts.push({ seqid, start, features, queries: this.#spool.since(then) })
      begun = undefined
    }
    for (const gene of nestedGenes(part)) {
      const { seqid, start } = gene.row
      if (begun !== undefined && (begun.seqid !== seqid || begun.queries.length >= genesOfPiece)) end()
      if (begun === undefined) begun = { seqid, start, at: this.#spool.end, queries: [] }
      else this.#spool.write(",")
      this.#spool.write(JSON.stringify(featureObject(gene, geneLineage(gene, part.lineage))))
      begun.queries.push(JSON.stringify(queryObject(gene)))
      this.summary.add(gene)
    }
    end()
  }
}

export interface RowCounts {
  readonly genes: number
  readonly transcripts: number
  readonly exons: number
}

export const countsOf = (model: GeneModel | SpooledModel): RowCounts =>
  "rows" in model
    ? { genes: model.rows.genes.count, transcripts: model.rows.transcripts, exons: model.rows.exons }
    : { genes: model.genes.length, transcripts: model.transcripts.length, exons: model.exons.length }

/** A spool for one model on the disk of `folder`; gone with the scope. */
export const modelSpool = (folder: string): Effect.Effect<ModelSpool, IoDurability, Scope.Scope> =>
  Effect.map(openSpool(join(folder, ".spool")), (spool) => new ModelSpool(spool))

/** The model itself where it is spooled; else its rows go to a spool as one part. */
export const spooled = (folder: string, model: GeneModel | SpooledModel): Effect.Effect<SpooledModel, IoDurability, Scope.Scope> =>
  Effect.gen(function* () {
    if ("rows" in model) return model
    const { genes: _genes, transcripts: _transcripts, exons: _exons, cds: _cds, lineage: _lineage, ...rest } = model
    const rows = yield* modelSpool(folder)
    yield* spooling(() => rows.add(model))
    return { ...rest, rows }
  })
