/** What `--json` gives: one document a command, `dataset-<command>/1`. Digests are lower-case hex SHA-256 unless said otherwise. */
import { Schema, Struct } from "effect"
import { ErrorDocument, Finding, Severity } from "atlas-run/plugin"
import { dialects } from "../format/artifact/dialect.ts"
import { DatasetParts } from "../format/dataset-id.ts"
import { ProfileEvidence } from "../format/profile/choose.ts"
import { strictnesses } from "../format/ingest/strictness.ts"
import { Inspected } from "../format/inspect/inspected.ts"
import { CollectionComparison, relations } from "../format/seqcol/compare.ts"
import { StoreEvent } from "../format/store/history.ts"

/** A finding with the severity and hint its stage gives it. */
export const ToldFinding = Schema.Struct({ ...Finding.fields, severity: Severity, hint: Schema.String })
export type ToldFinding = typeof ToldFinding.Type

const Sha256 = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))

/** `sha256:` and hex: what `--expect` takes. */
const PackDigest = Schema.String.check(Schema.isPattern(/^sha256:[0-9a-f]{64}$/))

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const FileDigest = Schema.Struct({ sha256: Sha256, bytes: Count })

/**
 * `buildRoot` is the dataset's folder. `rows` are all feature rows of the GFF3; `rejected` counts by code those that were left out, which
 * no other count has. `collection` is the seqcol digest. `manifestSha256` and `sqlite` are null where only reports were written.
 */
export const IngestFacts = Schema.Struct({
  dataset: DatasetParts,
  buildRoot: Schema.String,
  ruleset: Schema.Literals(["ontology", "atlas-v1"]),
  dialect: Schema.Literals(dialects),
  strictness: Schema.Literals(strictnesses),
  /** Null where the ruleset knows none. */
  profile: Schema.NullOr(ProfileEvidence),
  /** Records of each file, where the files were asked for. */
  sequences: Schema.NullOr(Schema.Struct({ folder: Schema.String, transcripts: Count, cds: Count, proteins: Count })),
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
  rejected: Schema.Record(Schema.String, Count),
  collection: Schema.String,
  manifestSha256: Schema.NullOr(Sha256),
  checksums: Schema.Struct({ gff3: Sha256, fasta: Sha256, fai: Sha256, sqlite: Schema.NullOr(Sha256) })
})

/** Who wrote a dataset, and in which of the two forms that manifests have. */
const Writer = Schema.Struct({
  writer: Schema.Literals(["atlas-run", "bijux-atlas", "unknown"]),
  dialect: Schema.Literals(["main", "released"]),
  version: Schema.String
})

/**
 * `files` by path in the build root; `counts` are rows of the database's tables, null where it cannot be read; `writtenBy` null where the
 * manifest cannot. `published` is true of a dataset in a store.
 */
export const ValidateFacts = Schema.Struct({
  dataset: DatasetParts,
  buildRoot: Schema.String,
  published: Schema.Boolean,
  writtenBy: Schema.NullOr(Writer),
  files: Schema.Record(Schema.String, FileDigest),
  counts: Schema.NullOr(Schema.Struct({ genes: Count, transcripts: Count, exons: Count }))
})

/** `proven` is what was made again and found equal, `unproven` what nothing tells; `ms` is the time it took, in parts and in all. */
export const VerifyFacts = Schema.Struct({
  ...ValidateFacts.fields,
  deep: Schema.Boolean,
  proven: Schema.Array(
    Schema.Struct({ what: Schema.String, count: Count, bytes: Schema.optionalKey(Count), rows: Schema.optionalKey(Count), ms: Count })
  ),
  unproven: Schema.Array(Schema.Struct({ at: Schema.String, reason: Schema.String })),
  ms: Count
})

/** `changed` is false where it was published before; `embargoUntil` is the day that the store has for it. */
export const PublishFacts = Schema.Struct({
  dataset: DatasetParts,
  buildRoot: Schema.String,
  store: Schema.String,
  manifestSha256: Sha256,
  changed: Schema.Boolean,
  embargoUntil: Schema.NullOr(Schema.String),
  files: Schema.Record(Schema.String, FileDigest)
})

/** `catalogSha256` is of the file's bytes: what `--expect` takes. */
export const CatalogValidateFacts = Schema.Struct({
  catalog: Schema.String,
  datasets: Schema.Array(DatasetParts),
  catalogSha256: Sha256
})

/** `previousSha256` and `catalogSha256` are of catalog.json before and after, the former null where there was none. */
export const CatalogPublishFacts = Schema.Struct({
  store: Schema.String,
  catalog: Schema.String,
  changed: Schema.Boolean,
  dryRun: Schema.Boolean,
  datasets: Count,
  added: Schema.Array(DatasetParts),
  removed: Schema.Array(DatasetParts),
  previousSha256: Schema.NullOr(Sha256),
  catalogSha256: Sha256
})

/** `until` is the first day of promotion, `before` what it was; null for no embargo. */
export const CatalogEmbargoFacts = Schema.Struct({
  dataset: DatasetParts,
  store: Schema.String,
  changed: Schema.Boolean,
  until: Schema.NullOr(Schema.String),
  before: Schema.NullOr(Schema.String)
})

/** `dataset` is where the alias points now, null where it was removed. */
export const CatalogAliasFacts = Schema.Struct({
  alias: Schema.String,
  species: Schema.String,
  assembly: Schema.String,
  store: Schema.String,
  changed: Schema.Boolean,
  dataset: Schema.NullOr(DatasetParts)
})

/** Events in order, as the store holds them. */
export const CatalogHistoryFacts = Schema.Struct({ store: Schema.String, events: Schema.Array(StoreEvent) })

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

/** A gene as the release index has it: 1-based inclusive coordinates, how many transcripts it has, and its signature there. */
const DiffGene = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  biotype: Schema.String,
  seqid: Schema.String,
  start: Schema.Int,
  end: Schema.Int,
  transcripts: Schema.Int,
  signature: Sha256
})

const DiffSide = Schema.Struct({ dataset: DatasetParts, folder: Schema.String, manifestSha256: Sha256, genes: Count })

const geneChange = <const Names extends readonly [string, ...ReadonlyArray<string>]>(names: Names) =>
  Schema.Struct({ id: Schema.String, fields: Schema.Array(Schema.Literals(names)), from: DiffGene, to: DiffGene })

/**
 * `moved` are genes whose coordinates differ, `changed` those of which something else differs that their signature covers; a gene may be in
 * both. The counts are of all genes; a list holds at most --max-inline-items, and `complete` is false if one of them holds fewer than there are.
 */
export const DiffFacts = Schema.Struct({
  from: DiffSide,
  to: DiffSide,
  counts: Schema.Struct({ added: Count, removed: Count, moved: Count, changed: Count, unchanged: Count }),
  complete: Schema.Boolean,
  added: Schema.Array(DiffGene),
  removed: Schema.Array(DiffGene),
  moved: Schema.Array(geneChange(["seqid", "start", "end"])),
  changed: Schema.Array(geneChange(["name", "biotype", "transcripts"]))
})

const ComparedAssembly = Schema.Struct({ path: Schema.String, fasta: Schema.String, sequences: Count, bases: Count })

/** The comparison of GA4GH seqcol 1.0.0 under its own names, beside what was compared and what it comes to (`relations` in compare.ts). */
export const CompareFacts = Schema.Struct({
  ...CollectionComparison.fields,
  a: ComparedAssembly,
  b: ComparedAssembly,
  relation: Schema.Literals(relations)
})

/** `digest` and `bytes` are of the whole pack. */
export const PackFacts = Schema.Struct({
  dataset: DatasetParts,
  pack: Schema.String,
  digest: PackDigest,
  bytes: Count,
  members: Schema.Array(Schema.Struct({ name: Schema.String, bytes: Count, sha256: Sha256 }))
})

/** `writtenBy`: who wrote the dataset in it; the tar form is one and the same for both programs. */
export const VerifyPackFacts = Schema.Struct({ ...PackFacts.fields, level: Schema.Literals(["intact", "identified"]), writtenBy: Writer })

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
  "dataset-catalog-publish/1": documentOf("catalog-publish", CatalogPublishFacts),
  "dataset-catalog-promote/1": documentOf("catalog-promote", CatalogPromoteFacts),
  "dataset-catalog-latest-alias-update/1": documentOf("catalog-latest-alias-update", LatestAliasFacts),
  "dataset-catalog-rollback/1": documentOf("catalog-rollback", CatalogRollbackFacts),
  "dataset-catalog-retire/1": documentOf("catalog-retire", CatalogRetireFacts),
  "dataset-catalog-embargo/1": documentOf("catalog-embargo", CatalogEmbargoFacts),
  "dataset-catalog-alias/1": documentOf("catalog-alias", CatalogAliasFacts),
  "dataset-catalog-history/1": documentOf("catalog-history", CatalogHistoryFacts),
  "dataset-diff/1": documentOf("diff", DiffFacts),
  "dataset-compare/1": documentOf("compare", CompareFacts),
  "dataset-pack/1": documentOf("pack", PackFacts),
  "dataset-verify-pack/1": documentOf("verify-pack", VerifyPackFacts),
  "dataset-unpack/1": documentOf("unpack", UnpackFacts),
  "dataset-inspect/1": documentOf("inspect", InspectFacts),
  "dataset/1": NoCommandDocument
} as const
