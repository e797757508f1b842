import { referenceFindings } from "../reference/findings.ts"

/** What validate and verify tell: one wrong thing each, with a place that stays the same from run to run. */
export interface Finding<Name extends VerifyFindingName = VerifyFindingName> {
  readonly name: Name
  /** A file relative to the dataset's folder, a field of the manifest, a table or index, a threshold, a sequence. */
  readonly at: string
  readonly message: string
}

/** Says a finding. */
export type Say<Name extends VerifyFindingName> = (name: Name, at: string, message: string) => void

const again = "it was altered or is incomplete: ingest again"
const source = "look at the anomalies in derived/anomaly_report.json and mend the GFF3"
const error = (hint: string) => ({ severity: "error", hint }) as const

/** Every finding of `validate`. */
export const validateFindings = {
  "file-missing": error(again),
  "file-not-plain": error("a dataset has plain files only: copy what the link points to, or ingest again"),
  "manifest-unreadable": error(again),
  "manifest-rule": error("the manifest breaks a rule of the format: ingest again"),
  "manifest-binding": error("fields of the manifest contradict each other: ingest again"),
  "dataset-mismatch": error("the folder holds another dataset than was asked for: name the right one, or move it back"),
  "checksum-mismatch": error("the file is not what the manifest describes: ingest again"),
  "database-unreadable": error(again),
  "database-schema": error("the database is not of this format: ingest again"),
  "database-unfinished": error("ingest did not finish: ingest again"),
  "canonical-summary": error("the canonical evidence does not belong to this manifest: ingest again"),
  "sidecar-invalid": error(again),
  counts: error("what is told is not what the tables hold: ingest again"),
  inventory: error("the artifact inventory does not describe these files: ingest again"),
  "evidence-bundle": error("the evidence bundle does not describe these files: ingest again"),
  lock: error("manifest or database were changed after they were locked: ingest again"),
  "qc-twins": error("one of the two quality reports was edited: ingest again"),
  "qc-threshold": error(source),
  "gate-gene-count": error("is it the annotation of this genome?"),
  "gate-missing-parents": error(source),
  "gate-ambiguities": error("give the genes it names a biotype (or what it asks for) in the GFF3"),
  "gate-prerequisites": error(source),
  "gate-contig-naming": error("name all sequences with chr, or none"),
  published: error("the dataset in the store is damaged: move its folder away and publish it again"),
  "shard-mismatch": error("the shards are not those of this database: ingest again"),
  ...referenceFindings
} as const

export type ValidateFindingName = keyof typeof validateFindings

const altered = { severity: "error", hint: "it was altered or written wrongly: ingest again" } as const

/** Every finding of `verify`: those of `validate`, and its own. */
export const verifyFindings = {
  ...validateFindings,
  "file-unexpected": { severity: "error", hint: "a dataset's folder holds its own files only: remove what is named, or ingest again" },
  "database-corrupt": altered,
  "database-rows": altered,
  "canonical-features": altered,
  signature: { severity: "error", hint: "the rows are not those that were signed (the reference signs in another form): ingest again" },
  "manifest-mismatch": altered,
  "sidecar-mismatch": altered,
  "fasta-invalid": { severity: "error", hint: "the FASTA of the dataset is not well formed: mend it and ingest again" },
  "fai-mismatch": { severity: "error", hint: "the index does not fit the FASTA: make it anew with samtools faidx, and ingest again" },
  "sequence-mismatch": altered,
  "not-remade": {
    severity: "warning",
    hint: "what its tables say of the inputs rests on its writer: ingest the inputs again here, and compare"
  },
  rederived: {
    severity: "error",
    hint: "the inputs give something else: it was altered consistently, or another version wrote it. Ingest again and compare"
  },
  "contig-without-genes": { severity: "warning", hint: "legal for a plasmid or an unplaced scaffold; else is the annotation complete?" }
} as const

export type VerifyFindingName = keyof typeof verifyFindings
