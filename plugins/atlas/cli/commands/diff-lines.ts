/** Differences between releases as people read them, and as rows of tab-separated values. */
import type { GeneComparison } from "../../format/diff/compare.ts"
import { type GeneRow, signatureOf } from "../../format/diff/gene-rows.ts"
import { oneLine } from "../text.ts"

const fields = ["name", "biotype", "seqid", "start", "end", "transcripts"] as const

/** The columns of a row. */
export const tsvHeader = [
  "change",
  "gene_id",
  "fields",
  ...["from", "to"].flatMap((side) => [...fields.map((field) => `${side}_${field}`), `${side}_signature`])
].join("\t")

const cells = (gene: GeneRow | undefined): ReadonlyArray<string> =>
  gene === undefined ? [...fields, "signature"].map(() => "") : [...fields.map((field) => String(gene[field])), signatureOf(gene)]

const row = (change: string, names: ReadonlyArray<string>, from: GeneRow | undefined, to: GeneRow | undefined): string =>
  [change, (to ?? from)?.id ?? "", names.join(","), ...cells(from), ...cells(to)].map(oneLine).join("\t")

/** One row for each thing that happened to a gene: none if it is unchanged, two if it moved and changed. Each ends with a line feed. */
export const tsvRows = (one: GeneComparison): string => {
  switch (one.kind) {
    case "added":
      return `${row("added", [], undefined, one.to)}\n`
    case "removed":
      return `${row("removed", [], one.from, undefined)}\n`
    case "kept":
      return (
        (one.moved.length === 0 ? "" : `${row("moved", one.moved, one.from, one.to)}\n`) +
        (one.changed.length === 0 ? "" : `${row("changed", one.changed, one.from, one.to)}\n`)
      )
  }
}

const place = ({ seqid, start, end }: GeneRow): string => `${seqid}:${start}-${end}`

/** What is told of a gene in one line: its id, where it lies, what it is. */
export const geneCells = (gene: GeneRow): ReadonlyArray<string> => [oneLine(gene.id), oneLine(place(gene)), oneLine(gene.biotype)]

export const movedCells = (from: GeneRow, to: GeneRow): ReadonlyArray<string> => [oneLine(to.id), oneLine(`${place(from)} → ${place(to)}`)]

export const changedCells = (
  from: GeneRow,
  to: GeneRow,
  changed: ReadonlyArray<"name" | "biotype" | "transcripts">
): ReadonlyArray<string> => [oneLine(to.id), oneLine(changed.map((field) => `${field} ${from[field]} → ${to[field]}`).join(", "))]
