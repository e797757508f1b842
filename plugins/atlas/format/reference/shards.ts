/** Shards of the database (dataset contract §2.11): parts by sequence, written on demand beside it, which no digest of the dataset names. */
import { lstat, readdir } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Result, Schema } from "effect"
import type { Say, ValidateFindingName } from "../artifact/finding.ts"
import { lookAtSchema } from "../artifact/gene-summary-contract.ts"
import { queryGeneSummary } from "../artifact/gene-summary-reader.ts"
import { decodeJson, readWhole } from "../artifact/json-file.ts"
import type { Manifest } from "../artifact/manifest.ts"
import { type ArtifactUnreadable, type FileDigest, sha256File } from "../artifact/sha256.ts"
import { BuildRoot, type DatasetFiles } from "../build-root.ts"
import { canonicalJson, compareCodePoints } from "../canonical-json.ts"
import { DatasetParts, sameDataset } from "../dataset-id.ts"
import { quote } from "../text.ts"

export const shardsPath = "derived/catalog_shards.json"

const Shard = Schema.Struct({
  shard_id: Schema.String,
  seqids: Schema.Array(Schema.String),
  sqlite_path: Schema.String,
  sqlite_sha256: Schema.String
})
export type Shard = typeof Shard.Type

const CatalogShards = Schema.Struct({
  model_version: Schema.Literal("v1"),
  dataset: DatasetParts,
  mode: Schema.Literals(["contig", "contig_partitioned"]),
  shards: Schema.Array(Shard)
})

/** Relative path → digest of the list and of every shard that it names; the shards themselves. */
export interface Sharded {
  readonly files: ReadonlyMap<string, FileDigest>
  readonly shards: ReadonlyArray<Shard>
}

const none: Sharded = { files: new Map(), shards: [] }

const isShardName = (name: string): boolean => /^gene_summary\.[^/]+\.sqlite$/.test(name)

const isFile = (path: string): Promise<boolean> =>
  lstat(path).then(
    (stat) => stat.isFile(),
    () => false
  )

const compareShards = (a: Shard, b: Shard): number =>
  compareCodePoints(a.shard_id, b.shard_id) ||
  compareCodePoints(a.seqids.join("\0"), b.seqids.join("\0")) ||
  compareCodePoints(a.sqlite_path, b.sqlite_path)

const listProblems = (shards: ReadonlyArray<Shard>): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const seqids = new Set<string>()
  for (const [i, shard] of shards.entries()) {
    const before = shards[i - 1]
    if (before !== undefined && compareShards(before, shard) >= 0) problems.push(`shards[${i}] is not sorted or repeated`)
    if (!isShardName(shard.sqlite_path)) problems.push(`shards[${i}].sqlite_path ${quote(shard.sqlite_path)} is no name of a shard`)
    if (shard.seqids.length === 0) problems.push(`shards[${i}] has no sequence`)
    for (const seqid of shard.seqids)
      if (seqids.has(seqid)) problems.push(`sequence ${quote(seqid)} is in two shards`)
      else seqids.add(seqid)
  }
  return problems
}

/** Looks at the list, and at each shard's digest and schema. */
export const lookAtShards = (
  root: DatasetFiles,
  manifest: Manifest | undefined,
  ours: boolean,
  say: Say<ValidateFindingName>
): Effect.Effect<Sharded, ArtifactUnreadable> =>
  Effect.gen(function* () {
    if (manifest === undefined) return none
    const derived = join(root.path, "derived")
    const path = join(root.path, shardsPath)
    const wrong = (message: string, at: string = shardsPath) => say("shard-mismatch", at, `${at} ${message}`)
    const names = yield* Effect.promise(() => readdir(derived).catch((): ReadonlyArray<string> => []))
    const stale = (listed: ReadonlySet<string>) => {
      if (ours) return
      for (const name of names.filter((name) => isShardName(name) && !listed.has(name)))
        say("reference-shards", `derived/${name}`, "is no shard of this dataset: an earlier run left it")
    }
    if (!(yield* Effect.promise(() => isFile(path)))) {
      // A published dataset has none: publish leaves them behind.
      if (manifest.sharding_plan === "contig" && root instanceof BuildRoot)
        wrong("is missing, though the manifest's sharding_plan is contig")
      stale(new Set())
      return none
    }
    const bytes = yield* readWhole(path)
    const files = new Map<string, FileDigest>([[shardsPath, yield* sha256File(path)]])
    const document = yield* Effect.result(decodeJson(CatalogShards, bytes, shardsPath))
    if (Result.isFailure(document)) {
      for (const problem of document.failure.problems) wrong(`is not of its shape: ${problem}`)
      return { files, shards: [] }
    }
    const { dataset, shards } = document.success
    if (canonicalJson(document.success) !== bytes.toString("utf8")) wrong("is not canonical JSON")
    if (!sameDataset(dataset, manifest.dataset)) wrong("is of another dataset than the manifest")
    for (const problem of listProblems(shards)) wrong(problem)
    for (const { sqlite_path: name, sqlite_sha256: expected } of shards.filter((shard) => isShardName(shard.sqlite_path))) {
      const at = `derived/${name}`
      if (!(yield* Effect.promise(() => isFile(join(derived, name))))) {
        wrong("is missing or no plain file", at)
        continue
      }
      const digest = yield* sha256File(join(derived, name))
      files.set(at, digest)
      if (digest.sha256 !== expected) wrong(`has sha256 ${digest.sha256}, ${shardsPath} says ${expected}`, at)
      yield* queryGeneSummary(join(derived, name), (database) =>
        lookAtSchema(database, (_, what, message) => wrong(`${what}: ${message}`, at))
      ).pipe(Effect.catchTag("GeneSummaryUnreadable", ({ reason }) => Effect.sync(() => wrong(`cannot be read: ${reason}`, at))))
    }
    stale(new Set(shards.map((shard) => shard.sqlite_path)))
    if (!ours) say("reference-shards", shardsPath, `lists ${shards.length} shards, which its evidence does not name`)
    return { files, shards }
  })
