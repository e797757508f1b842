/** A dataset's database and evidence against each other: every row, every gene, every file that follows from them. */
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { Effect } from "effect"
import { AnomalyReport } from "../artifact/anomalies.ts"
import { checkCanonical } from "../artifact/canonical-check.ts"
import { allGenes, allSequences, allTranscripts } from "../artifact/database-model.ts"
import { isOurs } from "../artifact/dialect.ts"
import { ArtifactInventory, readPart } from "../artifact/evidence.ts"
import type { Say as SayOf, VerifyFindingName } from "../artifact/finding.ts"
import { readJsonFile } from "../artifact/json-file.ts"
import { layout } from "../artifact/layout.ts"
import type { Manifest } from "../artifact/manifest.ts"
import type { RowCounts } from "../artifact/row-counts.ts"
import { checkSidecars, SourceFacts } from "../artifact/sidecar-check.ts"
import { lookAtMeta, lookAtRows, tableRules } from "../artifact/table-rules.ts"
import type { DatasetFiles } from "../build-root.ts"
import type { ValidationReport } from "../validate.ts"
import { compareShard } from "./compare-tables.ts"
import type { Ledger } from "./proof.ts"
import { checkFromTables } from "./released.ts"
import { inSteps, sqlite } from "./steps.ts"

type Say = SayOf<VerifyFindingName>

/** For files whose shape validate has told. */
const quiet: Say = () => undefined

/** Files that `checkSidecars` makes again, with manifest and lock. */
export const sidecarsMade = 13

/** What there is to examine, once the database is known to be sound. */
export interface Sound {
  readonly root: DatasetFiles
  readonly report: ValidationReport
  readonly manifest: Manifest
  readonly rows: RowCounts
  readonly database: DatabaseSync
}

/** The rules that rows keep to each other, and what the database says of itself. */
export const examineRows = ({ root, manifest, rows, database }: Sound, ledger: Ledger, say: Say) =>
  Effect.gen(function* () {
    yield* inSteps(root, lookAtRows(database, say))
    yield* sqlite(root, () => lookAtMeta(database, manifest.dataset, manifest.checksums, say))
    ledger.prove("rules", tableRules.length)
    ledger.prove("rows", rows.genes + rows.transcripts + rows.exons)
  })

/** Every shard's rows against the database's. */
export const examineShards = ({ root, report: { shards }, database }: Sound, ledger: Ledger, say: Say) =>
  Effect.gen(function* () {
    let rows = 0
    let count = 0
    let bytes = 0
    for (const { sqlite_path: name, seqids } of shards.shards) {
      const digest = shards.files.get(`derived/${name}`)
      if (digest === undefined) continue
      const compared = yield* sqlite(root, () => compareShard(database, join(root.path, "derived", name), seqids))
      for (const table of compared)
        if (table.differing > 0)
          say(
            "shard-mismatch",
            `derived/${name}`,
            `derived/${name}: ${table.differing} rows of ${table.table} are not those of ${layout.sqlite}`
          )
      rows += compared.reduce((total, table) => total + table.rows, 0)
      count++
      bytes += digest.bytes
      yield* Effect.yieldNow
    }
    if (count > 0) ledger.prove("shards", count, { rows, bytes })
  })

const tablesOf = ({ root, rows, database }: Sound) =>
  sqlite(root, () => ({
    genes: allGenes(database),
    transcripts: allTranscripts(database),
    contigs: allSequences(database),
    exonRows: rows.exons
  }))

const anomaliesOf = ({ root, report: { files } }: Sound) =>
  readPart(files, "anomalyReport", readJsonFile(AnomalyReport, root.file("anomalyReport")), quiet)

/** Of a dataset that has no canonical evidence: what follows from its tables. */
const examineTables = (sound: Sound, ours: boolean, ledger: Ledger, say: Say) =>
  Effect.gen(function* () {
    const { root, manifest, report } = sound
    const tables = yield* tablesOf(sound)
    const evidence = { anomalies: yield* anomaliesOf(sound), qc: report.qc }
    const made = yield* sqlite(root, () => checkFromTables(manifest, tables, evidence, report.files, ours, say))
    ledger.prove("genes", tables.genes.length)
    if (made > 0) ledger.prove("sidecars", made)
  })

/** The artifact inventory lists the GFF3, which no store has: its digest is in the manifest, its size in the inventory alone. */
const withListedGff3 = ({ root, manifest, report: { files } }: Sound) =>
  Effect.gen(function* () {
    if (files.has("gff3")) return files
    const inventory = yield* readPart(files, "inventory", readJsonFile(ArtifactInventory, root.file("inventory")), quiet)
    const listed = inventory?.items.find((item) => item.path === layout.gff3)
    if (listed === undefined) return files
    return new Map([...files, ["gff3", { sha256: manifest.checksums.gff3_sha256, bytes: listed.bytes }] as const])
  })

/** Every gene of the canonical evidence, and every evidence file, made again from the tables. */
export const examineEvidence = (sound: Sound, ledger: Ledger, say: Say) =>
  Effect.gen(function* () {
    const { root, manifest, rows, database, report } = sound
    const { files, qc, provenance } = report
    const ours = provenance === undefined || isOurs(provenance)
    if (!files.has("canonicalFeatures")) return yield* examineTables(sound, ours, ledger, say)
    const claimed = {
      lineage_sensitive_sha256: manifest.canonical_lineage_sha256,
      query_semantic_sha256: manifest.canonical_query_semantic_sha256
    }
    const canonical = yield* checkCanonical(root, database, claimed, say)
    if (canonical === undefined) return
    const { genes: rebuilt } = canonical.facts.summary
    if (rebuilt !== rows.genes)
      say("canonical-features", layout.canonicalFeatures, `${layout.canonicalFeatures} has ${rebuilt} genes, the database ${rows.genes}`)
    const written = files.get("canonicalSummary")
    if (written !== undefined && written.sha256 !== canonical.summarySha256)
      say("sidecar-mismatch", layout.canonicalSummary, `${layout.canonicalSummary} is not what the tables make it`)
    ledger.prove("genes", rebuilt, { bytes: files.get("canonicalFeatures")?.bytes ?? 0 })
    const anomalies = yield* anomaliesOf(sound)
    const source = yield* readPart(files, "sourceFacts", readJsonFile(SourceFacts, root.file("sourceFacts")), say)
    if (anomalies === undefined || source === undefined || qc === undefined) return
    const evidence = { manifest, ...(yield* tablesOf(sound)), canonical: canonical.facts, anomalies, qc, source, ours }
    yield* inSteps(root, checkSidecars(evidence, yield* withListedGff3(sound), say))
    ledger.prove("sidecars", sidecarsMade)
  })
