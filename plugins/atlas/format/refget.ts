/**
 * Names of sequences by their content: GA4GH refget (sha512t24u, `SQ.`), MD5 as in SAM headers, and sequence collections (seqcol 1.0.0).
 * Lengths are no part of a collection's identity; its digest is over names and sequences.
 */
import { createHash, hash, type Hash } from "node:crypto"
import type { FastaSequence, SequenceCollection } from "./fasta/sequence.ts"
import type { SequenceDigest } from "./fasta/sequence-digests.ts"

/** base64url of the first 24 bytes of SHA-512: 32 characters. */
export const sha512t24u = (data: string | Uint8Array): string => truncated(hash("sha512", data, "buffer"))

const truncated = (sha512: Buffer): string => sha512.subarray(0, 24).toString("base64url")

/** Upper-cased letters A to Z; all else is no part of a sequence (refget §3). */
export const canonicalResidues = (residues: string): string => residues.toUpperCase().replaceAll(/[^A-Z]/g, "")

/** `SQ.` identifier of residues in any case, blanks and gaps ignored. */
export const refgetId = (residues: string): string => `SQ.${sha512t24u(canonicalResidues(residues))}`

/** MD5 of the same residues, lower-case hex. */
export const residuesMd5 = (residues: string): string => hash("md5", canonicalResidues(residues), "hex")

/** Of a sequence's MD5 (16 bytes) and SHA-512 behind it. */
export const digestOf = (digests: Uint8Array): SequenceDigest => {
  const bytes = Buffer.from(digests.buffer, digests.byteOffset, digests.length)
  return { md5: bytes.toString("hex", 0, 16), refget: `SQ.${truncated(bytes.subarray(16))}` }
}

/** Digests of one sequence, piece by piece. Pieces hold upper-case letters only. */
export class SequenceDigests {
  readonly #md5 = createHash("md5")
  readonly #sha512 = createHash("sha512")

  update(residues: Uint8Array): void {
    this.#md5.update(residues)
    this.#sha512.update(residues)
  }

  end(): SequenceDigest {
    return digestOf(Buffer.concat([this.#md5.digest(), this.#sha512.digest()]))
  }
}

/** Digest of a JSON array without holding its text. Items are canonical (RFC 8785): here strings, integers and flat objects of them. */
const listDigest = (items: Iterable<string>): string => {
  const sha: Hash = createHash("sha512")
  let text = "["
  let first = true
  for (const item of items) {
    text += first ? item : `,${item}`
    first = false
    if (text.length < 65_536) continue
    sha.update(text)
    text = ""
  }
  return truncated(sha.update(`${text}]`).digest())
}

function* mapped<A>(items: Iterable<A>, text: (item: A) => string): Generator<string> {
  for (const item of items) yield text(item)
}

type Named = Pick<FastaSequence, "name" | "length" | "refget">

/** One element of `name_length_pairs`, canonical (seqcol 1.0.0, §5.1). */
export const nameLengthPair = ({ name, length }: Pick<Named, "name" | "length">): string =>
  `{"length":${length},"name":${JSON.stringify(name)}}`

/** Level-1 digests and the collection's digest, in the order given. */
export const sequenceCollection = (sequences: ReadonlyArray<Named>): SequenceCollection => {
  const names = listDigest(mapped(sequences, (s) => JSON.stringify(s.name)))
  const refgets = listDigest(mapped(sequences, (s) => JSON.stringify(s.refget)))
  const pairs = sequences.map((s) => sha512t24u(nameLengthPair(s))).sort()
  return {
    digest: sha512t24u(`{"names":"${names}","sequences":"${refgets}"}`),
    names,
    lengths: listDigest(mapped(sequences, (s) => String(s.length))),
    sequences: refgets,
    nameLengthPairs: listDigest(mapped(sequences, nameLengthPair)),
    sortedNameLengthPairs: listDigest(mapped(pairs, (pair) => JSON.stringify(pair))),
    sortedSequences: listDigest(mapped(sequences.map((s) => s.refget).sort(), (refget) => JSON.stringify(refget)))
  }
}
