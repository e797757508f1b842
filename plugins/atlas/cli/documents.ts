/** What `--json` gives: one document a command, `dataset-<command>/1`. Digests are lower-case hex SHA-256 unless said otherwise. */
import { Schema, Struct } from "effect"
import { ErrorDocument, Finding, Severity } from "atlas-run/plugin"
import { DatasetParts } from "../format/dataset-id.ts"
import { Inspected } from "../format/inspect/inspected.ts"

/** A finding with the severity and hint its stage gives it. */
export const ToldFinding = Schema.Struct({ ...Finding.fields, severity: Severity, hint: Schema.String })
export type ToldFinding = typeof ToldFinding.Type

const Sha256 = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))

/** `sha256:` and hex: what `--expect` takes. */
const PackDigest = Schema.String.check(Schema.isPattern(/^sha256:[0-9a-f]{64}$/))

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const FileDigest = Schema.Struct({ sha256: Sha256, bytes: Count })

/** `buildRoot` is the dataset's folder. `cds` and `rows` are of the GFF3; `collection` is the seqcol digest. */
export const IngestFacts = Schema.Struct({
  dataset: DatasetParts,
  buildRoot: Schema.String,
  ruleset: Schema.Literals(["ontology"]),
  /** Whether a build root was there before. */
  replaced: Schema.Boolean,
  counts: Schema.Struct({
    genes: Count,
    transcripts: Count,
    exons: Count,
    cds: Count,
    rows: Count,
    sequences: Count,
    bases: Count
  }),
  collection: Schema.String,
  manifestSha256: Sha256,
  checksums: Schema.Struct({ gff3: Sha256, fasta: Sha256, fai: Sha256, sqlite: Sha256 })
})

/** `files` by path in the build root; `counts` are rows of the database's tables, null where it cannot be read. */
export const ValidateFacts = Schema.Struct({
  dataset: DatasetParts,
  buildRoot: Schema.String,
  files: Schema.Record(Schema.String, FileDigest),
  counts: Schema.NullOr(Schema.Struct({ genes: Count, transcripts: Count, exons: Count }))
})

/** `proven` is what was made again and found equal. */
export const VerifyFacts = Schema.Struct({
  ...ValidateFacts.fields,
  deep: Schema.Boolean,
  proven: Schema.Array(Schema.Struct({ what: Schema.String, count: Count, bytes: Schema.optionalKey(Count) }))
})

/** `changed` is false where it was published before. */
export const PublishFacts = Schema.Struct({
  dataset: DatasetParts,
  buildRoot: Schema.String,
  store: Schema.String,
  manifestSha256: Sha256,
  changed: Schema.Boolean,
  files: Schema.Record(Schema.String, FileDigest)
})

export const CatalogValidateFacts = Schema.Struct({ catalog: Schema.String, datasets: Schema.Array(DatasetParts) })

export const CatalogPromoteFacts = Schema.Struct({
  dataset: DatasetParts,
  store: Schema.String,
  changed: Schema.Boolean,
  entrySha256: Sha256,
  catalogSha256: Sha256
})

export const LatestAliasFacts = Schema.Struct({
  dataset: DatasetParts,
  store: Schema.String,
  alias: Schema.String,
  changed: Schema.Boolean
})

/** `aliases` that were moved or removed, `latest.alias.json` for the store's one; `catalogSha256` null where there is no catalog. */
export const CatalogRollbackFacts = Schema.Struct({
  dataset: DatasetParts,
  store: Schema.String,
  changed: Schema.Boolean,
  aliases: Schema.Array(Schema.String),
  catalogSha256: Schema.NullOr(Sha256)
})

export const CatalogRetireFacts = CatalogRollbackFacts

/** `digest` and `bytes` are of the whole pack. */
export const PackFacts = Schema.Struct({
  dataset: DatasetParts,
  pack: Schema.String,
  digest: PackDigest,
  bytes: Count,
  members: Schema.Array(Schema.Struct({ name: Schema.String, bytes: Count, sha256: Sha256 }))
})

export const VerifyPackFacts = Schema.Struct({ ...PackFacts.fields, level: Schema.Literals(["intact", "identified"]) })

export const UnpackFacts = Schema.Struct({ ...VerifyPackFacts.fields, out: Schema.String })

export const InspectFacts = Inspected

/** A command's document: all facts where it is good, else those that are known, and the errors (`error` is the first of `errors`). */
export const documentOf = <const Name extends string, Fields extends Schema.Struct.Fields>(name: Name, facts: Schema.Struct<Fields>) => {
  const atlas = Schema.Literal(`dataset-${name}/1` as const)
  const findings = Schema.Array(ToldFinding)
  return Schema.Union([
    facts.mapFields(Struct.assign({ atlas, ok: Schema.Literal(true), findings })),
    facts.mapFields(Struct.map(Schema.optionalKey)).mapFields(
      Struct.assign({
        atlas,
        ok: Schema.Literal(false),
        findings,
        error: Schema.optionalKey(ErrorDocument),
        errors: Schema.optionalKey(Schema.Array(ErrorDocument))
      })
    )
  ])
}

/** Where no command could be made out. */
export const NoCommandDocument = Schema.Struct({
  atlas: Schema.Literal("dataset/1"),
  ok: Schema.Literal(false),
  findings: Schema.Array(ToldFinding),
  error: ErrorDocument,
  errors: Schema.Array(ErrorDocument)
})

export const VersionDocument = Schema.Struct({ atlas: Schema.Literal("version/1"), version: Schema.String })

/** Every document of the program by name, for JSON Schemas. */
export const documents = {
  "dataset-ingest/1": documentOf("ingest", IngestFacts),
  "dataset-validate/1": documentOf("validate", ValidateFacts),
  "dataset-verify/1": documentOf("verify", VerifyFacts),
  "dataset-publish/1": documentOf("publish", PublishFacts),
  "dataset-catalog-validate/1": documentOf("catalog-validate", CatalogValidateFacts),
  "dataset-catalog-promote/1": documentOf("catalog-promote", CatalogPromoteFacts),
  "dataset-catalog-latest-alias-update/1": documentOf("catalog-latest-alias-update", LatestAliasFacts),
  "dataset-catalog-rollback/1": documentOf("catalog-rollback", CatalogRollbackFacts),
  "dataset-catalog-retire/1": documentOf("catalog-retire", CatalogRetireFacts),
  "dataset-pack/1": documentOf("pack", PackFacts),
  "dataset-verify-pack/1": documentOf("verify-pack", VerifyPackFacts),
  "dataset-unpack/1": documentOf("unpack", UnpackFacts),
  "dataset-inspect/1": documentOf("inspect", InspectFacts),
  "dataset/1": NoCommandDocument
} as const
