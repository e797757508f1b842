/** What the real `atlas-dataset` decides on inputs that a row of the corpus describes: refused, with codes and places, or taken, with findings. */
import { join } from "node:path"
import { Effect } from "effect"
import { documentOf, file, idFlags, placesOf, runHere, scratch } from "../cli/program.ts"

/** One row of a table. Inputs left out are sound ones. */
export interface CorpusRow {
  /** The rule, as a sentence's end: "refuses …" or "takes …" is put before it. */
  readonly rule: string
  readonly gff3?: string | Buffer
  readonly fasta?: string | Buffer
  readonly fai?: string | Buffer
  /** `CODE file line column` of every error, in order; or nothing where it is taken. */
  readonly refused?: ReadonlyArray<string>
  /** `name at` of every finding, in order. Empty only where the specification says it is right. */
  readonly findings?: ReadonlyArray<string>
}

export interface Decision {
  readonly code: number
  readonly refused: ReadonlyArray<string>
  readonly findings: ReadonlyArray<string>
  /** Where the dataset would be. */
  readonly root: string
}

export const ids = idFlags("1", "testus", "T1")

export const head = "##gff-version 3\n"

/** A row of GFF3: words between blanks become columns 1 to 8, the ninth is what follows. */
export const row = (text: string): string => {
  const words = text.split(" ")
  return `${[...words.slice(0, 8), words.slice(8).join(" ")].join("\t")}\n`
}

export const rows = (...texts: ReadonlyArray<string>): string => texts.map(row).join("")

const bases = (length: number): string => "ACGTTGCA".repeat(Math.ceil(length / 8)).slice(0, length)

/** One sequence, on lines of 60. */
export const sequence = (name: string, length: number): string => `>${name}\n${bases(length).replace(/.{1,60}/g, "$&\n")}`

export const soundGff3 = head + row("chr1 s gene 1 9 . + . ID=g")
export const soundFasta = sequence("chr1", 10_000) + sequence("chr2", 500)

export const ingestWords = (gff3: string, fasta: string, fai: string | undefined, root: string): ReadonlyArray<string> => [
  "ingest",
  "--gff3",
  gff3,
  "--fasta",
  fasta,
  ...(fai === undefined ? [] : ["--fai", fai]),
  ...ids,
  "--output-root",
  root,
  "--json"
]

/** Runs ingest in strict mode in this process. */
export const decide = (inputs: Pick<CorpusRow, "gff3" | "fasta" | "fai">): Effect.Effect<Decision> =>
  Effect.gen(function* () {
    const root = join(scratch(), "build")
    const gff3 = file("a.gff3", inputs.gff3 ?? soundGff3)
    const fasta = file("a.fa", inputs.fasta ?? soundFasta)
    const fai = inputs.fai === undefined ? undefined : file("a.fai", inputs.fai)
    const ended = yield* runHere(ingestWords(gff3, fasta, fai, root))
    const document = documentOf("dataset-ingest/1", ended)
    return {
      code: ended.code,
      refused: document.ok ? [] : placesOf(document),
      findings: (document.findings ?? []).map(({ at, name }) => `${name} ${at}`),
      root
    }
  })
