/** alias: moves a name such as `latest` to one dataset of a group. */
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { AdoptRefused, type Member, type Observed, Stage } from "atlas-run/plugin"
import { DatasetFields, folderOf, idOf } from "../dataset.ts"
import { layout } from "../format/artifact/layout.ts"
import { type AliasCell, aliasPath, aliasText, observeAlias, pointingText } from "../format/catalog/alias.ts"
import { catalogPath, observeEntry } from "../format/catalog/catalog.ts"
import { aliasErrors, setAlias } from "../format/catalog/set-alias.ts"
import { canonicalId, compareReleases, type DatasetId, type DatasetParts, sameDataset } from "../format/dataset-id.ts"
import { hashPlainFile } from "../format/store/copy.ts"
import { historyFolder } from "../format/store/history.ts"
import { retiredOf } from "../format/store/last-events.ts"
import { openServingStore, publishedFolder, type ServingStore, StoreUnusable } from "../format/store/serving-store.ts"
import { whoChanged } from "../format/store/who-changed.ts"
import { Promote } from "./promote.ts"
import { asChange, gone, ifStore } from "./store.ts"

/** Numeric order: 9 before 10. */
export const highestRelease = (members: readonly [Member, ...ReadonlyArray<Member>]): Member =>
  members.reduce((best, member) => (compareReleases(member.labels["release"] ?? "", best.labels["release"] ?? "") > 0 ? member : best))

const cellOf = (name: string, { species, assembly }: DatasetParts): AliasCell => {
  const id = idOf({ release: "0", species, assembly })
  return { name, species: id.species, assembly: id.assembly }
}

/** Where nothing is published any more there is nothing to point to: its promote is held then, or made again before. */
const unpublished = "unpublished"

/**
 * An alias whose dataset was rolled back is held with it, wherever the operator moved it; so is one that was taken away. Else it is what
 * its file says.
 */
const observed = (store: ServingStore, cell: AliasCell, id: DatasetId) =>
  Effect.gen(function* () {
    const live = yield* observeAlias(store, cell)
    // the manifest is what the desired value is made from
    const witnesses = [aliasPath(store, cell), join(publishedFolder(store, id), layout.manifest)]
    if (live.state === "present" && live.dataset !== null && sameDataset(live.dataset, id))
      return { state: "present", value: aliasText(live), witnesses } satisfies Observed
    const entry = yield* observeEntry(store, id)
    const rolledBack = entry.state === "absent" ? yield* retiredOf(store, { cell: "entry", dataset: id }) : null
    const looked = [...witnesses, catalogPath(store)]
    if (rolledBack !== null) return gone(store, rolledBack, looked)
    if (live.state === "absent") return gone(store, yield* retiredOf(store, { cell: "alias", ...cell }), looked)
    const value = aliasText(live)
    const more = entry.state === "absent" ? [historyFolder(store)] : []
    if (live.dataset !== null) return { state: "present", value, witnesses: [...looked, ...more] } satisfies Observed
    const problems = [{ path: aliasPath(store, cell), message: "is not an alias" }]
    return { state: "damaged", value, problems, witnesses: [...looked, ...more] } satisfies Observed
  })

/** An alias that was moved by someone is taken for good if it points to a promoted dataset as it is published. */
const proven = (store: ServingStore, cell: AliasCell) =>
  Effect.gen(function* () {
    const live = yield* observeAlias(store, cell)
    const refused = (why: string) =>
      Effect.fail(
        new AdoptRefused({ message: `${cell.name} of ${cell.species} ${cell.assembly} ${why}`, where: { path: aliasPath(store, cell) } })
      )
    if (live.state === "absent" || live.dataset === null) return yield* refused("is no alias any more")
    const { dataset } = live
    const name = canonicalId(dataset)
    if (dataset.species !== cell.species || dataset.assembly !== cell.assembly)
      return yield* refused(`points to ${name}, which is of another kind`)
    if ((yield* observeEntry(store, dataset)).state === "absent") return yield* refused(`points to ${name}, which is not in the catalog`)
    const manifest = yield* hashPlainFile(join(publishedFolder(store, dataset), layout.manifest))
    if (manifest.sha256 !== live.manifest_sha256) return yield* refused(`points to another manifest than the one of ${name}`)
  })

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
    id: ({ target, options, roots }) => `${roots.store}/aliases/${options.name}/species=${target.species}/assembly=${target.assembly}.json`,
    immutable: false,
    desired: ({ target, roots }) =>
      hashPlainFile(join(roots.store, folderOf(target), layout.manifest)).pipe(
        Effect.map(({ sha256 }) => pointingText(target, sha256)),
        Effect.catchIf(
          ({ reason }) => reason === "no such file",
          () => Effect.succeed(pointingText(target, unpublished))
        )
      ),
    observe: ({ target, options, roots }) => ifStore(roots.store, (store) => observed(store, cellOf(options.name, target), idOf(target))),
    changed: ({ target, options, roots }) =>
      Effect.gen(function* () {
        const store = yield* openServingStore(roots.store)
        const cell = cellOf(options.name, target)
        const live = yield* observeAlias(store, cell)
        const value = live.state === "present" ? live.value : null
        return asChange(yield* whoChanged(store, { cell: "alias", ...cell }, value, [aliasPath(store, cell)]))
      })
  },
  run: ({ target, options, roots, cell, summary }) =>
    Effect.gen(function* () {
      const store = yield* openServingStore(roots.store)
      const { live } = cell
      // of a held one that is brought back by force it is not known where it points
      const expected = live.state === "present" || live.state === "damaged" ? live.value : live.state === "absent" ? null : undefined
      yield* setAlias(store, options.name, idOf(target), expected === undefined ? {} : { expected })
      yield* summary(`${options.name} → ${canonicalId(target)}`)
    })
}) {}

/** What `provenBy` takes. */
export const proveAlias = ({ target, options, roots }: Parameters<Parameters<typeof Alias.provenBy>[0]>[0]) =>
  Effect.gen(function* () {
    yield* proven(yield* openServingStore(roots["store"] ?? ""), cellOf(options.name, target))
  })
