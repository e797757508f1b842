/** Rows to candidates: which rows are genes, transcripts, exons and CDS, and what is odd with each (dataset contract §2.6). */
import { compareCodePoints } from "../canonical-json.ts"
import { trimWhiteSpace } from "../dataset-id.ts"
import { firstOf } from "./attributes.ts"
import type { AnomalyBook } from "./anomaly-book.ts"
import type { Contigs } from "./contigs.ts"
import { parentCycles } from "./cycles.ts"
import {
  AtlasV1Feature,
  Gff3MissingParent,
  Gff3MissingTranscriptId,
  Gff3MultiParentChild,
  Gff3MultiParentTranscript,
  Gff3ParentNotGene,
  Gff3ParentNotTranscript,
  Gff3SeqidCollision
} from "./failure.ts"
import type { AtlasV1Options } from "./options.ts"
import { refuse } from "./refuse.ts"
import type { Row } from "./rows.ts"
import type { Seqids } from "./seqids.ts"
import { collapsed, setText } from "./text.ts"

export interface GeneCandidate {
  readonly id: string
  readonly name: string
  readonly biotype: string
  readonly seqid: string
  readonly row: Row
}

export interface TranscriptCandidate {
  readonly id: string
  readonly parent: string
  readonly seqid: string
  readonly row: Row
}

/** An exon or CDS for one of its transcripts. */
export interface Child {
  readonly transcript: string
  readonly seqid: string
  readonly row: Row
}

/** A transcript counts for its gene; `several` where the transcript has more parents and makes no row. */
export interface ParentReference {
  readonly gene: string
  readonly several: boolean
}

export interface Extracted {
  readonly genes: ReadonlyArray<GeneCandidate>
  readonly transcripts: ReadonlyArray<TranscriptCandidate>
  readonly exons: ReadonlyArray<Child>
  readonly cds: ReadonlyArray<Child>
  readonly parents: ReadonlyArray<ParentReference>
  readonly biotypeSources: ReadonlyMap<string, number>
  readonly unknownContigFeatures: number
}

const transcriptTypes: ReadonlySet<string> = new Set(["transcript", "mRNA", "mrna"])
const nameKeys = ["gene_name", "Name", "gene", "description"]
const biotypeKeys = ["gene_biotype", "biotype", "gene_type"]
const transcriptKeys = ["ID", "transcript_id", "transcriptId"]

const transcriptId = (row: Row): string | undefined => firstOf(row.attributes, transcriptKeys)?.[1]

export class Extraction {
  readonly #options: AtlasV1Options
  readonly #strict: boolean
  readonly #ensemblKeys: ReadonlyArray<string>
  readonly #path: string
  readonly #contigs: Contigs
  readonly #seqids: Seqids
  readonly #book: AnomalyBook
  readonly #geneIds = new Set<string>()
  readonly #transcriptIds = new Set<string>()
  /** ID → type of the first row that has it. */
  readonly #seen = new Map<string, string>()
  /** Name in the dataset → names of the rows so far. */
  readonly #sources = new Map<string, Set<string>>()
  readonly #genes: Array<GeneCandidate> = []
  readonly #transcripts: Array<TranscriptCandidate> = []
  readonly #exons: Array<Child> = []
  readonly #cds: Array<Child> = []
  readonly #parents: Array<ParentReference> = []
  readonly #biotypeSources = new Map<string, number>()
  #unknownContigFeatures = 0

  constructor(options: AtlasV1Options, path: string, contigs: Contigs, seqids: Seqids, book: AnomalyBook) {
    this.#options = options
    this.#strict = options.strictness === "strict"
    this.#ensemblKeys = options.ensemblKeys
      .split(",")
      .map(trimWhiteSpace)
      .filter((key) => key !== "")
    this.#path = path
    this.#contigs = contigs
    this.#seqids = seqids
    this.#book = book
  }

  run(rows: ReadonlyArray<Row>): Extracted {
    for (const row of rows) {
      if (row.type === "gene" && row.id !== undefined) this.#geneIds.add(row.id)
      const id = transcriptTypes.has(row.type) ? transcriptId(row) : undefined
      if (id !== undefined) this.#transcriptIds.add(id)
    }
    for (const cycle of parentCycles(rows)) {
      if (this.#strict) refuse(AtlasV1Feature, "cyclic Parent graph detected in GFF3 features", this.#path)
      this.#book.add("parent_cycles", cycle)
    }
    for (const row of rows) this.#take(row)
    return {
      genes: this.#genes,
      transcripts: this.#transcripts,
      exons: this.#exons,
      cds: this.#cds,
      parents: this.#parents,
      biotypeSources: new Map([...this.#biotypeSources].sort(([a], [b]) => compareCodePoints(a, b))),
      unknownContigFeatures: this.#unknownContigFeatures
    }
  }

  #refuse(kind: Parameters<typeof refuse>[0], message: string, row: Row): void {
    if (this.#strict) refuse(kind, message, this.#path, row.line)
  }

  #take(row: Row): void {
    const seqid = this.#seqids.normalized(row.seqid)
    const sources = this.#sources.get(seqid) ?? new Set()
    this.#sources.set(seqid, sources.add(row.seqid))
    if (sources.size > 1)
      this.#refuse(Gff3SeqidCollision, `GFF3_SEQID_COLLISION line=${row.line} canonical=${seqid} sources=${setText(sources)}`, row)
    for (const key of row.attributes.repeated) this.#book.add("overlapping_ids", key)
    if (row.id !== undefined) {
      const before = this.#seen.get(row.id)
      if (before === undefined) this.#seen.set(row.id, row.type)
      else {
        this.#book.add("overlapping_ids", row.id)
        if (row.type !== "gene") this.#refuse(AtlasV1Feature, `duplicate feature ID detected: ${row.id} (${before}, ${row.type})`, row)
      }
    }
    if (row.type === "gene") this.#gene(row, seqid)
    else if (transcriptTypes.has(row.type)) this.#transcript(row, seqid)
    else if (row.type === "exon") this.#child(row, seqid, this.#exons)
    else if (row.type === "CDS") this.#child(row, seqid, this.#cds)
    else {
      this.#book.add("unknown_feature_types", row.type)
      this.#book.reject("GFF3_UNKNOWN_FEATURE", row)
    }
  }

  #gene(row: Row, seqid: string): void {
    const gff3Id = row.id ?? refuse(AtlasV1Feature, "gene feature missing ID attribute", this.#path, row.line)
    const id = this.#geneId(row, gff3Id)
    const length = this.#contigs.get(seqid)
    if (length === undefined || row.end > length) {
      const message =
        length === undefined
          ? `contig not found in FAI: ${seqid}`
          : `gene ${id} coordinate end ${row.end} exceeds contig ${seqid} length ${length}`
      this.#refuse(AtlasV1Feature, message, row)
      this.#book.add("unknown_contigs", seqid)
      this.#unknownContigFeatures++
      return
    }
    const named = nameKeys.map((key) => collapsed(row.attributes.values.get(key) ?? "")).find((name) => name !== "")
    if (named === undefined || named === id) this.#book.add("attribute_fallbacks", `gene_name_fallback:${id}`)
    const found = firstOf(row.attributes, biotypeKeys)
    const source = found === undefined ? "fallback:unknown" : `attribute:${found[0]}`
    this.#biotypeSources.set(source, (this.#biotypeSources.get(source) ?? 0) + 1)
    const biotype = collapsed(found?.[1] ?? "unknown")
    if (biotype === "unknown") {
      this.#book.add("attribute_fallbacks", `biotype_fallback:${id}`)
      this.#book.add("scientific_ambiguities", `unknown_biotype:${id}`)
    }
    this.#genes.push({ id, name: named ?? id, biotype, seqid, row })
  }

  /** ID, or the stable id that the policy `ensembl` wants. */
  #geneId(row: Row, gff3Id: string): string {
    if (this.#options.geneIdentifierPolicy === "gff3-id") return gff3Id
    const stable = firstOf(row.attributes, this.#ensemblKeys)?.[1]
    if (stable === undefined) {
      this.#refuse(AtlasV1Feature, "no Ensembl stable ID found and fallback disabled", row)
      this.#book.add("attribute_fallbacks", `gene_id_fallback:${gff3Id}`)
      return gff3Id
    }
    if (!stable.startsWith("ENS")) this.#refuse(AtlasV1Feature, "strict mode requires ENS* stable ID when using Ensembl policy", row)
    return stable
  }

  #transcript(row: Row, seqid: string): void {
    const id = transcriptId(row)
    if (id === undefined) {
      const message = `missing transcript id for ${seqid}:${row.start}-${row.end}`
      this.#refuse(Gff3MissingTranscriptId, message, row)
      this.#book.add("missing_required_fields", message)
      return this.#book.reject("GFF3_MISSING_TRANSCRIPT_ID", row)
    }
    if (!row.attributes.values.has("Parent")) {
      this.#refuse(Gff3MissingParent, "transcript feature missing Parent attribute", row)
      this.#book.add("missing_transcript_parents", id)
      this.#parents.push({ gene: id, several: false })
      return this.#book.reject("GFF3_MISSING_PARENT", row)
    }
    const [parent, ...more] = row.parents
    // A Parent without a name is passed over, as the reference does.
    if (parent === undefined) return
    if (more.length > 0) {
      this.#refuse(Gff3MultiParentTranscript, `transcript ${id} has multiple Parent references`, row)
      this.#book.add("multiple_parent_transcripts", id)
      for (const gene of row.parents) this.#parents.push({ gene, several: true })
      return this.#book.reject("GFF3_MULTI_PARENT_TRANSCRIPT", row)
    }
    if (this.#options.dialect === "main" && !this.#geneIds.has(parent)) {
      this.#refuse(Gff3ParentNotGene, `GFF3_PARENT_NOT_GENE line=${row.line} transcript=${id} parent=${parent} expected_gene_id=true`, row)
      this.#book.add("missing_parents", `${id}:${parent}`)
      return this.#book.reject("GFF3_PARENT_NOT_GENE", row)
    }
    this.#parents.push({ gene: parent, several: false })
    this.#transcripts.push({ id, parent, seqid, row })
  }

  #child(row: Row, seqid: string, children: Array<Child>): void {
    if (!row.attributes.values.has("Parent")) {
      this.#refuse(Gff3MissingParent, `${row.type} feature missing Parent attribute`, row)
      this.#book.add("missing_required_fields", `${row.type} missing Parent at ${seqid}:${row.start}-${row.end}`)
      return this.#book.reject("GFF3_MISSING_PARENT", row)
    }
    if (row.parents.length > 1) {
      this.#refuse(Gff3MultiParentChild, `${row.type} has multiple Parent references`, row)
      this.#book.reject("GFF3_MULTI_PARENT_CHILD", row)
    }
    for (const transcript of row.parents) {
      if (this.#options.dialect === "main" && !this.#transcriptIds.has(transcript)) {
        this.#refuse(
          Gff3ParentNotTranscript,
          `GFF3_PARENT_NOT_TRANSCRIPT line=${row.line} feature_type=${row.type} parent=${transcript} expected_transcript_id=true`,
          row
        )
        this.#book.add("missing_transcript_parents", transcript)
        this.#book.reject("GFF3_PARENT_NOT_TRANSCRIPT", row)
        continue
      }
      children.push({ transcript, seqid, row })
    }
  }
}
