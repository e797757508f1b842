/** Where our sequences differ from gffread 0.12.7's, dataset by dataset, and why; IDs as they stand (profile plain). */

/** How many records differ, each for the reason that is told. `ours` and `theirs`: only there; `other`: with another sequence. */
export interface Difference {
  readonly ours?: number
  readonly theirs?: number
  readonly other?: number
  readonly because: string
}

type Differences = { readonly [K in "transcripts" | "cds" | "proteins"]?: Difference }

const cut = (cds: number) => ({
  transcripts: { ours: cds, theirs: cds, because: "gffread ends features at the end of a circular sequence (the header has where)" },
  cds: { other: cds, because: "gffread ends features at the end of a circular sequence" },
  proteins: { other: cds, because: "gffread ends features at the end of a circular sequence" }
})

const nmd = { ours: 2, because: "gffread does not take NMD_transcript_variant for a transcript" }

export const differences: Readonly<Record<string, Differences>> = {
  "sars_cov_2/ASM985889v3": { transcripts: { theirs: 2, because: "UTR rows without Parent are transcripts to gffread" } },
  "influenza_a_h1n1/PR8_NC_002016-23": {
    transcripts: {
      ours: 11,
      theirs: 14,
      because: "ours are named after the gene that is inferred; mature peptides and sequence rows are no transcripts"
    },
    cds: {
      ours: 11,
      theirs: 11,
      because: "ours are named after the gene that is inferred; of a CDS on two rows without Parent gffread reads one"
    },
    proteins: { ours: 11, theirs: 11, because: "as for CDS" }
  },
  "escherichia_coli_k12_mg1655/ASM584v2": {
    transcripts: { ours: 137, theirs: 9, because: "gffread leaves out genes without CDS; of two CDS of a gene it tells one place" }
  },
  "drosophila_melanogaster/r6.42_first1pct": {
    transcripts: {
      ours: 32,
      theirs: 620,
      because: "any row with an ID is a transcript to gffread, here introns; genes without RNA are their own to us"
    }
  },
  "homo_sapiens/ensembl_slices": { transcripts: nmd, cds: nmd, proteins: nmd },
  "organelle_nc_022868/NC_022868.1_truncated_fasta": {
    transcripts: { ours: 1, theirs: 2, because: "gffread cuts a transcript that is spliced from both strands in two" },
    cds: { other: 1, because: "of a CDS on both strands gffread reads one" },
    proteins: { other: 1, because: "of a CDS on both strands gffread reads one" }
  },
  "volvox/volvox": {
    transcripts: { ours: 3, because: "CDS and primary transcripts without ID and Parent are left out by gffread" },
    cds: { ours: 1, because: "a CDS without ID and Parent is left out by gffread" },
    proteins: { ours: 1, because: "a CDS without ID and Parent is left out by gffread" }
  },
  "phix174/NC_001422.1": cut(3)
}
