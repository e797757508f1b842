/** Digests of a FASTA's sequences, which a scanner hands on residue by residue: made in this thread, or in one beside it (digest-thread.ts). */
import { sequenceCollection, SequenceDigests } from "../refget.ts"
import type { FastaFacts } from "./scanner.ts"

/** MD5 in lower-case hex, and the refget id. */
export interface SequenceDigest {
  readonly md5: string
  readonly refget: string
}

export interface DigestSink {
  /** More residues of the sequence in hand, upper-case letters only. The bytes are used again. */
  readonly update: (residues: Uint8Array) => void
  /** The sequence in hand is complete; its digests are wanted or not. */
  readonly end: (wanted: boolean) => void
}

export class DigestsHere implements DigestSink {
  /** Of the wanted sequences, in order. */
  readonly results: Array<SequenceDigest> = []
  #open = new SequenceDigests()

  update(residues: Uint8Array): void {
    this.#open.update(residues)
  }

  end(wanted: boolean): void {
    if (wanted) this.results.push(this.#open.end())
    this.#open = new SequenceDigests()
  }
}

/** The facts with digests that a sink made, in the order of the sequences. */
export const withDigests = (facts: FastaFacts, digests: ReadonlyArray<SequenceDigest>): FastaFacts => {
  const sequences = facts.sequences.map((sequence, i) => ({ ...sequence, ...digests[i] }))
  return { ...facts, sequences, collection: facts.problemCount === 0 ? sequenceCollection(sequences) : null }
}
