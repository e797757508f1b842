/**
 * What is known of datasets that the reference wrote (dataset contract §0, §10, §13): told, never silent, and no failure by itself. What is
 * damaged in them is found like damage in ours.
 */
const warning = (hint: string) => ({ severity: "warning", hint }) as const

/** In build roots, published datasets, stores and packs. */
export const referenceFindings = {
  "reference-writer": warning("its checks apply as its writer made it; what it has no digest for is told as not proven"),
  "reference-lock": warning("its ingest writes none, its publish does: what is published or packed here gets one"),
  "reference-signature": warning("its own `dataset verify --deep` signs 10 fields a transcript and refuses this one; here both are known"),
  "reference-paths": warning("two builds of the same inputs differ in these bytes; ingest here writes none of them"),
  "reference-journal": warning("its own reader cannot open it on a read-only disk; readers here open it as immutable"),
  "reference-index": warning("it never compares FASTA and index: its server may answer with wrong bases; mend the index and ingest again"),
  "reference-shards": warning("shards are neither in its evidence nor published; one of an earlier run may be removed"),
  "reference-companions": warning("its publish copies manifest and database only, so its server answers no sequences or differences of it"),
  "reference-inventory": warning("nothing tells which files were published: one that was added is only known by its name"),
  "reference-lifecycle": warning("they hold the time of publishing, which no digest covers"),
  "reference-latest-alias": warning("there is one for the whole store, and its server does not read it; aliases of ours are one a genome"),
  "reference-leftover": warning("a publish was killed: once none is running, remove what is named, or the next publish is refused")
} as const

export type ReferenceFindingName = keyof typeof referenceFindings
