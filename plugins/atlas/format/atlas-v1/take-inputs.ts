/** Reads the inputs of atlas-v1 into inputs/: plain copies, hashed in the pass that makes them; the FASTA is looked at and never judged. */
import { join } from "node:path"
import { Effect, type Scope } from "effect"
import { type Several, several } from "atlas-run/plugin"
import type { InputChecksums } from "../artifact/gene-summary.ts"
import { layout } from "../artifact/layout.ts"
import { sha256 } from "../artifact/sha256.ts"
import { type ContentError, InputMissing, InputNotAFile, InputUnreadable } from "../content/failure.ts"
import type { ContentFacts } from "../content/read.ts"
import { type IoDurability, makeDirectory, syncDirectory } from "../durable.ts"
import { compareFai, parseFai } from "../fai.ts"
import { fastaScan } from "../fasta/scan.ts"
import type { FastaFacts } from "../fasta/scanner.ts"
import type { IngestFinding } from "../ingest/findings.ts"
import { copied, type FastaRead, type OnProgress } from "../ingest/inputs.ts"
import { plainCopy } from "../ingest/plain-copy.ts"
import type { LimitExceeded } from "../limits.ts"
import { type GenomeExpectation, type GenomeUnexpected, unexpectedIn } from "../seqcol/expectation.ts"
import { type AtlasModel, atlasModel } from "./atlas-model.ts"
import { contigsOfFai, faiOf, FastaLengths } from "./contigs.ts"
import { type AtlasV1Error, AtlasV1Policy, FaiRequiredForIngest } from "./failure.ts"
import type { AtlasV1Options } from "./options.ts"
import { refusals, refuse } from "./refuse.ts"

export interface AtlasInputs {
  readonly folder: string
  readonly gff3: string
  readonly fasta: string
  readonly fai?: string
  /** See `IngestRequest`. */
  readonly genome?: FastaRead
  readonly expect?: GenomeExpectation
}

export interface AtlasTaken extends AtlasModel {
  readonly checksums: InputChecksums
  /** As the FASTA has them; of the index where the FASTA is not well formed. */
  readonly sequences: number
  readonly bases: number
  /** GA4GH digest, empty where the FASTA is not well formed. */
  readonly collection: string
  readonly findings: ReadonlyArray<IngestFinding>
}

export type AtlasInputError = AtlasV1Error | ContentError | LimitExceeded | IoDurability | GenomeUnexpected

/** What the reference says of a file it cannot read: the words of Rust's io::Error. */
const inReferenceWords = (error: ContentError | AtlasV1Error): ContentError | AtlasV1Error => {
  const words = (reason: string) => ({
    ...(error.where === undefined ? {} : { where: error.where }),
    message: `read local input failed: ${reason}`
  })
  if (error instanceof InputMissing) return new InputMissing(words("No such file or directory (os error 2)"))
  if (error instanceof InputNotAFile && error.kind === "a folder")
    return new InputNotAFile({ ...words("Is a directory (os error 21)"), kind: error.kind })
  if (error instanceof InputUnreadable && error.errno === "EACCES")
    return new InputUnreadable({ ...words("Permission denied (os error 13)"), errno: error.errno })
  return error
}

/** Copies one input; fails with what is wrong with it. */
const take = (
  from: string,
  to: string,
  onProgress: OnProgress,
  onChunk: (chunk: Buffer) => void
): Effect.Effect<ContentFacts, ContentError | AtlasV1Error | IoDurability, Scope.Scope> =>
  Effect.gen(function* () {
    const { facts, problems } = yield* copied<never>(from, to, onProgress, onChunk)
    for (const problem of problems) return yield* Effect.fail(inReferenceWords(problem))
    return facts ?? (yield* Effect.die(new Error(`${from} was not read`)))
  })

const collecting = () => {
  const chunks: Array<Buffer> = []
  return { add: (chunk: Buffer) => void chunks.push(Buffer.from(chunk)), bytes: () => Buffer.concat(chunks) }
}

const writeIndex = (to: string, bytes: Buffer) =>
  Effect.gen(function* () {
    const copy = yield* plainCopy(to)
    const failure = copy.write(bytes)
    if (failure !== undefined) return yield* failure
    yield* copy.finish
  })

/** What of the genome later stages will not take, though the reference does. */
const genomeFindings = (genome: FastaFacts, index: Buffer): ReadonlyArray<IngestFinding> => {
  const problems = genome.problems.length > 0 ? genome.problems : parseFai(index, layout.fai).problems
  const wrong = problems.length > 0 ? problems : compareFai(parseFai(index, layout.fai).rows, genome.sequences, layout.fai)
  const [first] = wrong
  if (first === undefined) return []
  const at = genome.problems.length > 0 ? "fasta" : "fai"
  return [{ name: "genome-unchecked", at, message: `${wrong.length === 1 ? "" : `${wrong.length} problems, first: `}${first.message}` }]
}

/** Options that the reference refuses once it has the inputs. */
const requireLegal = ({ prodMode, emitNormalizedDebug }: AtlasV1Options): void => {
  if (prodMode && emitNormalizedDebug) refuse(AtlasV1Policy, "policy gate: normalized debug output is disabled in production mode")
}

const refuseNoIndex = (fasta: string, { dialect }: AtlasV1Options): never =>
  refuse(
    FaiRequiredForIngest,
    dialect === "main"
      ? `FAI_REQUIRED_FOR_INGEST: missing ${fasta}.fai. Generate with \`samtools faidx ${fasta}\` or enable --dev-auto-generate-fai for controlled development runs.`
      : "FAI index is required for ingest (enable dev auto-generate explicitly)",
    `${fasta}.fai`
  )

/** Reads all three, then makes the model. The first refusal ends it, as in the reference. */
export const takeAtlasInputs = (
  { folder, gff3, fasta, fai, expect, genome: known }: AtlasInputs,
  options: AtlasV1Options,
  progress: (path: string) => (bytesRead: number) => void
): Effect.Effect<AtlasTaken, AtlasInputError | Several<GenomeUnexpected>> =>
  Effect.scoped(
    Effect.gen(function* () {
      const at = (role: "gff3" | "fasta" | "fai") => join(folder, layout[role])
      yield* makeDirectory(join(folder, "inputs"))
      const rows = collecting()
      const annotation = yield* take(gff3, at("gff3"), progress(gff3), rows.add)
      const scanned = options.fastaScanning ? new FastaLengths(fasta, options.fastaScanMaxBases) : undefined
      const indexed = fai === undefined && options.devAutoGenerateFai ? new FastaLengths(fasta, 0) : undefined
      const isKnown = known !== undefined && scanned === undefined && indexed === undefined
      const scanner = yield* fastaScan(fasta, { digests: !isKnown })
      const genome = isKnown
        ? known.content
        : yield* take(fasta, at("fasta"), progress(fasta), (chunk) => {
            scanner.push(chunk)
            scanned?.push(chunk)
            indexed?.push(chunk)
          })
      const facts = isKnown ? known : yield* scanner.end
      const unexpected = unexpectedIn(expect ?? {}, facts, fasta)
      if (unexpected.length > 0) return yield* Effect.fail(several(unexpected))
      const index = collecting()
      if (fai !== undefined) yield* take(fai, at("fai"), progress(fai), index.add)
      yield* refusals(() => requireLegal(options))
      if (fai === undefined) {
        const made = yield* refusals(() => Buffer.from(faiOf(indexed?.end() ?? refuseNoIndex(fasta, options))))
        index.add(made)
        yield* writeIndex(at("fai"), made)
      }
      const faiBytes = index.bytes()
      const faiPath = fai ?? `${fasta}.fai`
      const model = yield* refusals(() => {
        const contigs = contigsOfFai(faiBytes, faiPath, options.dialect)
        return atlasModel({ gff3: rows.bytes(), path: gff3, contigs, scanned: scanned?.end() }, options)
      })
      yield* syncDirectory(join(folder, "inputs"))
      const isWhole = facts.problems.length === 0
      const { contigs } = model.model
      return {
        ...model,
        checksums: { gff3_sha256: annotation.sha256, fasta_sha256: genome.sha256, fai_sha256: sha256(faiBytes) },
        sequences: isWhole ? facts.sequences.length : contigs.length,
        bases: isWhole ? facts.residues : contigs.reduce((sum, { length }) => sum + length, 0),
        collection: (isWhole ? facts.collection?.digest : undefined) ?? "",
        findings: genomeFindings(facts, faiBytes)
      }
    })
  )
