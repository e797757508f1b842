import { several } from "atlas-run/plugin"
import { Effect } from "effect"
import { canonicalId } from "../../format/dataset-id.ts"
import { provenanceText } from "../../format/artifact/dialect.ts"
import { inspect } from "../../format/inspect.ts"
import { referenceFindings as inspectFindings } from "../../format/reference/findings.ts"
import type { Inspected } from "../../format/inspect/inspected.ts"
import { command } from "../command.ts"
import { InspectFacts } from "../documents.ts"
import { toldBy } from "../findings.ts"
import { byteSize, columns, grouped, labelled, oneLine, type Telling } from "../text.ts"

/** Entries of a list that are shown without --verbose. */
const Shown = 10

const kinds: Readonly<Record<Inspected["kind"], string>> = {
  gff3: "GFF3 annotation",
  fasta: "FASTA genome",
  fai: "FASTA index",
  "build-root": "build root",
  "build-roots": "folder of build roots",
  "published-dataset": "published dataset",
  "serving-store": "serving store",
  pack: "pack",
  "unpacked-pack": "unpacked pack",
  "dataset-manifest": "dataset manifest",
  "manifest-lock": "manifest lock",
  catalog: "catalog",
  alias: "alias",
  "latest-alias": "latest alias",
  "gene-summary": "gene-summary database"
}

/** `badRows` → `bad rows` */
const spaced = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

const list = <A>(
  title: string,
  all: number,
  items: ReadonlyArray<A>,
  row: (item: A) => ReadonlyArray<string>,
  { style, verbose }: Telling
) => {
  if (items.length === 0) return []
  const shown = verbose ? items : items.slice(0, Shown)
  const more = Math.max(all, items.length) - shown.length
  return [
    `  ${style.dim(title)}`,
    ...columns(
      shown.map((item) => row(item).map(oneLine)),
      4
    ),
    ...(more > 0 ? [`    … and ${grouped(more)} more${verbose ? "" : " (--verbose tells all)"}`] : [])
  ]
}

const inspectedLines = (inspected: Inspected, telling: Telling): ReadonlyArray<string> => {
  const {
    path,
    kind,
    dataset,
    writtenBy,
    compression,
    counts,
    digests,
    types = [],
    sequences = [],
    collection,
    datasets = [],
    aliases = []
  } = inspected
  const { bytes, ...numbers } = counts
  const optional = (value: number | undefined, unit: string): string => (value === undefined ? "" : `${grouped(value)} ${unit}`)
  return [
    ...labelled(
      `${telling.style.bold(kinds[kind])}  ${oneLine(path)}`,
      [
        ["dataset", dataset === undefined ? undefined : canonicalId(dataset)],
        ["written by", writtenBy === undefined ? undefined : provenanceText(writtenBy)],
        ["compression", compression],
        ["size", bytes === undefined ? undefined : byteSize(bytes)],
        ...Object.entries(numbers).map(([name, n]): readonly [string, string] => [spaced(name), grouped(n)]),
        ["seqcol", collection?.digest]
      ],
      telling
    ),
    ...list(
      "digests (seqcol)",
      0,
      Object.entries(collection ?? {})
        .filter(([name]) => name !== "digest")
        .map(([name, digest]) => [spaced(name), digest]),
      (row) => row,
      telling
    ),
    ...list(
      "by sequence",
      counts["sequences"] ?? 0,
      sequences,
      ({ name, length, genes, rows, refget, md5 }) => [
        name,
        optional(length, "bases"),
        optional(genes, "genes") || optional(rows, "rows"),
        refget ?? "",
        md5 ?? ""
      ],
      telling
    ),
    ...list(
      "digests (sha256)",
      0,
      Object.entries(digests).filter(([, sha256]) => sha256 !== ""),
      (digest) => digest,
      telling
    ),
    ...list("by type", 0, types, ({ type, rows }) => [type, grouped(rows)], telling),
    ...list(
      "datasets",
      counts["datasets"] ?? 0,
      datasets,
      ({ dataset, promoted }) => [canonicalId(dataset), promoted === undefined ? "" : promoted ? "promoted" : "not promoted"],
      telling
    ),
    ...list("aliases", 0, aliases, ({ alias, dataset }) => [`${alias} → ${canonicalId(dataset)}`], telling)
  ]
}

export const Inspect = command({
  name: "inspect",
  summary: "says what a file or folder is: sequences, counts, digests, refget and seqcol ids",
  detail: [
    "Of GFF3, FASTA, FAI, build roots, published datasets, stores, packs, manifests, catalogs, aliases and gene-summary databases,",
    "known by content. Ends with 1 if something is wrong with it; what could be read is told all the same."
  ],
  words: { name: "FILE-OR-ROOT", required: true, help: "what to look at" },
  flags: {},
  examples: [
    { line: "atlas-dataset inspect yeast.fa.gz", does: "its sequences and their refget ids" },
    { line: "atlas-dataset inspect serving-store --json | jq .datasets", does: "what a store holds" }
  ],
  facts: InspectFacts,
  run: ({ words, progress }) =>
    Effect.gen(function* () {
      const { inspected, problems, quirks = [] } = yield* inspect(words[0] ?? "", { progress })
      return {
        facts: inspected,
        findings: quirks.map(toldBy(inspectFindings)),
        ...(problems.length === 0 ? {} : { failure: several(problems) }),
        lines: (telling) => inspectedLines(inspected, telling)
      }
    })
})
