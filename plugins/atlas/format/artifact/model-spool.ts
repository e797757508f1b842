/**
 * A gene model on its way to the database and the evidence: taken in parts, given back in the order of the tables and in that of the
 * canonical model. Parts share no place (nor any id), so that putting them one after the other sorts their rows. Memory: one part, and a
 * few figures of each.
 */
import { join } from "node:path"
import { Effect, type Scope } from "effect"
import { compareCodePoints } from "../canonical-json.ts"
import type { IoDurability } from "../durable.ts"
import type { ExonRow, GeneModel, GeneRow, Lineage, TranscriptRow } from "../model/gene-model.ts"
import { contigRank } from "./contig-class.ts"
import { karyotypeOrder, type LineageSource, type NestedGene, nestedGenes } from "./canonical-model.ts"
import { loneTranscripts } from "./dataset-facts.ts"
import { bundlesOf, decodeLineage, encodeLineage, type ModelPart } from "./gene-bundles.ts"
import { geneLineage } from "./gene-lineage.ts"
import { GeneTally } from "./gene-tally.ts"
import { layout } from "./layout.ts"
import { type DigestOf, RecordDigests } from "./record-digests.ts"
import { openSpool, type Piece, type Spool, spooling } from "./spool.ts"
import { cdsCodec, decodeRows, encodeRows, exonCodec, geneCodec, type RowCodec, transcriptCodec } from "./spooled-rows.ts"
import { UnindexableNames } from "./unindexable.ts"

/** A model whose rows are in a spool. */
export interface SpooledModel extends Omit<GeneModel, keyof ModelPart> {
  readonly rows: ModelSpool
}

/** Rows of one part on one sequence. `start`: where the first of them starts. */
export interface Stretch {
  readonly seqid: string
  readonly start: number
  readonly piece: Piece
}

/** Genes of one sequence, with the place of the first of them, and all that is theirs. */
interface Bundle {
  readonly seqid: string
  readonly start: number
  readonly genes: ReadonlyArray<Stretch>
  readonly transcripts: ReadonlyArray<Stretch>
  readonly exons: ReadonlyArray<Stretch>
  readonly cds: ReadonlyArray<Stretch>
  readonly lineage: Piece
}

export interface CanonicalGene {
  readonly gene: NestedGene
  readonly lineage: LineageSource
}

/** What is read back at once, about; a part may have more. */
const rowsOfPiece = 8192

interface Placed {
  readonly seqid: string
  readonly start: number
}

const byPlace = (a: Placed, b: Placed): number => compareCodePoints(a.seqid, b.seqid) || a.start - b.start

const bytesOf = (stretches: ReadonlyArray<Stretch>): number => stretches.reduce((sum, { piece }) => sum + piece.bytes, 0)

export class ModelSpool {
  readonly genes = new GeneTally()
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
  readonly spool: Spool
  readonly #digestOf: DigestOf
  readonly #genes: Array<Stretch> = []
  readonly #transcripts: Array<Stretch> = []
  readonly #exons: Array<Stretch> = []
  readonly #bundles: Array<Bundle> = []
  #parts = 0

  /** `digestOf` is asked for the lines behind features, when these are given back. */
  constructor(spool: Spool, digestOf: DigestOf) {
    this.spool = spool
    this.#digestOf = digestOf
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
    const rows = {
      genes: this.#put(geneCodec, part.genes),
      transcripts: this.#put(transcriptCodec, part.transcripts),
      exons: this.#put(exonCodec, part.exons)
    }
    for (const [into, stretches] of [
      [this.#genes, rows.genes],
      [this.#transcripts, rows.transcripts],
      [this.#exons, rows.exons]
    ] as const)
      for (const stretch of stretches) {
        this.seqids.add(stretch.seqid)
        into.push(stretch)
      }
    for (const bundle of bundlesOf(part)) this.#putBundle(bundle, bundle === part ? rows : undefined)
  }

  geneRows(): Iterable<GeneRow> {
    return this.#take(this.geneStretches(), geneCodec, undefined)
  }

  transcriptRows(): Iterable<TranscriptRow> {
    return this.#take(this.transcriptStretches(), transcriptCodec, undefined)
  }

  exonRows(): Iterable<ExonRow> {
    return this.#take(this.exonStretches(), exonCodec, undefined)
  }

  /** As `geneRows`, rows of one start by end. */
  genesByEnd(): Iterable<GeneRow> {
    return this.#take(
      this.geneStretches(),
      geneCodec,
      (a, b) => a.start - b.start || a.end - b.end || compareCodePoints(a.gene_id, b.gene_id)
    )
  }

  transcriptsByEnd(): Iterable<TranscriptRow> {
    return this.#take(
      this.transcriptStretches(),
      transcriptCodec,
      (a, b) => a.start - b.start || a.end - b.end || compareCodePoints(a.transcript_id, b.transcript_id)
    )
  }

  /** Where the tables' rows lie in the spool, in their order. */
  geneStretches(): ReadonlyArray<Stretch> {
    return this.#genes.sort(byPlace)
  }

  transcriptStretches(): ReadonlyArray<Stretch> {
    return this.#transcripts.sort(byPlace)
  }

  exonStretches(): ReadonlyArray<Stretch> {
    return this.#exons.sort(byPlace)
  }

  /** The genes in canonical order. */
  *canonicalGenes(): Generator<CanonicalGene> {
    for (const bundle of this.#bundlesInOrder()) {
      const part = {
        genes: this.#rowsOf(bundle.genes, geneCodec),
        transcripts: this.#rowsOf(bundle.transcripts, transcriptCodec),
        exons: this.#rowsOf(bundle.exons, exonCodec),
        cds: this.#rowsOf(bundle.cds, cdsCodec)
      }
      const lineage: ReadonlyMap<string, ReadonlyArray<Lineage>> = decodeLineage(this.spool.text(bundle.lineage), this.#digestOf)
      this.tell(bundle.lineage.bytes)
      for (const gene of nestedGenes(part)) yield { gene, lineage: geneLineage(gene, lineage) }
    }
  }

  /** So many bytes were read back. */
  tell(bytes: number): void {
    this.#readBack += bytes
    this.onProgress?.(this.#readBack, (this.#toReadBack ??= this.#bytesToReadBack()))
  }

  /** Genes and transcripts go into the database and two signatures, exons into the database, bundles into the canonical files. */
  #bytesToReadBack(): number {
    const bundles = this.#bundles.reduce(
      (sum, { genes, transcripts, exons, cds, lineage }) =>
        sum + bytesOf(genes) + bytesOf(transcripts) + bytesOf(exons) + bytesOf(cds) + lineage.bytes,
      0
    )
    return 3 * (bytesOf(this.#genes) + bytesOf(this.#transcripts)) + bytesOf(this.#exons) + bundles
  }

  /** Whether two sequences have one rank in the canonical order, so that their genes go by place: then only a model in one part is put in order. */
  get mixesSequences(): boolean {
    const ranks = [...this.genes.bySequence.keys()].map(contigRank)
    return new Set(ranks.map(({ group, number, lower }) => `${group} ${number} ${lower}`)).size < ranks.length
  }

  // One part's genes are in their order, which may go to and fro between sequences of equal rank.
  #bundlesInOrder(): ReadonlyArray<Bundle> {
    if (this.#parts < 2) return this.#bundles
    const order = karyotypeOrder()<Placed & { readonly end: number }>(() => "")
    return this.#bundles.toSorted((a, b) => order({ ...a, end: 0 }, { ...b, end: 0 }))
  }

  #put<Row extends Placed>(codec: RowCodec<Row>, rows: ReadonlyArray<Row>): ReadonlyArray<Stretch> {
    const stretches: Array<Stretch> = []
    for (let from = 0; from < rows.length;) {
      const { seqid, start } = rows[from]!
      let to = from + 1
      // Rows of one start stay together: they are sorted once more by what else they have.
      while (to < rows.length && rows[to]!.seqid === seqid && (to - from < rowsOfPiece || rows[to]!.start === rows[to - 1]!.start)) to++
      const at = this.spool.end
      this.spool.write(encodeRows(codec, rows, from, to))
      stretches.push({ seqid, start, piece: this.spool.since(at) })
      from = to
    }
    return stretches
  }

  /** `rows`: where the part's rows are already. */
  #putBundle(part: ModelPart, rows: Pick<Bundle, "genes" | "transcripts" | "exons"> | undefined): void {
    const [first] = part.genes
    if (first === undefined) return
    const { seqid } = first
    // The first in canonical order: genes come by place, but within a sequence that order is by place too.
    const start = part.genes.reduce((least, gene) => Math.min(least, gene.start), first.start)
    const cds = this.#put(cdsCodec, part.cds)
    const at = this.spool.end
    this.spool.write(encodeLineage(part.lineage))
    const lineage = this.spool.since(at)
    this.#bundles.push({
      seqid,
      start,
      genes: rows?.genes ?? this.#put(geneCodec, part.genes),
      transcripts: rows?.transcripts ?? this.#put(transcriptCodec, part.transcripts),
      exons: rows?.exons ?? this.#put(exonCodec, part.exons),
      cds,
      lineage
    })
  }

  #rowsOf<Row>(stretches: ReadonlyArray<Stretch>, codec: RowCodec<Row>): ReadonlyArray<Row> {
    return stretches.length === 1 ? this.#decoded(stretches[0]!, codec) : stretches.flatMap((stretch) => this.#decoded(stretch, codec))
  }

  #decoded<Row>({ seqid, piece }: Stretch, codec: RowCodec<Row>): ReadonlyArray<Row> {
    const rows = decodeRows(codec, this.spool.text(piece), seqid)
    this.tell(piece.bytes)
    return rows
  }

  *#take<Row>(stretches: ReadonlyArray<Stretch>, codec: RowCodec<Row>, order: ((a: Row, b: Row) => number) | undefined): Generator<Row> {
    for (const stretch of stretches) {
      const rows = this.#decoded(stretch, codec)
      yield* order === undefined ? rows : rows.toSorted(order)
    }
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

/** A spool for one model on the disk of `folder`, which has or will have the plain annotation; gone with the scope. */
export const modelSpool = (folder: string): Effect.Effect<ModelSpool, IoDurability, Scope.Scope> =>
  Effect.gen(function* () {
    const records = yield* Effect.acquireRelease(
      Effect.sync(() => new RecordDigests(join(folder, layout.gff3))),
      (opened) => Effect.sync(() => opened.close())
    )
    return new ModelSpool(yield* openSpool(join(folder, ".spool")), records.of)
  })

/** The model itself where it is spooled; else its rows go to a spool as one part. */
export const spooled = (folder: string, model: GeneModel | SpooledModel): Effect.Effect<SpooledModel, IoDurability, Scope.Scope> =>
  Effect.gen(function* () {
    if ("rows" in model) return model
    const { genes: _genes, transcripts: _transcripts, exons: _exons, cds: _cds, lineage: _lineage, ...rest } = model
    const rows = yield* modelSpool(folder)
    yield* spooling(() => rows.add(model))
    return { ...rest, rows }
  })
