/** Everything that may go wrong when a dataset is ingested. */
import { type AtlasV1Error, atlasV1Errors } from "../atlas-v1/failure.ts"
import { GeneSummaryUnwritable } from "../artifact/gene-summary.ts"
import { ArtifactUnreadable } from "../artifact/sha256.ts"
import { type WriteDerivedError, writeDerivedErrors } from "../artifact/write-derived.ts"
import { type ChecksumError, checksumErrors } from "../content/checksums.ts"
import { type ContentError, contentErrors } from "../content/failure.ts"
import { GziMismatch } from "../content/gzi.ts"
import { IoDurability } from "../durable.ts"
import { faiErrors, type FaiMismatch, type FaiProblem } from "../fai.ts"
import { fastaErrors, type FastaProblem } from "../fasta/failure.ts"
import { gff3Errors, type Gff3Problem } from "../gff3/failure.ts"
import { type ModelError, modelErrors } from "../model/problems.ts"
import { GenomeUnexpected } from "../seqcol/expectation.ts"

/** Of the inputs, as given: told together, with the paths the user named. */
export type InputError =
  | ContentError
  | Gff3Problem
  | FastaProblem
  | FaiProblem
  | FaiMismatch
  | ModelError
  | GenomeUnexpected
  | GziMismatch
  | ChecksumError

export type IngestError = InputError | AtlasV1Error | WriteDerivedError | IoDurability

const all = [
  ...contentErrors,
  ...gff3Errors,
  ...fastaErrors,
  ...faiErrors,
  ...modelErrors,
  ...checksumErrors,
  GenomeUnexpected,
  GziMismatch,
  ...writeDerivedErrors,
  ...atlasV1Errors,
  GeneSummaryUnwritable,
  ArtifactUnreadable,
  IoDurability
] as const

/** For the `errors` of a stage; each class once. */
export const ingestErrors: ReadonlyArray<(typeof all)[number]> = [...new Set(all)]
