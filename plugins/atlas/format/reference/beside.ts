/** Files that the reference leaves beside a dataset on demand: rows as a stream, shards, and copies of the inputs with a lock. */
import { existsSync } from "node:fs"
import { lstat } from "node:fs/promises"
import { basename, join } from "node:path"
import { zstdDecompressSync } from "node:zlib"
import { Effect, Result, Schema } from "effect"
import { allGenes, allTranscripts, eachExon } from "../artifact/database-model.ts"
import type { Say, VerifyFindingName } from "../artifact/finding.ts"
import { type GeneSummaryUnreadable, queryGeneSummary } from "../artifact/gene-summary-reader.ts"
import { decodeJson, readWhole } from "../artifact/json-file.ts"
import { layout } from "../artifact/layout.ts"
import { type ArtifactUnreadable, reasonOf, sha256File } from "../artifact/sha256.ts"
import { BuildRoot, type DatasetFiles } from "../build-root.ts"
import { canonicalJson, compareCodePoints } from "../canonical-json.ts"
import { limits } from "../limits.ts"
import type { Ledger } from "../proof/proof.ts"
import type { ValidationReport } from "../validate.ts"
import { inputsFolder, inputsFolderOf } from "./quirks.ts"

export const normalizedPath = "derived/normalized_features.jsonl.zst"

/** Whether validate or `lookBeside` has something to say of a file that is not in the layout. */
export const isKnownBeside = (path: string, { shards }: ValidationReport, ours: boolean): boolean =>
  shards.files.has(path) || path === normalizedPath || (!ours && /^derived\/gene_summary\.[^/]+\.sqlite$/.test(path))

interface Record {
  readonly kind: string
  readonly seqid: string
  readonly start: number
  readonly end: number
  readonly record_id: string
  readonly payload: unknown
}

const inOrder = (a: Record, b: Record): number =>
  compareCodePoints(a.kind, b.kind) ||
  compareCodePoints(a.seqid, b.seqid) ||
  a.start - b.start ||
  a.end - b.end ||
  compareCodePoints(a.record_id, b.record_id)

/** The lines that the tables make (dataset contract §2.14). */
const recordsOf = (path: string): Effect.Effect<ReadonlyArray<string>, GeneSummaryUnreadable> =>
  queryGeneSummary(path, (database) => {
    const record = (kind: string, id: string, payload: { seqid: string; start: number; end: number }): Record => {
      const { seqid, start, end } = payload
      return { kind, seqid, start, end, record_id: `${kind}:${id}`, payload }
    }
    const records = [
      ...allGenes(database).map((gene) => record("gene", gene.gene_id, gene)),
      ...allTranscripts(database).map((transcript) => record("transcript", transcript.transcript_id, transcript)),
      ...[...eachExon(database)].map((exon) => record("exon", `${exon.transcript_id}:${exon.exon_id}:${exon.start}:${exon.end}`, exon))
    ]
    return records.sort(inOrder).map((each) => canonicalJson({ schema_version: 1, ...each }))
  })

/** The stream's records against the tables'. Which frames hold them is covered by nothing. */
const lookAtNormalized = (root: DatasetFiles, ledger: Ledger, say: Say<VerifyFindingName>) =>
  Effect.gen(function* () {
    const path = join(root.path, normalizedPath)
    const wrong = (message: string) => say("sidecar-mismatch", normalizedPath, `${normalizedPath} ${message}`)
    const isPlain = yield* Effect.promise(() =>
      lstat(path).then(
        (stat) => stat.isFile(),
        () => false
      )
    )
    if (!isPlain) return wrong("is no plain file")
    const bytes = yield* readWhole(path)
    const text = Result.try(() => zstdDecompressSync(bytes, { maxOutputLength: limits.jsonBytes }).toString("utf8"))
    if (Result.isFailure(text)) return wrong(`cannot be unpacked: ${reasonOf(text.failure)}`)
    const expected = yield* Effect.result(recordsOf(root.file("sqlite")))
    if (Result.isFailure(expected)) return
    const lines = expected.success
    if (text.success !== lines.map((line) => `${line}\n`).join("")) return wrong("does not hold the rows of the tables")
    ledger.prove("records", lines.length, { bytes: bytes.length })
    ledger.leave(normalizedPath, "its frames are named by no digest; the records in them are the rows of the tables")
  })

const InputsLock = Schema.Struct({
  schema_version: Schema.Literal(1),
  created_at_epoch_seconds: Schema.Int,
  sources: Schema.Array(
    Schema.Struct({
      kind: Schema.Literals(["gff3", "fasta", "fai"]),
      original: Schema.String,
      resolved_url: Schema.String,
      output_path: Schema.String,
      checksum_sha256: Schema.String,
      expected_size_bytes: Schema.Int,
      original_filename: Schema.String,
      mirrors: Schema.Array(Schema.String)
    })
  )
})

/** The copies of the inputs against their lock: of the dataset that was ingested last below this folder, which need not be this one. */
const lookAtInputs = (root: DatasetFiles, ledger: Ledger, say: Say<VerifyFindingName>): Effect.Effect<void, ArtifactUnreadable> =>
  Effect.gen(function* () {
    const folder = inputsFolderOf(root)
    const at = `${inputsFolder}/inputs.lock.json`
    if (!existsSync(join(folder, "inputs.lock.json"))) return
    const bytes = yield* readWhole(join(folder, "inputs.lock.json"))
    const lock = yield* Effect.result(decodeJson(InputsLock, bytes, at))
    if (Result.isFailure(lock)) {
      for (const problem of lock.failure.problems) say("sidecar-invalid", at, `${at}: ${problem}`)
      return
    }
    if (canonicalJson(lock.success) !== bytes.toString("utf8")) say("sidecar-invalid", at, `${at}: is not canonical JSON`)
    let [copies, size] = [0, 0]
    for (const { output_path, checksum_sha256, expected_size_bytes } of lock.success.sources) {
      const name = basename(output_path)
      if (!existsSync(join(folder, name))) {
        ledger.leave(`${inputsFolder}/${name}`, "is not there any more")
        continue
      }
      const digest = yield* sha256File(join(folder, name))
      copies++
      size += digest.bytes
      if (digest.sha256 !== checksum_sha256 || digest.bytes !== expected_size_bytes)
        say("checksum-mismatch", `${inputsFolder}/${name}`, `${inputsFolder}/${name} is not what ${at} names`)
    }
    if (copies > 0) ledger.prove("copies", copies, { bytes: size })
    ledger.leave(at, "the time and the paths in it are told by nothing else")
  })

/** Deep verification of what lies beside a dataset. */
export const lookBeside = (root: DatasetFiles, report: ValidationReport, ours: boolean, ledger: Ledger, say: Say<VerifyFindingName>) =>
  Effect.gen(function* () {
    if (existsSync(join(root.path, normalizedPath)) && report.rows !== undefined) yield* lookAtNormalized(root, ledger, say)
    if (report.shards.files.size > 0)
      ledger.leave(
        "derived/catalog_shards.json",
        `no digest names it; its shards are what it says, and their rows those of ${layout.sqlite}`
      )
    if (root instanceof BuildRoot && !ours) yield* lookAtInputs(root, ledger, say)
  })
