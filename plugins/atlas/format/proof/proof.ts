/** What deep verification says beside its findings: what was made again and found equal, and what nothing could prove. */

export type Proved =
  /** Files that were hashed, against what names them. */
  | "digests"
  /** Shards of the database, each row against it. */
  | "shards"
  /** Bases of the FASTA, scanned against the index and the table of sequences. */
  | "bases"
  /** Pages of the database that SQLite's integrity_check went through. */
  | "pages"
  /** Rules that the rows of all tables keep to each other. */
  | "rules"
  /** Rows of genes, transcripts and exons, which the signature covers. */
  | "rows"
  /** Genes of the canonical evidence, made again from the tables. */
  | "genes"
  /** Evidence files that were made again from the tables. */
  | "sidecars"
  /** Tables that were made again from the inputs, every row of them. */
  | "tables"
  /** Files that were made again from the inputs, byte for byte. */
  | "files"
  /** Records of the stream of rows that the reference may write, against the tables. */
  | "records"
  /** Copies of inputs beside the datasets of the reference, against their lock. */
  | "copies"

/** `count` of what `what` says, `rows` of the tables among it, `ms` what it took. */
export interface Proof {
  readonly what: Proved
  readonly count: number
  readonly bytes?: number
  readonly rows?: number
  readonly ms: number
}

/** `at`: a file relative to the dataset's folder, or a field of one. */
export interface Unproven {
  readonly at: string
  readonly reason: string
}

/** Proofs in the order they were found, each with the time since the one before. */
export class Ledger {
  readonly proven: Array<Proof> = []
  readonly unproven: Array<Unproven> = []
  readonly #clock: () => number
  #last: number

  /** `clock` in milliseconds. */
  constructor(clock: () => number) {
    this.#clock = clock
    this.#last = clock()
  }

  prove(what: Proved, count: number, more: { readonly bytes?: number; readonly rows?: number } = {}): void {
    const now = this.#clock()
    this.proven.push({ what, count, ...more, ms: Math.max(0, Math.round(now - this.#last)) })
    this.#last = now
  }

  leave(at: string, reason: string): void {
    if (!this.unproven.some((each) => each.at === at)) this.unproven.push({ at, reason })
  }
}
