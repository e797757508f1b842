import { resolve } from "node:path"
import { Effect } from "effect"
import type { DatasetId } from "../../format/dataset-id.ts"
import type { GeneComparison } from "../../format/diff/compare.ts"
import { diff, type DiffSide } from "../../format/diff/diff.ts"
import { type GeneRow, signatureOf } from "../../format/diff/gene-rows.ts"
import { openServingStore, publishedFolder } from "../../format/store/serving-store.ts"
import { command } from "../command.ts"
import { DiffFacts } from "../documents.ts"
import { datasetFlags, datasetOf, oneOf, optional, type Values } from "../flag.ts"
import { columns, counted, grouped, type Telling } from "../text.ts"
import { openBuildRootOf } from "./build-root.ts"
import { changedCells, geneCells, movedCells, tsvHeader, tsvRows } from "./diff-lines.ts"

const flags = {
  "store-root": optional("STORE", "the serving store that holds the releases; or"),
  root: optional("ROOT", "the folder of build roots that holds them"),
  "from-root": optional("ROOT", "the folder of build roots that holds the first, if it is elsewhere"),
  "to-root": optional("ROOT", "the folder of build roots that holds the second, if it is elsewhere"),
  "from-release": { ...datasetFlags.release, help: "the first release, digits" },
  "to-release": { ...datasetFlags.release, help: "the second release, digits" },
  species: datasetFlags.species,
  assembly: datasetFlags.assembly,
  format: oneOf(["text", "json", "tsv"], "text for people, the document of --json, or a row a difference"),
  "max-inline-items": optional("N", "most genes of each list of the document, and of --verbose; 10000 if absent", (given) =>
    /^[0-9]{1,9}$/.test(given) ? { ok: Number(given) } : { wrong: `wants a number of genes, not ${JSON.stringify(given.slice(0, 100))}` }
  )
} as const

type DiffFlags = Values<typeof flags>

/** Genes of each kind that people are shown without --verbose. */
const shown = 5

const placeProblems = (given: DiffFlags): ReadonlyArray<string> => {
  const { "store-root": store, root, "from-root": from, "to-root": to } = given
  if (store !== undefined && root !== undefined) return ["--store-root and --root exclude each other"]
  const known = store !== undefined || root !== undefined
  if (known && from !== undefined && to !== undefined)
    return ["--from-root and --to-root name both releases: --store-root or --root says nothing"]
  return known || (from !== undefined && to !== undefined)
    ? []
    : ["diff wants --store-root STORE, or --root ROOT, or --from-root and --to-root"]
}

/** One release: in a folder of build roots of its own, else where both are. */
const sideOf = (given: DiffFlags, own: string | undefined, dataset: DatasetId) =>
  Effect.gen(function* () {
    const root = own ?? given.root
    if (root !== undefined) return { dataset, folder: (yield* openBuildRootOf(resolve(root), dataset)).path } satisfies DiffSide
    const store = yield* openServingStore(given["store-root"] ?? "")
    return { dataset, folder: publishedFolder(store, dataset) } satisfies DiffSide
  })

/** Of one kind of difference, what fits. */
class Kept<A> {
  readonly #most: number
  readonly items: Array<A> = []
  count = 0

  constructor(most: number) {
    this.#most = most
  }

  add(item: A): void {
    this.count++
    if (this.items.length < this.#most) this.items.push(item)
  }
}

type Both = Extract<GeneComparison, { readonly kind: "kept" }>

const geneOf = (gene: GeneRow) => ({ ...gene, signature: signatureOf(gene) })

const listed = (title: string, { items, count }: Kept<unknown>, rows: ReadonlyArray<ReadonlyArray<string>>, telling: Telling) => {
  if (count === 0) return []
  const few = telling.verbose ? rows : rows.slice(0, shown)
  return [
    `  ${title} ${grouped(count)}`,
    ...columns(few, 4),
    ...(count > few.length
      ? [
          `    … and ${grouped(count - few.length)} more (${telling.verbose || count > items.length ? "" : "--verbose, or "}--format tsv tells all)`
        ]
      : [])
  ]
}

export const Diff = command({
  name: "diff",
  summary: "which genes were added, removed, moved or changed between two releases",
  detail: [
    "A gene is the same if its id is. Moved: its coordinates differ. Changed: its name, biotype or number of transcripts does, which with the",
    "coordinates is what its signature in the release index covers. A gene may be both. Both datasets' databases are held against their",
    "manifests first. Memory does not grow with the genes; the exit code is 0 whether they differ or not."
  ],
  flags,
  conflicts: placeProblems,
  asksForJson: ({ format }) => format === "json",
  examples: [
    {
      line: "atlas-dataset diff --store-root serving-store --from-release 109 --to-release 110 --species saccharomyces_cerevisiae --assembly R64",
      does: "compare two published releases"
    },
    {
      line: "atlas-dataset diff --store-root serving-store --to-root build --from-release 109 --to-release 110 --species saccharomyces_cerevisiae --assembly R64 --format tsv",
      does: "a row for each gene that would differ if the build root were published"
    }
  ],
  facts: DiffFacts,
  run: ({ flags: given, write }) =>
    Effect.gen(function* () {
      const { species, assembly } = given
      const idOf = (release: string) => datasetOf({ release, species, assembly })
      const from = yield* sideOf(given, given["from-root"], idOf(given["from-release"]))
      const to = yield* sideOf(given, given["to-root"], idOf(given["to-release"]))
      const most = given["max-inline-items"] ?? 10_000
      const [added, removed, moved, changed] = [
        new Kept<GeneRow>(most),
        new Kept<GeneRow>(most),
        new Kept<Both>(most),
        new Kept<Both>(most)
      ]
      const tsv = given.format === "tsv"
      if (tsv) yield* write(`${tsvHeader}\n`)
      const keep = (one: GeneComparison): void => {
        if (one.kind === "added") added.add(one.to)
        else if (one.kind === "removed") removed.add(one.from)
        else {
          if (one.moved.length > 0) moved.add(one)
          if (one.changed.length > 0) changed.add(one)
        }
      }
      const done = yield* diff(from, to, (comparisons) => {
        comparisons.forEach(keep)
        const rows = tsv ? comparisons.map(tsvRows).join("") : ""
        return rows === "" ? Effect.succeed(true) : write(rows)
      })
      const { from: genesFrom, to: genesTo, ...counts } = done.counts
      return {
        facts: {
          from: { ...done.from, genes: genesFrom },
          to: { ...done.to, genes: genesTo },
          counts,
          complete: [added, removed, moved, changed].every(({ items, count }) => items.length === count),
          added: added.items.map(geneOf),
          removed: removed.items.map(geneOf),
          moved: moved.items.map((one) => ({ id: one.to.id, fields: one.moved, from: geneOf(one.from), to: geneOf(one.to) })),
          changed: changed.items.map((one) => ({ id: one.to.id, fields: one.changed, from: geneOf(one.from), to: geneOf(one.to) }))
        },
        lines: (telling) =>
          tsv
            ? []
            : [
                `${telling.style.green("✓")} ${telling.style.bold(`${species}/${assembly}`)} ${given["from-release"]} → ${given["to-release"]}  ${counted(genesFrom, "gene")} → ${grouped(genesTo)}, ${grouped(counts.unchanged)} unchanged`,
                ...listed("added", added, added.items.map(geneCells), telling),
                ...listed("removed", removed, removed.items.map(geneCells), telling),
                ...listed(
                  "moved",
                  moved,
                  moved.items.map((one) => movedCells(one.from, one.to)),
                  telling
                ),
                ...listed(
                  "changed",
                  changed,
                  changed.items.map((one) => changedCells(one.from, one.to, one.changed)),
                  telling
                )
              ]
      }
    })
})
