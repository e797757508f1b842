/** Are there enough genes on every sequence? */
import { Effect, Schema } from "effect"
import { Check } from "atlas-run/plugin"
import { Ingest, openBuildRoot } from "../atlas/index.ts"

const PerKilobase = Schema.Number.check(Schema.isFinite(), Schema.isGreaterThanOrEqualTo(0))

export class GeneDensity extends Check("gene-density")({
  summary: "Genes per kilobase must reach a minimum on every sequence",
  on: Ingest,
  options: Schema.Struct({ min: PerKilobase.annotate({ description: "genes per kilobase that every sequence must reach" }) }),
  findings: {
    "too-sparse": { severity: "error", hint: "wrong assembly, or a partial annotation? a sequence without genes may be waived by its name" }
  },
  errors: [],
  run: ({ subject, options, report, summary }) =>
    Effect.gen(function* () {
      const root = yield* openBuildRoot(subject.buildRoot)
      const sequences = yield* root.sequences
      for (const { name, genes, length } of sequences)
        if ((genes / length) * 1000 < options.min)
          yield* report("too-sparse", {
            at: name,
            message: `${genes} genes on ${length} bp, ${((genes / length) * 1000).toFixed(3)} per kb where ${options.min} are wanted`
          })
      yield* summary(`${sequences.length} ${sequences.length === 1 ? "sequence" : "sequences"}`)
    })
}) {}
