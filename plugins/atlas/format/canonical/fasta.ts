/** What counts of a FASTA file: headers and residues, soft masking too; not where lines are broken, how they end, nor how it is compressed. */
import { createHash } from "node:crypto"
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import type { ContentError } from "../content/failure.ts"
import { readLines } from "./lines.ts"

export class NotFasta extends Schema.TaggedError<NotFasta>()("NotFasta", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "A file has something before its first header, or no header at all",
    hint: "Is it a FASTA file at all? Until it is, it counts by its bytes.",
    example: "Line 1 stands before the first header."
  }
}

const greater = ">".charCodeAt(0)

/** Equal for files with the same headers and residues in the same order. Hex. */
export const fastaDigest = (path: string): Effect.Effect<string, ContentError | NotFasta> =>
  Effect.gen(function* () {
    const digest = createHash("sha256").update("fasta/1")
    let number = 0
    let headers = 0
    let before = 0
    yield* readLines(path, (line) => {
      number++
      if (line[0] === greater) {
        headers++
        digest.update("\n").update(line).update("\n")
      } else if (line.length > 0) {
        if (headers === 0 && before === 0) before = number
        digest.update(line)
      }
    })
    if (before > 0) return yield* new NotFasta({ message: `Line ${before} stands before the first header.`, where: { path, line: before } })
    if (headers === 0) return yield* new NotFasta({ message: "There is no header.", where: { path } })
    return digest.digest("hex")
  })
