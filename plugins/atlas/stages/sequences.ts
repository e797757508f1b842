/** sequences: transcripts, coding sequences and proteins of a build root as FASTA. No part of the usual life: `[...life.stages, Sequences]`. */
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
import { DatasetFields, folderOf } from "../dataset.ts"
import { BuildRootInvalid, openBuildRoot } from "../format/build-root.ts"
import { sequencesErrors, writeSequences } from "../format/sequences/from-build-root.ts"
import { geneticCodesOption, Ingest } from "./ingest.ts"

export class Sequences extends Stage("sequences")({
  summary: "Writes transcripts, coding sequences and proteins as FASTA",
  target: DatasetFields,
  needs: [Ingest],
  options: Schema.Struct({ geneticCodes: geneticCodesOption }),
  inputs: () => ({}),
  outputs: { sequences: "folder" },
  roots: { build: "build" },
  paths: ({ target, roots }) => ({ sequences: `${roots.build}/sequences/${folderOf(target)}` }),
  findings: {},
  errors: [...sequencesErrors, BuildRootInvalid],
  run: ({ needs, options, outputs, summary }) =>
    Effect.gen(function* () {
      const root = yield* openBuildRoot(needs.ingest.buildRoot)
      const { transcripts, cds, proteins } = yield* writeSequences(root, outputs.sequences, options)
      yield* summary(`${transcripts} transcripts · ${cds} CDS · ${proteins} proteins`)
    })
}) {}
