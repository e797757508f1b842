/** What the rows of a gene-summary database must be to each other (dataset contract §2.6, §2.10). Each rule is a question that counts offenders. */
import type { DatabaseSync } from "node:sqlite"
import { canonicalId, type DatasetParts } from "../dataset-id.ts"
import { quote } from "../text.ts"
import type { Say, VerifyFindingName } from "./finding.ts"
import { metaOf } from "./gene-summary-contract.ts"
import { regionTree } from "./gene-summary-schema.ts"
import type { Checksums } from "./manifest.ts"

const differ = (columns: ReadonlyArray<string>) => columns.map((c) => `a.${c} IS NOT b.${c}`).join(" OR ")

const geneColumns =
  "gene_id name name_normalized biotype seqid start end transcript_count exon_count total_exon_span cds_present sequence_length".split(" ")
const transcriptColumns =
  "transcript_id parent_gene_id transcript_type biotype seqid start end exon_count total_exon_span cds_present".split(" ")

const unlike = (left: string, right: string, columns: ReadonlyArray<string>) =>
  `SELECT COUNT(*) AS n FROM ${left} a LEFT JOIN ${right} b ON b.id = a.id WHERE b.id IS NULL OR ${differ(columns)}`

const sizes = (left: string, right: string) => `SELECT ABS((SELECT COUNT(*) FROM ${left}) - (SELECT COUNT(*) FROM ${right})) AS n`

const unnumbered = (table: string) =>
  `SELECT MAX(COALESCE(MAX(id), 0), COUNT(*)) - COUNT(*) + (COALESCE(MIN(id), 1) <> 1) AS n FROM ${table}`

const unsorted = (table: string, key: string) =>
  `SELECT COUNT(*) AS n FROM (SELECT seqid, start, ${key}, LAG(seqid) OVER w AS s, LAG(start) OVER w AS p, LAG(${key}) OVER w AS k FROM ${table} WINDOW w AS (ORDER BY id)) WHERE s IS NOT NULL AND (seqid, start, ${key}) < (s, p, k)`

const stats = (dimension: string) =>
  `WITH counted AS (SELECT ${dimension} AS value, COUNT(*) AS n FROM gene_summary GROUP BY ${dimension}), told AS (SELECT value, gene_count FROM dataset_stats WHERE dimension = '${dimension}') SELECT (SELECT COUNT(*) FROM counted c LEFT JOIN told t USING (value) WHERE t.gene_count IS NOT c.n) + (SELECT COUNT(*) FROM told t LEFT JOIN counted c USING (value) WHERE c.n IS NULL) AS n`

/** Table, what is wrong with so many rows, and the question. */
const rules: ReadonlyArray<readonly [string, string, string]> = [
  ["genes", "are not those of gene_summary", unlike("gene_summary", "genes", geneColumns)],
  ["genes", "are more or fewer than gene_summary has", sizes("genes", "gene_summary")],
  ["transcripts", "are not those of transcript_summary", unlike("transcript_summary", "transcripts", transcriptColumns)],
  ["transcripts", "are more or fewer than transcript_summary has", sizes("transcripts", "transcript_summary")],
  ["gene_summary", "are not numbered from 1 on", unnumbered("gene_summary")],
  ["transcript_summary", "are not numbered from 1 on", unnumbered("transcript_summary")],
  ["exons", "are not numbered from 1 on", unnumbered("exons")],
  ["gene_summary", "are not in the order of (seqid, start, gene_id)", unsorted("gene_summary", "gene_id")],
  ["transcript_summary", "are not in the order of (seqid, start, transcript_id)", unsorted("transcript_summary", "transcript_id")],
  ["exons", "are not in the order of (seqid, start, exon_id)", unsorted("exons", "exon_id")],
  ["gene_summary", "repeat a gene_id", "SELECT COUNT(*) - COUNT(DISTINCT gene_id) AS n FROM gene_summary"],
  [
    "gene_summary",
    "do not follow from their own columns",
    "SELECT COUNT(*) AS n FROM gene_summary WHERE name_normalized <> lower(name) OR start < 1 OR end < start OR sequence_length <> end - start + 1 OR cds_present NOT IN (0, 1)"
  ],
  [
    "transcripts",
    "do not follow from their own columns",
    "SELECT COUNT(*) AS n FROM transcripts WHERE start < 1 OR end < start OR sequence_length <> end - start + 1 OR cds_present NOT IN (0, 1)"
  ],
  [
    "exons",
    "do not follow from their own columns",
    "SELECT COUNT(*) AS n FROM exons WHERE start < 1 OR end < start OR exon_length <> end - start + 1"
  ],
  [
    "gene_summary",
    "have other exon figures than their transcripts in sum",
    "SELECT COUNT(*) AS n FROM gene_summary g LEFT JOIN (SELECT parent_gene_id AS gene_id, SUM(exon_count) AS e, SUM(total_exon_span) AS s, MAX(cds_present) AS c FROM transcript_summary GROUP BY parent_gene_id) t USING (gene_id) WHERE g.exon_count <> COALESCE(t.e, 0) OR g.total_exon_span <> COALESCE(t.s, 0) OR g.cds_present <> COALESCE(t.c, 0)"
  ],
  [
    "gene_summary",
    "lie on a sequence that contigs does not have",
    "SELECT COUNT(*) AS n FROM gene_summary WHERE seqid NOT IN (SELECT name FROM contigs)"
  ],
  [
    "transcript_exon_map",
    "pair what exons does not",
    "SELECT COUNT(*) AS n FROM transcript_exon_map m WHERE NOT EXISTS (SELECT 1 FROM exons e WHERE e.transcript_id = m.transcript_id AND e.exon_id = m.exon_id)"
  ],
  [
    "transcript_exon_map",
    "are missing for exons",
    "SELECT COUNT(*) AS n FROM exons e WHERE NOT EXISTS (SELECT 1 FROM transcript_exon_map m WHERE m.transcript_id = e.transcript_id AND m.exon_id = e.exon_id)"
  ],
  ["dataset_stats", "are not the genes' biotypes counted", stats("biotype")],
  ["dataset_stats", "are not the genes' sequences counted", stats("seqid")],
  ["dataset_stats", "have an unknown dimension", "SELECT COUNT(*) AS n FROM dataset_stats WHERE dimension NOT IN ('biotype', 'seqid')"],
  [regionTree, "are more or fewer than gene_summary has", sizes(regionTree, "gene_summary")],
  [
    // Bounds are 32-bit floats, widened outward: never inside the gene, never farther out than a float's step.
    regionTree,
    "are not the places of the genes",
    `SELECT COUNT(*) AS n FROM gene_summary g LEFT JOIN ${regionTree} r ON r.gene_rowid = g.id WHERE r.gene_rowid IS NULL OR r.start > g.start OR r.end < g.end OR r.start < g.start - g.start / 4194304.0 OR r.end > g.end + g.end / 4194304.0`
  ]
]

/** The questions themselves, for tests of a single rule. */
export const tableRules: ReadonlyArray<string> = rules.map(([table, wrong]) => `${table}: rows ${wrong}`)

/** SQLite's own check of pages, indices and constraints: its first complaints. */
export const integrityComplaints = (database: DatabaseSync): ReadonlyArray<string> =>
  database
    .prepare("PRAGMA integrity_check(10)")
    .all()
    .map((row) => String(row["integrity_check"]))
    .filter((line) => line !== "ok")

/** Says every rule that rows break. */
export function* lookAtRows(database: DatabaseSync, say: Say<VerifyFindingName>): Generator<void> {
  for (const [table, wrong, question] of rules) {
    const offenders = Number(database.prepare(question).get()?.["n"])
    if (offenders !== 0) say("database-rows", table, `${table}: ${offenders} rows ${wrong}`)
    yield
  }
}

/** Says what atlas_meta tells of another dataset or other inputs. */
export const lookAtMeta = (database: DatabaseSync, dataset: DatasetParts, checksums: Checksums, say: Say<VerifyFindingName>): void => {
  const { gff3_sha256, fasta_sha256, fai_sha256 } = checksums
  const expected = {
    dataset_release: dataset.release,
    dataset_species: dataset.species,
    dataset_assembly: dataset.assembly,
    dataset_id: canonicalId(dataset),
    input_hashes: `gff3=${gff3_sha256};fasta=${fasta_sha256};fai=${fai_sha256}`,
    fasta_sha256,
    fai_sha256
  }
  const meta = metaOf(database)
  for (const [key, value] of Object.entries(expected))
    if (meta.get(key) !== value)
      say("database-rows", `atlas_meta.${key}`, `atlas_meta.${key} is ${quote(meta.get(key) ?? "missing")}, not ${quote(value)}`)
}

/** Pages of the database file. */
export const pageCount = (database: DatabaseSync): number => Number(database.prepare("PRAGMA page_count").get()?.["page_count"])
