/**
 * A dataset that another program published: it left no inventory, so what must be there follows from the manifest and from what is known of
 * the reference's publish (dataset contract §5.3, §11.4). Every file is named by a digest, is of its exact form, or is told.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { Effect, Result, Schema } from "effect"
import { isOurs, type Provenance, provenanceOf, provenanceText } from "../artifact/dialect.ts"
import { readCreatedBy } from "../artifact/gene-summary-contract.ts"
import { decodeJson, readWhole } from "../artifact/json-file.ts"
import { layout, type Role } from "../artifact/layout.ts"
import { Manifest } from "../artifact/manifest.ts"
import { type ArtifactUnreadable, type FileDigest, sha256 } from "../artifact/sha256.ts"
import { canonicalJson } from "../canonical-json.ts"
import { canonicalId, type DatasetId, DatasetParts, sameDataset } from "../dataset-id.ts"
import { followChain, type Problem, publishedRoles } from "../store/chain.ts"
import { immutablePath, immutableRelease } from "../store/inventory.ts"
import type { ReferenceFindingName } from "./findings.ts"

const documentBytes = 16 * 1024 * 1024

/** A known way of the reference that shows here; `at` is relative to the dataset's folder. */
export interface Quirk {
  readonly name: ReferenceFindingName
  readonly at: string
  readonly message: string
}

const statePath = "derived/lifecycle.state.json"
const transitionsPath = "derived/lifecycle.transitions.json"

/** All that publish of the reference copies, and what it writes beside: the later program both, the released one neither. */
const copied = new Set<string>([layout.manifest, layout.sqlite, layout.lock])
const written = (folder: string) => ({ marker: existsSync(join(folder, immutablePath)), moves: existsSync(join(folder, transitionsPath)) })

/** Whether a dataset that we wrote was published by the reference: only so much of ours is there as it copies, with its marks. */
const isCopied = (folder: string, { dialect }: Provenance): boolean => {
  const { marker, moves } = written(folder)
  const more = publishedRoles.some((role) => !copied.has(layout[role]) && existsSync(join(folder, layout[role])))
  return !more && (dialect === "main" ? marker && moves : !marker)
}

/** Who wrote the dataset in a folder without inventory, if its manifest reads and it was not this program that published it. */
export const foreignIn = (folder: string): Effect.Effect<Provenance | undefined> =>
  Effect.gen(function* () {
    const manifest = yield* Effect.result(
      Effect.flatMap(readWhole(join(folder, layout.manifest), documentBytes), (bytes) => decodeJson(Manifest, bytes, layout.manifest))
    )
    if (Result.isFailure(manifest)) return undefined
    const provenance = provenanceOf(manifest.success, yield* readCreatedBy(join(folder, layout.sqlite)))
    return isOurs(provenance) && !isCopied(folder, provenance) ? undefined : provenance
  })

const Seconds = Schema.String.check(Schema.isPattern(/^[0-9]{1,20}$/))

const LifecycleState = Schema.Struct({
  schema_version: Schema.Literal(1),
  dataset: DatasetParts,
  state: Schema.Literal("published"),
  transition_at: Seconds,
  transition_by: Schema.Literal("atlas-store"),
  reason: Schema.Literal("manifest-validated-publish"),
  transition_count: Schema.Int
})

const LifecycleTransitions = Schema.Array(
  Schema.Struct({
    schema_version: Schema.Literal(1),
    dataset: DatasetParts,
    from_state: Schema.Literal("draft"),
    to_state: Schema.Literal("published"),
    transition_at: Seconds,
    transition_by: Schema.Literal("atlas-store"),
    reason: Schema.Literal("manifest-validated-publish"),
    manifest_sha256: Schema.String,
    sqlite_sha256: Schema.String
  })
)

const leftovers = new Set(
  ["manifest.json", "gene_summary.sqlite", "manifest.lock", "immutable.release.json", "lifecycle.transitions.json", "lifecycle.state.json"]
    .map((name) => `derived/${name}.tmp`)
    .concat("derived/.publish.lock")
)

/** Problems of a small JSON file that must be canonical. */
const canonicalFile = <S extends Schema.ConstraintDecoder<unknown>>(folder: string, path: string, schema: S) =>
  Effect.gen(function* () {
    const bytes = yield* readWhole(join(folder, path), documentBytes)
    const read = yield* Effect.result(decodeJson(schema, bytes, path))
    if (Result.isFailure(read)) return { value: undefined, problems: read.failure.problems.map((message): Problem => ({ path, message })) }
    const exact = canonicalJson(read.success) === bytes.toString("utf8")
    return { value: read.success as S["Type"], problems: exact ? [] : [{ path, message: "is not canonical JSON" }] }
  })

/** Both lifecycle files tell the same; the time in them is told twice and covered by nothing else. */
const lifecycleProblems = (folder: string, id: DatasetId, manifest: FileDigest, sqlite: FileDigest, there: ReadonlySet<string>) =>
  Effect.gen(function* () {
    const problems: Array<Problem> = []
    const state = there.has(statePath) ? yield* canonicalFile(folder, statePath, LifecycleState) : undefined
    const moves = there.has(transitionsPath) ? yield* canonicalFile(folder, transitionsPath, LifecycleTransitions) : undefined
    problems.push(...(state?.problems ?? []), ...(moves?.problems ?? []))
    const last = moves?.value?.at(-1)
    const wrong = (path: string, message: string) => problems.push({ path, message })
    if (state?.value !== undefined && !sameDataset(state.value.dataset, id)) wrong(statePath, `is of ${canonicalId(state.value.dataset)}`)
    if (moves?.value !== undefined && last === undefined) wrong(transitionsPath, "tells of no transition")
    if (last !== undefined) {
      if (!sameDataset(last.dataset, id)) wrong(transitionsPath, `is of ${canonicalId(last.dataset)}`)
      if (last.manifest_sha256 !== manifest.sha256 || last.sqlite_sha256 !== sqlite.sha256)
        wrong(transitionsPath, `does not name the bytes of ${layout.manifest} and ${layout.sqlite}`)
    }
    if (state?.value !== undefined && last !== undefined)
      if (state.value.transition_at !== last.transition_at || state.value.transition_count !== moves?.value?.length)
        wrong(statePath, `does not tell what ${transitionsPath} tells`)
    return problems
  })

const isHere = (digests: ReadonlyMap<string, FileDigest>, ...roles: ReadonlyArray<Role>) => roles.every((role) => digests.has(layout[role]))

/** `digests`: every plain file of the folder. Problems are damage, quirks are not. */
export const lookAtPublished = (
  folder: string,
  id: DatasetId,
  provenance: Provenance,
  digests: ReadonlyMap<string, FileDigest>
): Effect.Effect<{ readonly problems: ReadonlyArray<Problem>; readonly quirks: ReadonlyArray<Quirk> }, ArtifactUnreadable> =>
  Effect.gen(function* () {
    const problems: Array<Problem> = []
    const quirks: Array<Quirk> = [
      ...(isOurs(provenance)
        ? []
        : [{ name: "reference-writer" as const, at: layout.manifest, message: `written by ${provenanceText(provenance)}` }]),
      { name: "reference-inventory", at: "derived/store_inventory.json", message: "is not there: this program did not publish the dataset" }
    ]
    const there = new Set(digests.keys())
    for (const role of ["manifest", "sqlite", "lock"] as const)
      if (!there.has(layout[role])) problems.push({ path: layout[role], message: "is missing" })
    const [manifest, sqlite] = [digests.get(layout.manifest), digests.get(layout.sqlite)]
    if (manifest === undefined || sqlite === undefined) return { problems, quirks }

    const read = (role: Role) =>
      there.has(layout[role]) ? readWhole(join(folder, layout[role]), documentBytes) : Effect.succeed(undefined)
    const byRole = new Map<Role, FileDigest>()
    for (const role of Object.keys(layout) as ReadonlyArray<Role>) {
      const digest = digests.get(layout[role])
      if (digest !== undefined) byRole.set(role, digest)
    }
    const followed = yield* followChain({
      digests: byRole,
      manifest: yield* readWhole(join(folder, layout.manifest), documentBytes),
      bundle: yield* read("bundle"),
      inventory: yield* read("inventory")
    })
    problems.push(...followed.problems)
    if (followed.manifest !== undefined && !sameDataset(followed.manifest.dataset, id))
      problems.push({ path: layout.manifest, message: `is of ${canonicalId(followed.manifest.dataset)}` })

    if (there.has(immutablePath)) {
      if (digests.get(immutablePath)?.sha256 !== sha256(immutableRelease(id, manifest.sha256, sqlite.sha256)))
        problems.push({ path: immutablePath, message: "is not of this dataset" })
    }
    problems.push(...(yield* lifecycleProblems(folder, id, manifest, sqlite, there)))
    const marks = [immutablePath, statePath, transitionsPath]
    const [told, untold] = [marks.filter((path) => there.has(path)), marks.filter((path) => !there.has(path))]
    if (there.has(statePath) || there.has(transitionsPath))
      quirks.push({ name: "reference-lifecycle", at: transitionsPath, message: "holds the time of publishing" })
    if (told.length > 0 && untold.length > 0)
      quirks.push({ name: "reference-lifecycle", at: untold.join(", "), message: `not there beside ${told.join(", ")}` })

    const ours = new Set<string>([...Object.values(layout), ...marks])
    for (const path of there)
      if (leftovers.has(path)) quirks.push({ name: "reference-leftover", at: path, message: "left by a publish that was killed" })
      else if (!ours.has(path)) problems.push({ path, message: "is no file of a published dataset" })
    const lacking = [
      ...(isHere(digests, "fasta", "fai") ? [] : ["sequences"]),
      ...(isHere(digests, "geneIndex") ? [] : ["differences between releases"])
    ]
    if (lacking.length > 0) {
      const absent = publishedRoles.filter((role) => !there.has(layout[role])).length
      quirks.push({
        name: "reference-companions",
        at: "inputs",
        message: `${absent} files of a build root were not published: its server cannot answer ${lacking.join(" and ")}`
      })
    }
    return { problems, quirks }
  })
