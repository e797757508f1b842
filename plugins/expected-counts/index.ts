/** Are there as many genes, transcripts, coding rows and sequences as are known to be? */
import { Effect, Schema } from "effect"
import { Check } from "atlas-run/plugin"
import { Ingest, openBuildRoot } from "../atlas/index.ts"

const Natural = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Range = Schema.Struct({ min: Schema.optionalKey(Natural), max: Schema.optionalKey(Natural) }).check(
  Schema.makeFilter(({ min, max }) =>
    min === undefined && max === undefined
      ? "give min or max"
      : min !== undefined && max !== undefined && min > max
        ? `min ${min} is above max ${max}`
        : undefined
  )
)
const Expected = Schema.Union([Natural, Range])
type Expected = typeof Expected.Type

const counted = ["genes", "transcripts", "cds", "sequences"] as const

const expected = (description: string) => Schema.optionalKey(Expected.annotate({ description }))

/** What is wanted, in words, if `count` is not it. */
const missed = (count: number, wanted: Expected): string | undefined => {
  const { min = 0, max = Number.POSITIVE_INFINITY } = typeof wanted === "number" ? { min: wanted, max: wanted } : wanted
  if (count >= min && count <= max) return undefined
  if (typeof wanted === "number") return String(wanted)
  return wanted.max === undefined ? `${min} or more` : wanted.min === undefined ? `${max} or fewer` : `${min} to ${max}`
}

export class ExpectedCounts extends Check("expected-counts")({
  summary: "Counts must be what is known of the genome",
  on: Ingest,
  options: Schema.Struct({
    genes: expected("genes, pseudogenes among them"),
    transcripts: expected("transcripts, as the dataset manifest counts them"),
    cds: expected("CDS rows of the GFF3"),
    sequences: expected("sequences of the FASTA")
  }).check(
    Schema.makeFilter((options) => (counted.every((what) => options[what] === undefined) ? `give ${counted.join(", ")}` : undefined))
  ),
  findings: { "count-off": { severity: "error", hint: "another release or assembly than you think, or a file that is cut off?" } },
  errors: [],
  run: ({ subject, options, report, summary }) =>
    Effect.gen(function* () {
      const root = yield* openBuildRoot(subject.buildRoot)
      const { genes, cds, sequences } = yield* root.counts
      // a gene may count as its own transcript without a row in the database
      const { stats } = yield* root.manifest
      const counts = { genes, transcripts: stats.transcript_count, cds, sequences }
      for (const what of counted) {
        const wanted = options[what]
        const instead = wanted === undefined ? undefined : missed(counts[what], wanted)
        if (instead !== undefined) yield* report("count-off", { at: what, message: `${counts[what]} ${what}, expected ${instead}` })
      }
      yield* summary(
        counted
          .filter((what) => options[what] !== undefined)
          .map((what) => `${counts[what]} ${what}`)
          .join(" · ")
      )
    })
}) {}
