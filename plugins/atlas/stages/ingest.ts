/** ingest: checked inputs, database, manifest and evidence, as one build root. */
import { Effect, Schema } from "effect"
import { optional, Stage } from "atlas-run/plugin"
import { DatasetFiles, folderOf, idOf } from "../dataset.ts"
import { dialects } from "../format/artifact/dialect.ts"
import { atlasV1Fields, chosenOf } from "../format/atlas-v1/options.ts"
import { ingest, ingestSummary } from "../format/ingest/ingest.ts"
import { ingestErrors } from "../format/ingest/errors.ts"
import { ingestFindings } from "../format/ingest/findings.ts"
import { profileChoices } from "../format/profile/profiles.ts"
import { strictnesses } from "../format/ingest/strictness.ts"

const stageFindings = {
  ...ingestFindings,
  "report-only": { severity: "error", hint: "read derived/anomaly_report.json and derived/qc_report.json; then choose strict or lenient" }
} as const

/** By sequence name; NCBI's number. Also of the stage `sequences`. */
export const geneticCodesOption = Schema.Record(Schema.String, Schema.Int)
  .pipe(Schema.withDecodingDefaultKey(Effect.succeed({})))
  .annotate({ description: "genetic code (NCBI's transl_table) of sequences whose CDS state none, by name" })

export class Ingest extends Stage("ingest")({
  summary: "Reads GFF3 and FASTA into a build root",
  target: DatasetFiles,
  needs: [],
  options: Schema.Struct({
    ruleset: Schema.Literals(["ontology", "atlas-v1"])
      .pipe(Schema.withDecodingDefaultKey(Effect.succeed("ontology" as const)))
      .annotate({
        description:
          "how features are read: ontology follows GFF3 1.26 and the Sequence Ontology; atlas-v1 is what bijux-atlas does, to the letter"
      }),
    profile: Schema.Literals(profileChoices)
      .pipe(Schema.withDecodingDefaultKey(Effect.succeed("auto" as const)))
      .annotate({ description: "whose rules ids and names follow; auto chooses the provider by the annotation's first rows" }),
    geneticCodes: geneticCodesOption,
    strictness: Schema.Literals(strictnesses)
      .pipe(Schema.withDecodingDefaultKey(Effect.succeed("strict" as const)))
      .annotate({
        description:
          "strict refuses an annotation with any wrong row; lenient (and compat) leaves such rows out and lists them; report-only does so and writes reports alone"
      }),
    dialect: Schema.Literals(dialects)
      .pipe(Schema.withDecodingDefaultKey(Effect.succeed("main" as const)))
      .annotate({ description: "form of the build root: main, or that of the bijux-atlas released as 0.2.1, which reads no other" }),
    ...atlasV1Fields
  }).check(
    Schema.makeFilter(({ ruleset, profile, geneticCodes, ...options }) => {
      const [other] =
        ruleset === "ontology"
          ? chosenOf(options)
          : [...(profile === "auto" ? [] : ["profile"]), ...(Object.keys(geneticCodes).length === 0 ? [] : ["geneticCodes"])]
      return other === undefined ? undefined : `${other} is no option of the ruleset ${ruleset}`
    })
  ),
  inputs: ({ gff3, fasta, fai, gzi, checksums, fastaChecksums }) => ({
    gff3,
    fasta,
    fai,
    // Where none is named, the one that bgzip puts beside the genome.
    gzi: gzi ?? optional(`${fasta}.gzi`),
    checksums,
    fastaChecksums
  }),
  outputs: { buildRoot: "folder" },
  roots: { build: "build" },
  paths: ({ target, roots }) => ({ buildRoot: `${roots.build}/${folderOf(target)}` }),
  runtime: ["sqlite"],
  findings: stageFindings,
  errors: ingestErrors,
  run: ({ target, options, inputs, outputs, report, progress, summary }) =>
    Effect.gen(function* () {
      const run = Effect.runForkWith(yield* Effect.context())
      const { ruleset, strictness, dialect, profile, geneticCodes, ...atlas } = options
      // bijux-atlas looks at no such index: atlas-v1 only at one that is named.
      const gzi = ruleset === "ontology" || target.gzi !== undefined ? inputs.gzi : undefined
      const facts = yield* ingest(
        {
          folder: outputs.buildRoot,
          dataset: idOf(target),
          gff3: inputs.gff3,
          fasta: inputs.fasta,
          strictness,
          dialect,
          ...(ruleset === "atlas-v1" ? { atlas } : {}),
          profile,
          geneticCodes,
          ...(inputs.fai === undefined ? {} : { fai: inputs.fai }),
          ...(gzi === undefined ? {} : { gzi }),
          ...(inputs.checksums === undefined ? {} : { checksums: inputs.checksums }),
          ...(inputs.fastaChecksums === undefined ? {} : { fastaChecksums: inputs.fastaChecksums }),
          ...(target.expect === undefined ? {} : { expect: target.expect })
        },
        {
          report: ({ name, at, message }) => report(name, { at, message }),
          progress: (done, total, pass) => void run(progress({ label: pass, done, total }))
        }
      )
      if (facts.manifest === undefined)
        yield* report("report-only", { at: "ingest", message: "reports were written, and no build root that later stages accept" })
      yield* summary(ingestSummary(facts))
    })
}) {}
