/** Datasets that hold no more than what a diff reads: a manifest, and a gene-summary database with these genes. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { tables } from "../../../../../plugins/atlas/format/artifact/gene-summary-schema.ts"
import type { DatasetId } from "../../../../../plugins/atlas/format/dataset-id.ts"
import type { DiffSide } from "../../../../../plugins/atlas/format/diff/diff.ts"
import type { GeneRow } from "../../../../../plugins/atlas/format/diff/gene-rows.ts"
import { temporaryFolder } from "../store/golden-root.ts"

export const gene = (id: string, more: Partial<GeneRow> = {}): GeneRow => ({
  id,
  name: id,
  biotype: "protein_coding",
  seqid: "chr1",
  start: 1,
  end: 100,
  transcripts: 1,
  ...more
})

const columns = "id, gene_id, name, name_normalized, biotype, seqid, start, end, transcript_count, sequence_length"

/** Writes the database, its rows in the order that they are given. */
export const writeGenes = (path: string, genes: Iterable<GeneRow>): void => {
  const database = new DatabaseSync(path)
  database.exec(`PRAGMA synchronous = OFF; CREATE TABLE gene_summary (${(tables.get("gene_summary") ?? []).join(", ")}); BEGIN`)
  const insert = database.prepare(`INSERT INTO gene_summary (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  let n = 0
  for (const { id, name, biotype, seqid, start, end, transcripts } of genes)
    insert.run(++n, id, name, name.toLowerCase(), biotype, seqid, start, end, transcripts, end - start + 1)
  database.exec("COMMIT")
  database.close()
}

const hex = (path: string): string => createHash("sha256").update(fs.readFileSync(path)).digest("hex")

/** A manifest of this dataset that names the database there. */
export const writeManifest = ({ dataset, folder }: DiffSide): void => {
  const zeros = "0".repeat(64)
  const checksums = {
    gff3_sha256: zeros,
    fasta_sha256: zeros,
    fai_sha256: zeros,
    sqlite_sha256: hex(join(folder, "derived/gene_summary.sqlite"))
  }
  const stats = { gene_count: 1, transcript_count: 1, contig_count: 1 }
  fs.writeFileSync(
    join(folder, "derived/manifest.json"),
    JSON.stringify({ manifest_version: "1", db_schema_version: "1", dataset, checksums, stats })
  )
}

export const sideWith = (release: string, genes: Iterable<GeneRow>): DiffSide => {
  const folder = temporaryFolder()
  fs.mkdirSync(join(folder, "derived"))
  writeGenes(join(folder, "derived/gene_summary.sqlite"), genes)
  const side = { dataset: { release, species: "s", assembly: "A" } as DatasetId, folder }
  writeManifest(side)
  return side
}
