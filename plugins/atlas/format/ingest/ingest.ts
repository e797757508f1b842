/** Ingest: from GFF3, FASTA and perhaps FAI to the folder of a dataset (dataset contract §1.2, §2), ruleset `ontology`. */
import { stat } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import { type Several, several } from "atlas-run/plugin"
import { ingestAtlas } from "../atlas-v1/ingest-atlas.ts"
import type { AtlasV1Options } from "../atlas-v1/options.ts"
import { layout } from "../artifact/layout.ts"
import type { Manifest } from "../artifact/manifest.ts"
import { countsOf, modelSpool, type ModelSpool, type SpooledModel } from "../artifact/model-spool.ts"
import type { InputChecksums } from "../artifact/gene-summary.ts"
import type { Dialect } from "../artifact/dialect.ts"
import { release } from "../artifact/released.ts"
import { writeDerived, writeReports } from "../artifact/write-derived.ts"
import type { DatasetId } from "../dataset-id.ts"
import { makeDirectory, remove, syncDirectory } from "../durable.ts"
import type { GeneModel } from "../model/gene-model.ts"
import { type FastaRead, flat, makeFai, readFai, readFasta } from "./inputs.ts"
import type { IngestError, InputError } from "./errors.ts"
import type { IngestFinding, IngestFindingName } from "./findings.ts"
import type { ProfileEvidence } from "../profile/choose.ts"
import type { ProfileName } from "../profile/profiles.ts"
import { inputFindings, profileFindings, rejectionFindings } from "./input-findings.ts"
import { readModel } from "./read-model.ts"
import { leavesOut, type Strictness } from "./strictness.ts"
import { residuesOf } from "./residues.ts"
import { checkBeside } from "./beside.ts"
import { type GenomeExpectation, unexpectedIn } from "../seqcol/expectation.ts"
import { sha256File } from "../artifact/sha256.ts"

export interface IngestRequest {
  /** The dataset's folder: absent or empty, on the disk it will stay on or be renamed from. */
  readonly folder: string
  readonly dataset: DatasetId
  /** Plain, gzip or bgzip, by content. Errors carry these paths as they stand. */
  readonly gff3: string
  readonly fasta: string
  /** Held against the FASTA; made from it if absent. */
  readonly fai?: string
  /** What reading the FASTA gave, where that has been done and inputs/ has it: it is not read again. */
  readonly genome?: FastaRead
  /** Of a bgzip FASTA; only held against it. */
  readonly gzi?: string
  /** Which genome the FASTA must be. */
  readonly expect?: GenomeExpectation
  /** Lists of checksums that came with the inputs; the genome's own one, if it has one. */
  readonly checksums?: string
  readonly fastaChecksums?: string
  /** `strict` if absent. */
  readonly strictness?: Strictness
  /** How the annotation's provider writes ids and names; by its first rows if absent. */
  readonly profile?: ProfileName | "auto"
  /** NCBI's genetic code by sequence name, for CDS that state no transl_table. */
  readonly geneticCodes?: Readonly<Record<string, number>>
  /** The ruleset atlas-v1 with these options; the ruleset ontology if absent. */
  readonly atlas?: Partial<Omit<AtlasV1Options, "strictness" | "dialect">>
  /** `main` if absent. */
  readonly dialect?: Dialect
}

/** `reading again`: an annotation that is wrong, or whose genes cannot be told apart, is read as a whole. Each pass counts its own bytes. */
export type Pass = "reading" | "reading again" | "writing"

export interface IngestHooks {
  readonly report?: (finding: IngestFinding) => Effect.Effect<void>
  /** Bytes of a pass, done so far and in all: of the input files on disk, of the plain annotation, of the model that is written. Called often. */
  readonly progress?: (done: number, total: number, pass: Pass) => void
}

export interface IngestFacts {
  readonly dataset: DatasetId
  readonly genes: number
  readonly transcripts: number
  readonly exons: number
  /** CDS rows of the GFF3, and all its feature rows. */
  readonly cdsRows: number
  readonly rows: number
  readonly sequences: number
  /** Residues. */
  readonly bases: number
  /** GA4GH sequence collection digest, top level. */
  readonly collection: string
  /** How many findings were told, by name. */
  readonly findings: ReadonlyMap<IngestFindingName, number>
  /** Undefined where the ruleset knows no profiles. */
  readonly profile?: ProfileEvidence
  /** Rows that were left out, by code; none where strict. */
  readonly rejected: ReadonlyMap<string, number>
  /** Undefined where only the reports were written. */
  readonly manifest: Manifest | undefined
  readonly checksums: InputChecksums
}

const grouped = (n: number): string => String(n).replace(/\B(?=(?:\d{3})+$)/g, ",")

const counted = (n: number, one: string): string => `${grouped(n)} ${one}${n === 1 ? "" : "s"}`

/** `6,381 genes · 16 sequences` */
export const ingestSummary = (facts: Pick<IngestFacts, "genes" | "sequences">): string =>
  `${counted(facts.genes, "gene")} · ${counted(facts.sequences, "sequence")}`

/** One count of bytes over several files. Files that cannot be looked at count nothing; reading them tells why. */
const progressOver = (paths: ReadonlyArray<string>, tell: IngestHooks["progress"]) =>
  Effect.map(
    Effect.forEach(paths, (path) =>
      Effect.promise(() =>
        stat(path).then(
          (s) => (s.isFile() ? s.size : 0),
          () => 0
        )
      )
    ),
    (sizes) => {
      const total = sizes.reduce((sum, size) => sum + size, 0)
      const done = new Map<string, number>()
      return (path: string) => (bytesRead: number) => {
        done.set(path, bytesRead)
        tell?.(
          [...done.values()].reduce((sum, bytes) => sum + bytes, 0),
          total,
          "reading"
        )
      }
    }
  )

interface Taken {
  readonly model: GeneModel | SpooledModel
  readonly findings: ReadonlyArray<IngestFinding>
  readonly seqids: ReadonlyArray<string>
  readonly checksums: InputChecksums
  readonly profile: ProfileEvidence
  readonly rejected: ReadonlyMap<string, ReadonlyArray<number>>
  readonly sequences: number
  readonly bases: number
  readonly collection: string
}

/** Reads and checks all inputs into inputs/, and makes the model. Fails with the problems of all of them. */
const takeInputs = (request: IngestRequest, hooks: IngestHooks, spools: readonly [ModelSpool, ModelSpool]) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { folder, gff3, fasta, fai } = request
      const at = (role: "gff3" | "fasta" | "fai") => join(folder, layout[role])
      const progress = yield* progressOver([fasta, ...(fai === undefined ? [] : [fai]), gff3], hooks.progress)

      const known = request.genome
      const genome =
        known === undefined ? yield* readFasta(fasta, at("fasta"), progress(fasta)) : { facts: known, problems: [] as ReadonlyArray<never> }
      const sequences = genome.facts?.sequences
      const index = fai === undefined ? undefined : yield* readFai(fai, at("fai"), sequences, progress(fai))
      const annotation = yield* readModel({
        path: gff3,
        copy: at("gff3"),
        contigs: sequences?.map(({ name, length }) => ({ name, length })),
        lenient: leavesOut(request.strictness ?? "strict"),
        profile: request.profile ?? "auto",
        geneticCodes: new Map(Object.entries(request.geneticCodes ?? {})),
        onProgress: progress(gff3),
        onAgain: (done, total) => hooks.progress?.(done, total, "reading again"),
        spools,
        fetch: sequences === undefined || genome.problems.length > 0 ? Effect.succeed(undefined) : residuesOf(at("fasta"), sequences)
      })
      const unexpected = genome.facts === undefined ? [] : unexpectedIn(request.expect ?? {}, genome.facts, fasta)
      const problems: ReadonlyArray<InputError> = [...annotation.problems, ...genome.problems, ...unexpected, ...(index?.problems ?? [])]
      if (problems.length > 0) return yield* Effect.fail(several(problems))
      const { facts, model, outcome } = annotation
      const rejected = annotation.rejected?.byCode() ?? new Map<string, ReadonlyArray<number>>()
      if (genome.facts === undefined || facts === undefined || model === undefined || outcome === undefined)
        return yield* Effect.die(new Error("an input without facts must have problems"))
      if (fai === undefined) yield* makeFai(at("fai"), genome.facts.sequences)
      yield* syncDirectory(join(folder, "inputs"))
      const taken: Taken = {
        model,
        findings: [
          ...inputFindings(facts, genome.facts, index?.facts?.content),
          ...profileFindings(annotation.chosen),
          ...rejectionFindings(rejected),
          ...outcome.findings
        ],
        profile: annotation.chosen.evidence,
        rejected,
        seqids: outcome.seqids,
        checksums: {
          gff3_sha256: facts.content.sha256,
          fasta_sha256: genome.facts.content.sha256,
          fai_sha256: index?.facts?.sha256 ?? (yield* sha256File(at("fai"))).sha256
        },
        sequences: genome.facts.sequences.length,
        bases: genome.facts.residues,
        collection: genome.facts.collection?.digest ?? ""
      }
      return taken
    })
  )

/**
 * Writes the dataset's folder: inputs/ (plain copies, written in the pass that hashes and parses them) and derived/. Everything in it follows
 * from the inputs' bytes, the strictness and the dataset's id: no clock, no path of the machine. `report-only` leaves five reports in derived/
 * and nothing else, which no reader takes for a build root. On failure the folder is left as it is, for its owner to remove.
 */
export const ingest = (request: IngestRequest, hooks: IngestHooks = {}): Effect.Effect<IngestFacts, IngestError | Several<IngestError>> =>
  Effect.gen(function* () {
    const beside = yield* checkBeside(request)
    if (request.atlas !== undefined) {
      const paths = [request.gff3, request.fasta, ...(request.fai === undefined ? [] : [request.fai])]
      const { strictness = "strict", dialect = "main" } = request
      return yield* ingestAtlas(
        request,
        { ...request.atlas, strictness, dialect },
        hooks,
        yield* progressOver(paths, hooks.progress),
        beside
      )
    }
    yield* makeDirectory(join(request.folder, "inputs"))
    const spools = [yield* modelSpool(request.folder), yield* modelSpool(request.folder)] as const
    const { model, findings, profile, rejected, seqids, checksums, sequences, bases, collection } = yield* takeInputs(
      request,
      hooks,
      spools
    )
    yield* beside.unchanged
    const counts = new Map<IngestFindingName, number>()
    for (const finding of [...beside.findings, ...findings]) {
      counts.set(finding.name, (counts.get(finding.name) ?? 0) + 1)
      yield* hooks.report?.(finding) ?? Effect.void
    }
    const { folder, dataset, strictness = "strict", dialect = "main" } = request
    const onProgress = (done: number, total: number) => hooks.progress?.(done, total, "writing")
    const derived = { folder, dataset, model, checksums, seqids, onProgress, lenient: leavesOut(strictness) }
    const written = strictness === "report-only" ? yield* writeReports(derived) : (yield* writeDerived(derived)).manifest
    if (strictness === "report-only") yield* remove(join(folder, "inputs"))
    const manifest = dialect === "released" ? yield* release(folder, model.anomalies, written) : written
    return {
      dataset,
      ...countsOf(model),
      cdsRows: model.cdsRows,
      rows: model.totalFeatures,
      sequences,
      bases,
      collection,
      findings: counts,
      profile,
      rejected: new Map([...rejected].map(([code, lines]) => [code, lines.length])),
      manifest,
      checksums
    }
  }).pipe(Effect.scoped)

/** Problems one by one. */
export const ingestProblems = (error: IngestError | Several<IngestError>): ReadonlyArray<IngestError> => flat(error)
