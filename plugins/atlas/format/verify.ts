/**
 * Proving a dataset. Shallow: what `validate` looks at. Deep: every digest, row, signature and sidecar is made again from the files, the FASTA
 * is scanned against its index, and, given `remake`, the whole dataset is made again from its inputs and compared. The database is opened read-only and
 * immutable; nothing is written but a copy in the temporary folder, which goes.
 */
import { Clock, Effect } from "effect"
import { isOurs } from "./artifact/dialect.ts"
import { type Finding, type Say as SayOf, type VerifyFindingName, verifyFindings } from "./artifact/finding.ts"
import type { GeneSummaryUnreadable } from "./artifact/gene-summary-reader.ts"
import { layout } from "./artifact/layout.ts"
import { ArtifactUnreadable } from "./artifact/sha256.ts"
import { strangers } from "./artifact/survey.ts"
import { integrityComplaints, pageCount } from "./artifact/table-rules.ts"
import { type DatasetFiles, PublishedDataset } from "./build-root.ts"
import type { DatasetId } from "./dataset-id.ts"
import { IoDurability } from "./durable.ts"
import { examineEvidence, examineRows, examineShards, sidecarsMade } from "./proof/examine.ts"
import { Ledger, type Proof, type Unproven } from "./proof/proof.ts"
import type { Remake } from "./proof/remake.ts"
import { compareSequences, lookAtGenome, toleratingIndex } from "./proof/sequences.ts"
import { sqlite } from "./proof/steps.ts"
import { tellUnproven } from "./proof/unproven.ts"
import { type FastaFacts, FastaScanner } from "./fasta/scanner.ts"
import { isKnownBeside, lookBeside } from "./reference/beside.ts"
import { quote } from "./text.ts"
import { validate, type ValidateOptions, type ValidationReport } from "./validate.ts"

export { verifyFindings, type VerifyFindingName }
export type { Proof, Unproven } from "./proof/proof.ts"

type Say = SayOf<VerifyFindingName>

/** `ms` is what the whole verification took. */
export interface VerificationReport extends ValidationReport {
  readonly deep: boolean
  /** What was made again and found equal, in the order it was done. */
  readonly proven: ReadonlyArray<Proof>
  /** What is told by nothing that could be made again. Empty for a build root of ours that is proven from its inputs. */
  readonly unproven: ReadonlyArray<Unproven>
  readonly ms: number
}

export interface VerifyOptions extends ValidateOptions {
  readonly deep: boolean
  /**
   * Makes the dataset again from its inputs, as part of a deep verification; without it no table is. Given by whoever wants it, since
   * it is all of ingest: a verifier that holds it has every reader as its own code.
   */
  readonly remake?: Remake | undefined
}

/** Could not look: permission, disk. */
export type VerifyErrors = ArtifactUnreadable | IoDurability

/** For the `errors` of a stage. */
export const verifyErrors = [ArtifactUnreadable, IoDurability] as const

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

const warnOfEmptySequences = (root: DatasetFiles, say: Say) =>
  Effect.map(root.sequences, (sequences) => {
    for (const { name, genes, length } of sequences)
      if (genes === 0) say("contig-without-genes", name, `${quote(name)} (${length} bases) has no gene`)
  })

/** Whether a finding is about what the dataset holds rather than about whether it is whole. */
const isOfContent = (name: VerifyFindingName): boolean => name === "qc-threshold" || name.startsWith("gate-")

interface Examination {
  readonly root: DatasetFiles
  readonly report: ValidationReport
  readonly genome: FastaFacts | undefined
  readonly remake: Remake | undefined
}

/** All that wants the open database; gives the dataset as it was made again. */
const examine = ({ root, report, genome, remake }: Examination, ledger: Ledger, say: Say) =>
  Effect.gen(function* () {
    const { manifest, rows, files, provenance } = report
    const database = yield* root.openDatabase
    const complaints = yield* sqlite(root, () => integrityComplaints(database))
    for (const complaint of complaints) say("database-corrupt", layout.sqlite, `${layout.sqlite}: ${complaint}`)
    if (complaints.length > 0) return undefined
    ledger.prove("pages", yield* sqlite(root, () => pageCount(database)))
    if (manifest === undefined || rows === undefined) return undefined
    const sound = { root, report, manifest, rows, database }
    const tolerant = provenance === undefined || isOurs(provenance) ? say : toleratingIndex(say)
    if (genome !== undefined) yield* sqlite(root, () => compareSequences(database, genome.sequences, tolerant))
    yield* examineRows(sound, ledger, say)
    yield* examineShards(sound, ledger, say)
    const damaged = report.problems.some(({ name }) => verifyFindings[name].severity === "error" && !isOfContent(name))
    if (damaged) ledger.leave("tables", "were not made again from the inputs: the dataset is damaged as it is")
    const remade = remake === undefined || damaged ? undefined : yield* remake(root, report, genome, ledger, say)
    if (remade !== undefined) yield* remade.compare(sound, ledger, say)
    if (remade?.identical === true && files.has("canonicalFeatures")) {
      // What was made again from the inputs byte for byte is also what the tables make.
      ledger.prove("genes", rows.genes, { bytes: files.get("canonicalFeatures")?.bytes ?? 0 })
      ledger.prove("sidecars", sidecarsMade)
    } else yield* examineEvidence(sound, ledger, say)
    return remade
  })

/** Looks at a dataset as `id`: like `validate`, and deep at all of its content. A proven one has no error among its problems. */
export const verify = (
  root: DatasetFiles,
  id: DatasetId,
  { deep, remake, ...options }: VerifyOptions
): Effect.Effect<VerificationReport, VerifyErrors> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const now = () => clock.currentTimeMillisUnsafe()
    const begun = now()
    const ledger = new Ledger(now)
    // Hashing and scanning are one reading.
    const scanner = new FastaScanner({ path: layout.fasta, digests: false })
    const report = yield* validate(root, id, { ...options, ...(deep ? { readers: { fasta: (chunk) => scanner.push(chunk) } } : {}) })
    const findings: Array<Finding> = []
    const say = bounded(findings)
    const bytes = [...report.files.values()].reduce((total, file) => total + file.bytes, 0)
    ledger.prove("digests", report.files.size, { bytes })
    const corrupt = (error: GeneSummaryUnreadable) =>
      Effect.sync(() => say("database-corrupt", layout.sqlite, `${layout.sqlite} cannot be read: ${error.reason}`))
    if (deep) {
      const ours = report.provenance === undefined || isOurs(report.provenance)
      if (!(root instanceof PublishedDataset))
        for (const path of yield* strangers(root))
          if (!isKnownBeside(path, report, ours)) say("file-unexpected", path, `${quote(path)} is no file of a dataset`)
      const genome = yield* lookAtGenome(root, report.files, () => scanner.end(), ours ? say : toleratingIndex(say))
      if (genome !== undefined && genome.sequences.length > 0) {
        const bases = genome.sequences.reduce((total, s) => total + s.length, 0)
        ledger.prove("bases", bases, { bytes: report.files.get("fasta")?.bytes ?? 0 })
      }
      const remade =
        report.rows === undefined
          ? undefined
          : yield* Effect.scoped(examine({ root, report, genome, remake }, ledger, say)).pipe(
              Effect.catchTag("GeneSummaryUnreadable", (error) => Effect.as(corrupt(error), undefined))
            )
      yield* lookBeside(root, report, ours, ledger, say)
      tellUnproven(root, report, remade, ledger)
    }
    if (report.rows !== undefined) yield* Effect.catchTag(warnOfEmptySequences(root, say), "GeneSummaryUnreadable", corrupt)
    const told = new Set(report.problems.map(({ name, at }) => `${name} ${at}`))
    const problems = [
      ...report.problems,
      ...findings.filter(({ name, at }) => !(name.startsWith("reference-") && told.has(`${name} ${at}`)))
    ]
    return { ...report, deep, proven: ledger.proven, unproven: ledger.unproven, ms: Math.max(0, Math.round(now() - begun)), problems }
  })
