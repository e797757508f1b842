import { resolve } from "node:path"
import { Effect } from "effect"
import { canonicalId } from "../../format/dataset-id.ts"
import { pack, type Packed } from "../../format/pack/pack.ts"
import { openServingStore } from "../../format/store/serving-store.ts"
import { command } from "../command.ts"
import { PackFacts } from "../documents.ts"
import { datasetFlags, datasetOf, optional, required } from "../flag.ts"
import { byteSize, labelled, type Telling } from "../text.ts"
import { openBuildRootOf } from "./build-root.ts"

/** The facts of a pack as its document tells them. */
export const packFacts = (path: string, { dataset, sha256, bytes, members }: Packed) => ({
  dataset,
  pack: resolve(path),
  digest: `sha256:${sha256}`,
  bytes,
  members
})

export const packLines = (
  what: string,
  path: string,
  { dataset, sha256, bytes, members }: Packed,
  telling: Telling,
  more: ReadonlyArray<readonly [string, string]> = []
) =>
  labelled(
    `${telling.style.green("✓")} ${what} ${telling.style.bold(canonicalId(dataset))}  ${byteSize(bytes)}`,
    [
      ["pack", path],
      ["digest", `sha256:${sha256}`],
      ...more,
      ...members.map(({ name, bytes, sha256 }): readonly [string, string] => [name, `${byteSize(bytes)}, sha256 ${sha256}`])
    ],
    telling
  )

export const Pack = command({
  name: "pack",
  summary: "makes a portable archive of a dataset, the same bytes on any machine",
  detail: ["From a serving store, or from a build root. A file of that name is replaced when the new one is whole."],
  flags: {
    "store-root": optional("STORE", "the serving store that holds it; or"),
    root: optional("ROOT", "the folder of build roots that holds it"),
    ...datasetFlags,
    out: required("FILE.tar", "the pack")
  },
  conflicts: (flags) =>
    (flags["store-root"] === undefined) === (flags.root === undefined) ? ["pack wants either --store-root STORE or --root ROOT"] : [],
  examples: [
    {
      line: "atlas-dataset pack --store-root serving-store --release 110 --species saccharomyces_cerevisiae --assembly R64 --out yeast.tar",
      does: "and tells the digest that verify-pack --expect wants"
    }
  ],
  facts: PackFacts,
  run: ({ flags }) =>
    Effect.gen(function* () {
      const dataset = datasetOf(flags)
      const { "store-root": storeRoot, root, out } = flags
      const content =
        storeRoot === undefined ? yield* openBuildRootOf(root ?? "", dataset) : { store: yield* openServingStore(storeRoot), dataset }
      const packed = yield* pack(content, resolve(out))
      return { facts: packFacts(out, packed), lines: (telling) => packLines("packed", out, packed, telling) }
    })
})
