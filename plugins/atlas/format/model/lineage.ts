/** Which rows stand behind a feature of the model (dataset contract §2.12). */
import type { Span } from "./draft.ts"
import type { Feature, Sequence } from "./feature.ts"
import type { Lineage, RecordPlace } from "./gene-model.ts"

type Placed = Lineage<RecordPlace>

const lineageOf = (row: Feature): Placed => ({
  gff3_line: row.line,
  seqid: row.sequence.name,
  feature_type: row.type.name,
  source_feature_id: row.node?.id ?? null,
  parent_ids: row.parents.map((p) => p.id),
  record_sha256: { byte: row.byte, bytes: row.bytes }
})

/**
 * Rows by the place of what they made: `gene`, `exon`, `CDS` or the transcript's type, sequence, start, end. Genes of all types stand under
 * `gene`, exons under `exon`, since that is how the artifact names them; the entry keeps the row's own type.
 */
export class LineageBook {
  readonly #rows = new Map<string, Array<Placed>>()
  readonly #made = new Map<Feature, Placed>()

  add(as: string, { sequence, start, end }: Span & { readonly sequence: Sequence }, rows: ReadonlyArray<Feature>): void {
    const key = `${as}\t${sequence.name}\t${start}\t${end}`
    let entries = this.#rows.get(key)
    if (entries === undefined) this.#rows.set(key, (entries = []))
    for (const row of rows) {
      let entry = this.#made.get(row)
      if (entry === undefined) this.#made.set(row, (entry = lineageOf(row)))
      entries.push(entry)
    }
  }

  /** An exon or CDS, which stands under its own place alone. */
  addPart(as: string, row: Feature): void {
    const { sequence, start, end } = row
    const key = `${as}\t${sequence.name}\t${start}\t${end}`
    const entries = this.#rows.get(key)
    if (entries === undefined) this.#rows.set(key, [lineageOf(row)])
    else entries.push(lineageOf(row))
  }

  entries(): ReadonlyMap<string, ReadonlyArray<Placed>> {
    for (const [key, entries] of this.#rows) {
      if (entries.length < 2) continue
      entries.sort((a, b) => a.gff3_line - b.gff3_line)
      // A gene inferred from a transcript may stand beside it as its own.
      this.#rows.set(
        key,
        entries.filter((entry, i) => entry !== entries[i - 1])
      )
    }
    this.#made.clear()
    return this.#rows
  }
}
