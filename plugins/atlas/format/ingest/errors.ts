/** Everything that may go wrong when a dataset is ingested. */
import { GeneSummaryUnwritable } from "../artifact/gene-summary.ts"
import { ArtifactUnreadable } from "../artifact/sha256.ts"
import { type WriteDerivedError, writeDerivedErrors } from "../artifact/write-derived.ts"
import { type ContentError, contentErrors } from "../content/failure.ts"
import { IoDurability } from "../durable.ts"
import { faiErrors, type FaiMismatch, type FaiProblem } from "../fai.ts"
import { fastaErrors, type FastaProblem } from "../fasta/failure.ts"
import { gff3Errors, type Gff3Problem } from "../gff3/failure.ts"
import { type ModelError, modelErrors } from "../model/problems.ts"

/** Of the inputs, as given: told together, with the paths the user named. */
export type InputError = ContentError | Gff3Problem | FastaProblem | FaiProblem | FaiMismatch | ModelError

export type IngestError = InputError | WriteDerivedError | IoDurability

const all = [
  ...contentErrors,
  ...gff3Errors,
  ...fastaErrors,
  ...faiErrors,
  ...modelErrors,
  ...writeDerivedErrors,
  GeneSummaryUnwritable,
  ArtifactUnreadable,
  IoDurability
] as const

/** For the `errors` of a stage; each class once. */
export const ingestErrors: ReadonlyArray<(typeof all)[number]> = [...new Set(all)]
