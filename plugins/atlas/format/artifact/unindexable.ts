/** Gene ids and sequence names that cannot stand in the release's gene index (dataset contract §2.14). */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import type { GeneRow } from "../model/gene-model.ts"
import { quote } from "../text.ts"

export class GeneIdUnindexable extends Schema.TaggedError<GeneIdUnindexable>()("GeneIdUnindexable", { ...Told, value: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A gene id or sequence name cannot stand in the release's gene index",
    hint: "ids and names there have 1 to 128 bytes and no white space at their ends: shorten it in the GFF3",
    example: 'gene_id "ENSG…" has 129 bytes, more than 128'
  }
}

/** Bytes of a gene id or sequence name in release_gene_index.json (§2.14). */
export const indexedNameBytes = 128

const told = 100

export class UnindexableNames {
  /** One a name, the first of them. */
  readonly problems: Array<GeneIdUnindexable> = []
  readonly #told = new Set<string>()
  #lastSeqid = ""

  look({ gene_id, seqid }: Pick<GeneRow, "gene_id" | "seqid">): void {
    this.#look("gene_id", gene_id)
    if (seqid === this.#lastSeqid && seqid !== "") return
    this.#lastSeqid = seqid
    this.#look("seqid", seqid)
  }

  #look(field: string, value: string): void {
    // A character has three bytes at most.
    const bytes = value.length * 3 <= indexedNameBytes ? value.length : Buffer.byteLength(value)
    if (bytes > 0 && bytes <= indexedNameBytes && value.trim() === value) return
    if (this.#told.has(value) || this.problems.length >= told) return
    this.#told.add(value)
    const problem =
      bytes === 0
        ? "is empty"
        : bytes > indexedNameBytes
          ? `has ${bytes} bytes, more than ${indexedNameBytes}`
          : "has white space at an end"
    this.problems.push(new GeneIdUnindexable({ message: `${field} ${quote(value)} ${problem}`, value: value.slice(0, 200) }))
  }
}
