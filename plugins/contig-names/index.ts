/** Are the sequences called as they should be? */
import { Effect, Schema } from "effect"
import { Check } from "atlas-run/plugin"
import { Ingest, openBuildRoot } from "../atlas/index.ts"
import { fitsStyle } from "./styles.ts"
import { fitsWildcard } from "./wildcard.ts"

const Names = Schema.Array(Schema.NonEmptyString)

const Options = Schema.Struct({
  expect: Schema.optionalKey(Names.annotate({ description: "names that must be there" })),
  allow: Schema.optionalKey(Names.annotate({ description: "patterns with * and ? for further names that may be there" })),
  style: Schema.optionalKey(
    Schema.Literals(["ucsc", "ensembl", "accession"]).annotate({ description: "how names that are not listed must be formed" })
  )
}).check(
  Schema.makeFilter(({ expect, allow, style }) =>
    expect === undefined && allow === undefined && style === undefined ? "give expect, allow or style" : undefined
  )
)

export class ContigNames extends Check("contig-names")({
  summary: "Sequences must have the names that are expected",
  on: Ingest,
  options: Options,
  findings: {
    "missing-name": { severity: "error", hint: "a sequence is missing from the FASTA, or it is called otherwise there" },
    "unexpected-name": { severity: "error", hint: "rename the sequence at its source, or add it to `expect` or `allow`" }
  },
  errors: [],
  run: ({ subject, options: { expect = [], allow = [], style }, report, summary }) =>
    Effect.gen(function* () {
      const root = yield* openBuildRoot(subject.buildRoot)
      const names = (yield* root.sequences).map(({ name }) => name)
      const present = new Set(names)
      const listed = new Set(expect)
      for (const name of listed)
        if (!present.has(name)) yield* report("missing-name", { at: name, message: `none of ${names.length} sequences is called ${name}` })
      for (const name of names) {
        if (listed.has(name) || allow.some((pattern) => fitsWildcard(pattern, name))) continue
        if (style !== undefined && fitsStyle(style, name)) continue
        const wanted = [
          ...(listed.size > 0 ? [`one of ${listed.size} expected names`] : []),
          ...(allow.length > 0 ? [allow.join(", ")] : []),
          ...(style === undefined ? [] : [`a name of ${style} style`])
        ]
        yield* report("unexpected-name", { at: name, message: `${name} is not ${wanted.join(" or ")}` })
      }
      yield* summary(`${names.length} names`)
    })
}) {}
