/**
 * Proving a build root. Shallow: what `validate` looks at. Deep: every digest, row, signature and sidecar is made again from the files, and the
 * FASTA is scanned against its index. The database is opened read-only and immutable; nothing is written.
 */
import type { DatabaseSync } from "node:sqlite"
import { Effect } from "effect"
import { FastaScanner } from "./fasta/scanner.ts"
import type { FastaSequence } from "./fasta/sequence.ts"
import { compareFai, parseFai } from "./fai.ts"
import { AnomalyReport } from "./artifact/anomalies.ts"
import { checkCanonical } from "./artifact/canonical-check.ts"
import { allGenes, allSequences, allTranscripts } from "./artifact/database-model.ts"
import { readPart } from "./artifact/evidence.ts"
import type { Finding, Say as SayOf, VerifyFindingName } from "./artifact/finding.ts"
import { GeneSummaryUnreadable } from "./artifact/gene-summary-reader.ts"
import { readJsonFile, readWhole } from "./artifact/json-file.ts"
import { layout } from "./artifact/layout.ts"
import { reasonOf, ArtifactUnreadable, eachChunk, withFile } from "./artifact/sha256.ts"
import { checkSidecars, SourceFacts } from "./artifact/sidecar-check.ts"
import { strangers } from "./artifact/survey.ts"
import { integrityComplaints, lookAtMeta, lookAtRows, tableRules } from "./artifact/table-rules.ts"
import type { BuildRoot } from "./build-root.ts"
import { compareCodePoints } from "./canonical-json.ts"
import type { DatasetId } from "./dataset-id.ts"
import { quote } from "./text.ts"
import { validate, type ValidateOptions, type ValidationReport } from "./validate.ts"

export { verifyFindings, type VerifyFindingName } from "./artifact/finding.ts"

type Say = SayOf<VerifyFindingName>

/** What was made again and found equal. */
export interface Proof {
  readonly what: "digests" | "rules" | "rows" | "genes" | "sidecars" | "bases"
  readonly count: number
  readonly bytes?: number
}

export interface VerificationReport extends ValidationReport {
  readonly deep: boolean
  readonly proven: ReadonlyArray<Proof>
}

/** Could not look: permission, disk. */
export type VerifyErrors = ArtifactUnreadable

/** For the `errors` of a stage. */
export const verifyErrors = [ArtifactUnreadable] as const

/** Most findings of one kind; one more says how many were left out. */
const mostOfAKind = 1000

const bounded = (findings: Array<Finding>): Say => {
  const counts = new Map<VerifyFindingName, number>()
  return (name, at, message) => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    if (count <= mostOfAKind) findings.push({ name, at, message })
    else if (count === mostOfAKind + 1) findings.push({ name, at: "*", message: `there are more than ${mostOfAKind} of these` })
  }
}

const sqlite = <A>(root: BuildRoot, ask: () => A): Effect.Effect<A, GeneSummaryUnreadable> => {
  const where = { path: root.file("sqlite") }
  return Effect.try({
    try: ask,
    catch: (cause) =>
      new GeneSummaryUnreadable({ message: `${where.path} could not be read: ${reasonOf(cause)}`, where, reason: reasonOf(cause) })
  })
}

/** Runs the steps of a synchronous examination, letting others run between them. */
const inSteps = (root: BuildRoot, steps: Generator<void>) =>
  Effect.gen(function* () {
    while (!(yield* sqlite(root, () => steps.next())).done) yield* Effect.yieldNow
  })

const scanSequences = (
  root: BuildRoot,
  report: ValidationReport,
  say: Say
): Effect.Effect<ReadonlyArray<FastaSequence>, ArtifactUnreadable> =>
  Effect.gen(function* () {
    const path = root.file("fasta")
    if (!report.files.has("fasta")) return []
    const scanner = new FastaScanner({ path: layout.fasta, digests: false })
    yield* withFile(path, (file) => eachChunk(file, path, (chunk) => scanner.push(chunk)))
    const facts = scanner.end()
    for (const problem of facts.problems) say("fasta-invalid", `${layout.fasta}:${problem.where?.line ?? 1}`, problem.message)
    if (!report.files.has("fai")) return facts.sequences
    const index = parseFai(yield* readWhole(root.file("fai")), layout.fai)
    for (const problem of [...index.problems, ...compareFai(index.rows, facts.sequences, layout.fai)])
      say("fai-mismatch", `${layout.fai}:${problem.where?.line ?? 1}`, problem.message)
    return facts.sequences
  })

const compareSequences = (database: DatabaseSync, scanned: ReadonlyArray<FastaSequence>, say: Say): void => {
  const found = new Map(scanned.map(({ name, length }) => [name, length]))
  for (const { name, length } of allSequences(database)) {
    const bases = found.get(name)
    found.delete(name)
    if (bases === undefined) say("sequence-mismatch", name, `table contigs has ${quote(name)}, the FASTA has not`)
    else if (bases !== length)
      say("sequence-mismatch", name, `${quote(name)} has ${bases} bases in the FASTA and ${length} in table contigs`)
  }
  for (const name of [...found.keys()].sort(compareCodePoints))
    say("sequence-mismatch", name, `the FASTA has ${quote(name)}, table contigs has not`)
}

const warnOfEmptySequences = (root: BuildRoot, say: Say) =>
  Effect.map(root.sequences, (sequences) => {
    for (const { name, genes, length } of sequences)
      if (genes === 0) say("contig-without-genes", name, `${quote(name)} (${length} bases) has no gene`)
  })

/** For files whose shape validate has told. */
const quiet: Say = () => undefined

const examine = (root: BuildRoot, report: ValidationReport, scanned: ReadonlyArray<FastaSequence>, say: Say) =>
  Effect.gen(function* () {
    const proven: Array<Proof> = []
    const { manifest, qc, rows, files } = report
    const database = yield* root.openDatabase
    const complaints = yield* sqlite(root, () => integrityComplaints(database))
    for (const complaint of complaints) say("database-corrupt", layout.sqlite, `${layout.sqlite}: ${complaint}`)
    if (manifest === undefined || rows === undefined || complaints.length > 0) return proven
    yield* inSteps(root, lookAtRows(database, say))
    yield* sqlite(root, () => lookAtMeta(database, manifest.dataset, manifest.checksums, say))
    if (files.has("fasta")) yield* sqlite(root, () => compareSequences(database, scanned, say))
    proven.push({ what: "rules", count: tableRules.length }, { what: "rows", count: rows.genes + rows.transcripts + rows.exons })
    if (!files.has("canonicalFeatures")) return proven
    const claimed = {
      lineage_sensitive_sha256: manifest.canonical_lineage_sha256,
      query_semantic_sha256: manifest.canonical_query_semantic_sha256
    }
    const canonical = yield* checkCanonical(root, database, claimed, say)
    if (canonical === undefined) return proven
    const { genes: rebuilt } = canonical.facts.summary
    if (rebuilt !== rows.genes)
      say("canonical-features", layout.canonicalFeatures, `${layout.canonicalFeatures} has ${rebuilt} genes, the database ${rows.genes}`)
    const written = files.get("canonicalSummary")
    if (written !== undefined && written.sha256 !== canonical.summarySha256)
      say("sidecar-mismatch", layout.canonicalSummary, `${layout.canonicalSummary} is not what the tables make it`)
    proven.push({ what: "genes", count: rebuilt, bytes: files.get("canonicalFeatures")?.bytes ?? 0 })
    const anomalies = yield* readPart(files, "anomalyReport", readJsonFile(AnomalyReport, root.file("anomalyReport")), quiet)
    const source = yield* readPart(files, "sourceFacts", readJsonFile(SourceFacts, root.file("sourceFacts")), say)
    if (anomalies === undefined || source === undefined || qc === undefined) return proven
    const tables = yield* sqlite(root, () => ({
      genes: allGenes(database),
      transcripts: allTranscripts(database),
      contigs: allSequences(database)
    }))
    const evidence = { manifest, ...tables, exonRows: rows.exons, canonical: canonical.facts, anomalies, qc, source }
    yield* inSteps(root, checkSidecars(evidence, files, say))
    proven.push({ what: "sidecars", count: 13 })
    return proven
  })

/** Looks at a build root as dataset `id`: like `validate`, and deep at all of its content. A proven root has no error among its problems. */
export const verify = (
  root: BuildRoot,
  id: DatasetId,
  { deep, ...options }: ValidateOptions & { readonly deep: boolean }
): Effect.Effect<VerificationReport, VerifyErrors> =>
  Effect.gen(function* () {
    const report = yield* validate(root, id, options)
    const findings: Array<Finding> = []
    const say = bounded(findings)
    const bytes = [...report.files.values()].reduce((total, file) => total + file.bytes, 0)
    const proven: Array<Proof> = [{ what: "digests", count: report.files.size, bytes }]
    const corrupt = (error: GeneSummaryUnreadable) =>
      Effect.sync(() => say("database-corrupt", layout.sqlite, `${layout.sqlite} cannot be read: ${error.reason}`))
    if (deep) {
      for (const path of yield* strangers(root)) say("file-unexpected", path, `${quote(path)} is no file of a dataset`)
      const scanned = yield* scanSequences(root, report, say)
      if (scanned.length > 0)
        proven.push({
          what: "bases",
          count: scanned.reduce((total, s) => total + s.length, 0),
          bytes: report.files.get("fasta")?.bytes ?? 0
        })
      if (report.rows !== undefined)
        yield* Effect.scoped(examine(root, report, scanned, say)).pipe(
          Effect.map((more) => {
            proven.push(...more)
          }),
          Effect.catchTag("GeneSummaryUnreadable", corrupt)
        )
    }
    if (report.rows !== undefined) yield* Effect.catchTag(warnOfEmptySequences(root, say), "GeneSummaryUnreadable", corrupt)
    return { ...report, deep, proven, problems: [...report.problems, ...findings] }
  })
