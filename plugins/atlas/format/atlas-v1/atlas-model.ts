/** The gene model of the ruleset atlas-v1, from plain inputs (dataset contract §2.2, steps 5 to 13). Held in memory. */
import { sha256 } from "../artifact/sha256.ts"
import type { Aliasing } from "../artifact/dataset-facts.ts"
import type { GeneModel, Lineage } from "../model/gene-model.ts"
import { AnomalyBook, warnings } from "./anomaly-book.ts"
import type { Contigs } from "./contigs.ts"
import { Extraction } from "./extract.ts"
import { IngestWarnPolicyRejected } from "./failure.ts"
import type { AtlasV1Options } from "./options.ts"
import { refuse } from "./refuse.ts"
import { type Row, rowsOf } from "./rows.ts"
import { aliasesOf, Seqids } from "./seqids.ts"
import { checkSequenceRegions } from "./sequence-regions.ts"
import { settle, type Settled } from "./settle.ts"

export interface AtlasModel {
  readonly model: GeneModel
  /** Sequences with a row, under their names in the dataset. */
  readonly seqids: ReadonlyArray<string>
  readonly aliasing: Aliasing
}

export interface PlainInputs {
  readonly gff3: Buffer
  /** What messages call it. */
  readonly path: string
  /** Of the index: what coordinates are held against. */
  readonly contigs: Contigs
  /** Of the FASTA, where it was scanned: what table contigs takes. */
  readonly scanned: Contigs | undefined
}

const lineageOf = (row: Row): Lineage => ({
  gff3_line: row.line,
  seqid: row.seqid,
  feature_type: row.type,
  source_feature_id: row.id ?? null,
  parent_ids: row.parents,
  record_sha256: sha256(row.raw)
})

const placeOf = (type: string, { seqid, start, end }: { seqid: string; start: number; end: number }) =>
  `${type}\t${seqid}\t${start}\t${end}`

/**
 * Rows at the place of each feature. The place has the name that the dataset gives the sequence and the rows the one of the GFF3, so features
 * on an aliased sequence have none. A transcript's own type lacking there, `transcript` and `mRNA` are looked for.
 */
const lineageAt = (rows: ReadonlyArray<Row>, { genes, transcripts, exons, cds }: Settled): GeneModel["lineage"] => {
  const wanted = new Map<string, ReadonlyArray<string>>()
  const want = (type: string, place: { seqid: string; start: number; end: number }, instead: ReadonlyArray<string> = []) => {
    const key = placeOf(type, place)
    if (!wanted.has(key)) wanted.set(key, [key, ...instead.map((other) => placeOf(other, place))])
  }
  for (const gene of genes) want("gene", gene)
  for (const transcript of transcripts) want(transcript.transcript_type, transcript, ["transcript", "mRNA"])
  for (const exon of exons) want("exon", exon)
  for (const segment of cds) want("CDS", segment)
  const sought = new Set([...wanted.values()].flat())
  const found = new Map<string, Array<Lineage>>()
  for (const row of rows) {
    const key = placeOf(row.type, row)
    if (!sought.has(key)) continue
    const entries = found.get(key)
    if (entries === undefined) found.set(key, [lineageOf(row)])
    else entries.push(lineageOf(row))
  }
  const lineage = new Map<string, ReadonlyArray<Lineage>>()
  for (const [key, keys] of wanted) {
    const entries = keys.map((k) => found.get(k)).find((e) => e !== undefined)
    if (entries !== undefined) lineage.set(key, entries)
  }
  return lineage
}

const warnPolicy = (dialect: AtlasV1Options["dialect"], count: number): string =>
  dialect === "main"
    ? `INGEST_WARN_POLICY_REJECTED: ${count} warning anomalies present. Resolve source warnings or run without --strict when policy allows.`
    : "strict warning policy rejected ingest: QC WARN present"

/** Throws the first refusal, in the reference's order. */
export const atlasModel = ({ gff3, path, contigs, scanned }: PlainInputs, options: AtlasV1Options): AtlasModel => {
  const { dialect } = options
  if (dialect === "main") checkSequenceRegions(gff3, contigs, path)
  const rows = rowsOf(gff3, path, dialect)
  const aliases = aliasesOf(options.seqidAliases)
  const seqids = new Seqids(rows, aliases)
  if (dialect === "main") {
    seqids.requireCoherent(path)
    seqids.requireKnown(contigs, path)
  }
  const book = new AnomalyBook()
  const extracted = new Extraction(options, path, contigs, seqids, book).run(rows)
  const settled = settle(extracted, options, path, book)
  for (const ambiguity of seqids.ambiguities) book.add("scientific_ambiguities", ambiguity)
  const anomalies = book.anomalies()
  const { refused, count } = warnings(anomalies)
  if (options.strict && refused) refuse(IngestWarnPolicyRejected, warnPolicy(dialect, count), path)
  return {
    model: {
      ...settled,
      contigs: [...(scanned ?? contigs)].map(([name, length]) => ({ name, length })),
      anomalies,
      totalFeatures: rows.length,
      cdsRows: rows.filter((row) => row.type === "CDS").length,
      unknownContigFeatures: extracted.unknownContigFeatures,
      biotypeSources: extracted.biotypeSources,
      lineage: lineageAt(rows, settled)
    },
    seqids: [...seqids.sources.keys()],
    aliasing: { aliases: Object.fromEntries(aliases), sources: seqids.firstSources }
  }
}
