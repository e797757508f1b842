import { Effect } from "effect"
import { type Assembly, readAssembly } from "../../format/seqcol/assembly.ts"
import { compareCollections, type Relation } from "../../format/seqcol/compare.ts"
import { command } from "../command.ts"
import { CompareFacts } from "../documents.ts"
import { columns, counted, grouped, oneLine } from "../text.ts"

const meanings: Readonly<Record<Relation, string>> = {
  identical: "one and the same: names, sequences and order",
  reordered: "the same sequences under the same names, in another order",
  renamed: "the same sequences under other names",
  "same-coordinates": "the same names and lengths, but other sequences",
  subset: "all sequences of A are in B, which has more",
  superset: "all sequences of B are in A, which has more",
  overlap: "some sequences are in both",
  different: "no sequence is in both"
}

const orders = (sameOrder: boolean | null): string => (sameOrder === null ? "" : sameOrder ? "in the same order" : "in another order")

/** `name_length_pairs` → `name length pairs` */
const spaced = (attribute: string): string => attribute.replaceAll("_", " ")

const factsOf = ({ path, fasta, sequences, bases }: Assembly) => ({ path, fasta, sequences: sequences.length, bases })

export const Compare = command({
  name: "compare",
  summary: "how two assemblies differ, as GA4GH sequence collections",
  detail: [
    "Each is a FASTA (plain, gzip or bgzip), a build root, or a published dataset: the folder …/release=R/species=S/assembly=A. --json gives the",
    "comparison of seqcol 1.0.0 under its own names. The exit code is 0 whether they differ or not."
  ],
  words: { name: "A B", required: true, help: "the two assemblies", count: 2 },
  flags: {},
  examples: [
    { line: "atlas-dataset compare old.fa.gz new.fa.gz", does: "whether only names or order changed" },
    {
      line: "atlas-dataset compare genome.fa serving-store/release=110/species=homo_sapiens/assembly=GRCh38 --json | jq .relation",
      does: "how a file relates to what was published"
    }
  ],
  facts: CompareFacts,
  run: ({ words: [first = "", second = ""], progress }) =>
    Effect.gen(function* () {
      const a = yield* readAssembly(first, { progress })
      const b = yield* readAssembly(second, { progress })
      const compared = compareCollections(a.sequences, b.sequences)
      const { digests, array_elements: elements, relation } = compared
      return {
        facts: { ...compared, a: factsOf(a), b: factsOf(b) },
        lines: ({ style }) => [
          `${style.bold(relation)}  ${meanings[relation]}`,
          ...columns(
            [
              ["A", oneLine(a.path), counted(a.sequences.length, "sequence"), counted(a.bases, "base"), `seqcol ${digests.a}`],
              ["B", oneLine(b.path), counted(b.sequences.length, "sequence"), counted(b.bases, "base"), `seqcol ${digests.b}`]
            ],
            2
          ),
          `  ${style.dim("in both")}`,
          ...columns(
            compared.attributes.a_and_b.map((attribute) => [
              spaced(attribute),
              `${grouped(elements.a_and_b_count[attribute] ?? 0)} of ${grouped(a.sequences.length)} and ${grouped(b.sequences.length)}`,
              orders(elements.a_and_b_same_order[attribute] ?? null)
            ]),
            4
          )
        ]
      }
    })
})
