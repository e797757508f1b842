/** The sequences of a build root's transcripts, CDS and proteins, made from its inputs as ingest read them. */
import { Effect } from "effect"
import { type Several, several } from "atlas-run/plugin"
import { JsonFileInvalid, readJsonFile, readWhole } from "../artifact/json-file.ts"
import { ArtifactUnreadable } from "../artifact/sha256.ts"
import { SourceFacts } from "../artifact/sidecar-check.ts"
import type { BuildRoot } from "../build-root.ts"
import { type ContentError, contentErrors } from "../content/failure.ts"
import { IoDurability } from "../durable.ts"
import { parseFai } from "../fai.ts"
import { finished, readAgain, settled } from "../ingest/read-model.ts"
import { Rejected } from "../ingest/rejected.ts"
import { residuesOf } from "../ingest/residues.ts"
import { OntologyModel } from "../model/ontology-model.ts"
import { type ModelError, modelErrors } from "../model/problems.ts"
import { profileOf } from "../profile/profiles.ts"
import { openSequenceFiles, type SequenceCounts } from "./sequence-files.ts"

export type SequencesError = ArtifactUnreadable | JsonFileInvalid | ContentError | IoDurability | ModelError

/** For the `errors` of a stage. */
export const sequencesErrors = [...contentErrors, ...modelErrors, ArtifactUnreadable, JsonFileInvalid, IoDurability] as const

export interface SequencesOptions {
  /** NCBI's genetic code by sequence name, for CDS that state no transl_table. */
  readonly geneticCodes?: Readonly<Record<string, number>>
}

/** Writes the three files into a new folder. Rows that ingest left out are left out here. The root must be an accepted one. */
export const writeSequences = (
  root: BuildRoot,
  folder: string,
  { geneticCodes = {} }: SequencesOptions = {}
): Effect.Effect<SequenceCounts, SequencesError | Several<SequencesError>> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { normalization } = yield* readJsonFile(SourceFacts, root.file("sourceFacts"))
      const { rows: sequences } = parseFai(yield* readWhole(root.file("fai")), root.file("fai"))
      const fetch = yield* residuesOf(root.file("fasta"), sequences)
      const files = yield* openSequenceFiles(folder)
      const path = root.file("gff3")
      const rejected = new Rejected(path)
      const newModel = () =>
        new OntologyModel({
          path,
          contigs: sequences.map(({ name, length }) => ({ name, length })),
          lenient: true,
          profile: profileOf(normalization.annotation_profile?.name ?? "plain"),
          geneticCodes: new Map(Object.entries(geneticCodes)),
          onTranscript: (transcript, fetch, codes) => files.add(transcript, fetch, codes)
        })
      const first = newModel()
      yield* readAgain(path, first, rejected)
      const { errors } = yield* settled(yield* finished(first, fetch), rejected, path, newModel, fetch)
      if (errors.length > 0) return yield* Effect.fail(several(errors))
      return yield* files.finish
    })
  )
