/** alias: moves a name such as `latest` to one dataset of a group. */
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { type CellObservation, type Member, Stage } from "atlas-run/plugin"
import { DatasetFields, folderOf, idOf } from "../dataset.ts"
import { layout } from "../format/artifact/layout.ts"
import { canonicalId, compareReleases, type DatasetIdInvalid, parseDatasetId } from "../format/dataset-id.ts"
import { hashPlainFile } from "../format/store/copy.ts"
import { aliasErrors, aliasValue, observeAlias, setAlias } from "../format/catalog/alias.ts"
import { openServingStore, StoreUnusable } from "../format/store/serving-store.ts"
import { Promote } from "./promote.ts"
import { ifStore } from "./store.ts"

/** Numeric order: 9 before 10. */
export const highestRelease = (members: readonly [Member, ...ReadonlyArray<Member>]): Member =>
  members.reduce((best, member) => (compareReleases(member.labels["release"] ?? "", best.labels["release"] ?? "") > 0 ? member : best))

/** How the cell's value is written: dataset and the digest of its manifest. */
const printed = (id: string, manifestSha256: string): string => `${id}@${manifestSha256}`

/** The digest of the alias file that `value` stands for. */
const fileDigest = (name: string, value: string): Effect.Effect<string, DatasetIdInvalid> => {
  const at = value.lastIndexOf("@")
  return Effect.map(parseDatasetId(value.slice(0, at)), (id) => aliasValue(name, id, value.slice(at + 1)))
}

export class Alias extends Stage("alias")({
  summary: "Points a name such as latest to the highest release of a species and assembly",
  target: DatasetFields,
  needs: [Promote],
  options: Schema.Struct({
    name: Schema.String.pipe(Schema.withDecodingDefaultKey(Effect.succeed("latest"))).annotate({ description: "the alias, e.g. latest" })
  }),
  inputs: () => ({}),
  outputs: { alias: "value" },
  roots: { store: "serving-store" },
  group: { by: ["species", "assembly"], pick: highestRelease },
  findings: {},
  errors: [...aliasErrors, StoreUnusable],
  cell: {
    id: ({ target, roots }) => `${roots.store}/aliases/species=${target.species}/assembly=${target.assembly}`,
    immutable: false,
    desired: ({ target, roots }) =>
      Effect.map(hashPlainFile(join(roots.store, folderOf(target), layout.manifest)), ({ sha256 }) => printed(canonicalId(target), sha256)),
    observe: ({ target, options, roots }) =>
      ifStore(roots.store, (store) =>
        Effect.map(
          observeAlias(store, { name: options.name, species: target.species, assembly: target.assembly }),
          (live): CellObservation => {
            if (live.state === "absent") return live
            return live.dataset === null || live.manifest_sha256 === null
              ? {
                  state: "damaged",
                  value: null,
                  problems: [{ path: `${roots.store}/aliases/${options.name}`, message: "is not an alias" }]
                }
              : { state: "present", value: printed(canonicalId(live.dataset), live.manifest_sha256) }
          }
        )
      )
  },
  run: ({ target, options, roots, cell, summary }) =>
    Effect.gen(function* () {
      const store = yield* openServingStore(roots.store)
      const { live } = cell
      const expected = live.state === "present" ? yield* Effect.orDie(fileDigest(options.name, live.value)) : null
      yield* setAlias(store, options.name, idOf(target), live.state === "damaged" ? {} : { expected })
      yield* summary(`${options.name} → ${canonicalId(target)}`)
    })
}) {}
