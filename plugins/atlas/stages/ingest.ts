/** ingest: checked inputs, database, manifest and evidence, as one build root. */
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
import { DatasetFiles, folderOf, idOf } from "../dataset.ts"
import { ingest, ingestSummary } from "../format/ingest/ingest.ts"
import { ingestErrors } from "../format/ingest/errors.ts"
import { ingestFindings } from "../format/ingest/findings.ts"

export class Ingest extends Stage("ingest")({
  summary: "Reads GFF3 and FASTA into a build root",
  target: DatasetFiles,
  needs: [],
  options: Schema.Struct({
    ruleset: Schema.Literals(["ontology"])
      .pipe(Schema.withDecodingDefaultKey(Effect.succeed("ontology" as const)))
      .annotate({
        description: "how features are read: ontology follows GFF3 1.26 and the Sequence Ontology"
      })
  }),
  inputs: (target) => ({ gff3: target.gff3, fasta: target.fasta, fai: target.fai }),
  outputs: { buildRoot: "folder" },
  roots: { build: "build" },
  paths: ({ target, roots }) => ({ buildRoot: `${roots.build}/${folderOf(target)}` }),
  runtime: ["sqlite"],
  findings: ingestFindings,
  errors: ingestErrors,
  run: ({ target, inputs, outputs, report, progress, summary }) =>
    Effect.gen(function* () {
      const run = Effect.runForkWith(yield* Effect.context())
      const facts = yield* ingest(
        {
          folder: outputs.buildRoot,
          dataset: idOf(target),
          gff3: inputs.gff3,
          fasta: inputs.fasta,
          ...(inputs.fai === undefined ? {} : { fai: inputs.fai })
        },
        {
          report: ({ name, at, message }) => report(name, { at, message }),
          progress: (done, total) => void run(progress({ label: "reading", done, total }))
        }
      )
      yield* summary(ingestSummary(facts))
    })
}) {}
