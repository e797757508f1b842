/** Ingest: from GFF3, FASTA and perhaps FAI to the folder of a dataset (dataset contract §1.2, §2), ruleset `ontology`. */
import { stat } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import { type Several, several } from "atlas-run/plugin"
import { layout } from "../artifact/layout.ts"
import type { Manifest } from "../artifact/manifest.ts"
import { writeDerived } from "../artifact/write-derived.ts"
import type { DatasetId } from "../dataset-id.ts"
import { makeDirectory, syncDirectory } from "../durable.ts"
import type { FetchOf } from "../model/coding-check.ts"
import type { GeneModel } from "../model/gene-model.ts"
import { OntologyModel, type OntologyOutcome } from "../model/ontology-model.ts"
import { columnsOf } from "./columns.ts"
import { flat, makeFai, readFai, readFasta, readGff3, type Gff3Read } from "./inputs.ts"
import type { IngestError, InputError } from "./errors.ts"
import type { IngestFinding, IngestFindingName } from "./findings.ts"
import { inputFindings } from "./input-findings.ts"
import { residuesOf } from "./residues.ts"
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
}

export interface IngestHooks {
  readonly report?: (finding: IngestFinding) => Effect.Effect<void>
  /** Bytes of the input files on disk, read so far and in all. Called while reading, often. */
  readonly progress?: (bytesRead: number, bytesTotal: number) => void
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
  readonly manifest: Manifest
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
          total
        )
      }
    }
  )

/** Runs the model's steps, letting others run between them. */
const finished = (model: OntologyModel, fetch: FetchOf | undefined): Effect.Effect<OntologyOutcome> =>
  Effect.gen(function* () {
    const steps = model.steps(fetch)
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
      yield* Effect.yieldNow
    }
  })

// A row with a problem defines nothing, so what names it would seem wrong too.
const follows = new Set(["Gff3ParentMissing", "Gff3NoGenes"])

const modelErrorsOf = (outcome: OntologyOutcome, gff3: Gff3Read): ReadonlyArray<InputError> =>
  gff3.badRows > 0 || gff3.problemCount > 0 ? outcome.errors.filter((e) => !follows.has(e._tag)) : outcome.errors

interface Taken {
  readonly model: GeneModel
  readonly findings: ReadonlyArray<IngestFinding>
  readonly seqids: ReadonlyArray<string>
  readonly checksums: { readonly gff3_sha256: string; readonly fasta_sha256: string; readonly fai_sha256: string }
  readonly sequences: number
  readonly bases: number
  readonly collection: string
}

/** Reads and checks all inputs into inputs/, and makes the model. Fails with the problems of all of them. */
const takeInputs = (request: IngestRequest, hooks: IngestHooks) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { folder, gff3, fasta, fai } = request
      const at = (role: "gff3" | "fasta" | "fai") => join(folder, layout[role])
      yield* makeDirectory(join(folder, "inputs"))
      const progress = yield* progressOver([fasta, ...(fai === undefined ? [] : [fai]), gff3], hooks.progress)

      const genome = yield* readFasta(fasta, at("fasta"), progress(fasta))
      const sequences = genome.facts?.sequences
      const index = fai === undefined ? undefined : yield* readFai(fai, at("fai"), sequences, progress(fai))
      const model = new OntologyModel({
        path: gff3,
        contigs: sequences?.map(({ name, length }) => ({ name, length })),
        locate: columnsOf(at("gff3"))
      })
      const annotation = yield* readGff3(gff3, at("gff3"), (row) => model.add(row), progress(gff3))

      const isSound = genome.problems.length === 0 && annotation.problems.length === 0
      const fetch = sequences === undefined || !isSound ? undefined : yield* residuesOf(at("fasta"), sequences)
      const outcome = annotation.facts === undefined ? undefined : yield* finished(model, fetch)
      const modelProblems = outcome === undefined || annotation.facts === undefined ? [] : modelErrorsOf(outcome, annotation.facts)
      const problems: ReadonlyArray<InputError> = [...annotation.problems, ...modelProblems, ...genome.problems, ...(index?.problems ?? [])]
      if (problems.length > 0) return yield* Effect.fail(several(problems))
      if (genome.facts === undefined || annotation.facts === undefined || outcome?.model === undefined)
        return yield* Effect.die(new Error("an input without facts must have problems"))
      if (fai === undefined) yield* makeFai(at("fai"), genome.facts.sequences)
      yield* syncDirectory(join(folder, "inputs"))
      const taken: Taken = {
        model: outcome.model,
        findings: [...inputFindings(annotation.facts, genome.facts, index?.facts?.content), ...outcome.findings],
        seqids: outcome.seqids,
        checksums: {
          gff3_sha256: annotation.facts.content.sha256,
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
 * from the inputs' bytes and the dataset's id: no clock, no path of the machine. On failure the folder is left as it is, for its owner to remove.
 */
export const ingest = (request: IngestRequest, hooks: IngestHooks = {}): Effect.Effect<IngestFacts, IngestError | Several<IngestError>> =>
  Effect.gen(function* () {
    const { model, findings, seqids, checksums, sequences, bases, collection } = yield* takeInputs(request, hooks)
    const counts = new Map<IngestFindingName, number>()
    for (const finding of findings) {
      counts.set(finding.name, (counts.get(finding.name) ?? 0) + 1)
      yield* hooks.report?.(finding) ?? Effect.void
    }
    const { folder, dataset } = request
    const { manifest } = yield* writeDerived({ folder, dataset, model, checksums, seqids })
    return {
      dataset,
      genes: model.genes.length,
      transcripts: model.transcripts.length,
      exons: model.exons.length,
      cdsRows: model.cdsRows,
      rows: model.totalFeatures,
      sequences,
      bases,
      collection,
      findings: counts,
      manifest
    }
  })

/** Problems one by one. */
export const ingestProblems = (error: IngestError | Several<IngestError>): ReadonlyArray<IngestError> => flat(error)
