/** One sequence of a FASTA file, and the collection they make. */
export interface FastaSequence {
  readonly name: string
  /** Residues (bases). */
  readonly length: number
  /** 0-based byte of the first residue in the plain text; as in FAI column 3. */
  readonly offset: number
  /** Residues on a full line; FAI column 4. */
  readonly lineBases: number
  /** Bytes of a full line with its end; FAI column 5. */
  readonly lineBytes: number
  /** MD5 of the upper-cased residues, lower-case hex. */
  readonly md5: string
  /** GA4GH refget identifier: `SQ.` + sha512t24u. */
  readonly refget: string
}

/** GA4GH sequence collection (seqcol 1.0.0). `names` and so on are level-1 digests. */
export interface SequenceCollection {
  readonly digest: string
  readonly names: string
  readonly lengths: string
  readonly sequences: string
  /** Ancillary: no part of `digest`. The sorted ones are alike for collections that differ in order alone. */
  readonly nameLengthPairs: string
  readonly sortedNameLengthPairs: string
  readonly sortedSequences: string
}
