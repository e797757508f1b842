/** What counts of a GFF3 file: its rows, directives and sequences; no comments, blank lines, line ends, nor how it is compressed. */
import { createHash, hash } from "node:crypto"
import { Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import type { ContentError } from "../content/failure.ts"
import { readLines } from "./lines.ts"

export class NotGff3 extends Schema.TaggedError<NotGff3>()("NotGff3", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "A file has a line that is neither a row of nine columns, nor a directive, comment or blank line",
    hint: "Is it a GFF3 file at all? Until it is, it counts by its bytes.",
    example: "Line 3 is no line of GFF3."
  }
}

const octothorpe = "#".charCodeAt(0)
const tab = 9
const fastaDirective = "##FASTA"
const greater = ">".charCodeAt(0)
/** Resolves forward references: where it stands says nothing of the rows. */
const flush = "###"

const isBlank = (line: Buffer): boolean => line.every((byte) => byte === 32 || byte === tab)

const columns = (line: Buffer): number => {
  let found = 1
  for (let at = line.indexOf(tab); at >= 0; at = line.indexOf(tab, at + 1)) found++
  return found
}

/** Lines that count, by what they are: `rows` and directives, then those of the FASTA at the end, which has its own forms. */
const readCounting = (path: string, tell: (line: Buffer, is: "row" | "directive" | "sequence") => void) =>
  Effect.gen(function* () {
    let number = 0
    let sequences = false
    const wrong: Array<number> = []
    yield* readLines(path, (line) => {
      number++
      if (line.length === 0 || isBlank(line)) return
      if (sequences) return tell(line, "sequence")
      if (line[0] === octothorpe) {
        if (line[1] !== octothorpe) return
        const text = line.toString("latin1").trimEnd()
        if (text === fastaDirective) sequences = true
        else if (text !== flush) tell(line, "directive")
      } else if (line[0] === greater) {
        sequences = true
        tell(line, "sequence")
      } else if (columns(line) === 9) tell(line, "row")
      else if (wrong.length === 0) wrong.push(number)
    })
    const [first] = wrong
    if (first !== undefined) return yield* new NotGff3({ message: `Line ${first} is no line of GFF3.`, where: { path, line: first } })
  })

/** Equal for files with the same rows and directives in the same order. Hex. */
export const gff3Digest = (path: string): Effect.Effect<string, ContentError | NotGff3> =>
  Effect.gen(function* () {
    const digest = createHash("sha256").update("gff3/1\n")
    let sequences = false
    yield* readCounting(path, (line, is) => {
      if (is === "sequence" && !sequences) digest.update(`${fastaDirective}\n`)
      sequences = is === "sequence"
      digest.update(line).update("\n")
    })
    return digest.digest("hex")
  })

const digestBytes = 32

/** Equal for files with the same rows and directives in whatever order; sequences in theirs. 32 bytes of memory a row. Hex. */
export const gff3UnorderedDigest = (path: string): Effect.Effect<string, ContentError | NotGff3> =>
  Effect.gen(function* () {
    const lines: Array<Buffer> = []
    const sequences = createHash("sha256")
    yield* readCounting(path, (line, is) => {
      if (is === "sequence") sequences.update(line).update("\n")
      else lines.push(hash("sha256", line, "buffer"))
    })
    const digest = createHash("sha256").update(`gff3-unordered/1\n${lines.length} × ${digestBytes}\n`)
    for (const line of lines.sort(Buffer.compare)) digest.update(line)
    return digest.update(sequences.digest()).digest("hex")
  })
