/** What came beside the inputs: lists of their checksums, and the index of a bgzip FASTA. */
import { basename } from "node:path"
import { Effect } from "effect"
import { Several, several } from "atlas-run/plugin"
import { type ChecksumError, checkListed } from "../content/checksums.ts"
import type { ContentError } from "../content/failure.ts"
import { checkGzi, type GziMismatch } from "../content/gzi.ts"
import { quote } from "../text.ts"
import type { IngestFinding } from "./findings.ts"
import { flat } from "./inputs.ts"

export interface BesideRequest {
  readonly gff3: string
  readonly fasta: string
  readonly fai?: string
  readonly gzi?: string
  readonly checksums?: string
  readonly fastaChecksums?: string
}

export interface Beside {
  readonly findings: ReadonlyArray<IngestFinding>
  /** To be asked once the inputs were read: are they the files whose checksums were right? */
  readonly unchanged: Effect.Effect<void, ContentError>
}

/** Fails with all that does not fit, before any input is read for its content. */
export const checkBeside = (
  request: BesideRequest
): Effect.Effect<Beside, ChecksumError | GziMismatch | Several<ChecksumError | GziMismatch>> =>
  Effect.gen(function* () {
    const { gff3, fasta, fai, gzi, checksums, fastaChecksums = checksums } = request
    const problems: Array<ChecksumError | GziMismatch> = []
    const listed = yield* Effect.result(
      checkListed([
        { role: "gff3", path: gff3, list: checksums },
        { role: "fasta", path: fasta, list: fastaChecksums },
        ...(fai === undefined ? [] : [{ role: "fai", path: fai, list: fastaChecksums }]),
        ...(gzi === undefined ? [] : [{ role: "gzi", path: gzi, list: fastaChecksums }])
      ])
    )
    if (listed._tag === "Failure") problems.push(...flat<ChecksumError>(listed.failure))
    if (gzi !== undefined) {
      const index = yield* Effect.result(checkGzi(gzi, fasta))
      if (index._tag === "Failure") problems.push(index.failure)
    }
    if (listed._tag === "Failure" || problems.length > 0) return yield* Effect.fail(several(problems))
    const { unchanged, unlisted } = listed.success
    return {
      findings: unlisted.map(({ role, path, list }) => ({
        name: "checksum-not-listed",
        at: role,
        message: `${quote(basename(path))} is not in ${quote(basename(list ?? ""))}`
      })),
      unchanged
    }
  })
