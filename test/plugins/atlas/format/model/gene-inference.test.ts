/** Genes of transcripts that stand without a row of a gene, as gffread writes what StringTie assembled. */
import { assert, describe, it } from "@effect/vitest"
import { modelOf } from "./model-of.ts"

const genesOf = (...lines: ReadonlyArray<string>) =>
  modelOf(lines).model?.genes.map((g) => [g.gene_id, g.gene_name, g.biotype, g.seqid, g.start, g.end, g.transcript_count])

describe("a transcript that names its gene by geneID", () => {
  it("has a gene, with or without CDS, and shares it with those that name the same", () => {
    assert.deepStrictEqual(
      genesOf(
        "chr1 transcript 1 90 + . ID=MSTRG.1.1;geneID=MSTRG.1;gene_name=FOO",
        "chr1 exon 1 90 + . Parent=MSTRG.1.1",
        "chr1 transcript 201 290 + . ID=MSTRG.1.2;geneID=MSTRG.1;gene_name=FOO",
        "chr1 exon 201 290 + . Parent=MSTRG.1.2",
        "chr1 mRNA 301 390 + . ID=MSTRG.2.1;geneID=MSTRG.2",
        "chr1 exon 301 390 + . Parent=MSTRG.2.1",
        "chr1 CDS 301 309 + 0 Parent=MSTRG.2.1",
        "chr1 mRNA 311 390 + . ID=MSTRG.2.2;geneID=MSTRG.2",
        "chr1 CDS 311 319 + 0 Parent=MSTRG.2.2",
        "chr1 transcript 401 490 . . ID=MSTRG.3.1;geneID=MSTRG.3"
      ),
      [
        ["MSTRG.1", "FOO", "transcript", "chr1", 1, 290, 2],
        ["MSTRG.2", "MSTRG.2", "protein_coding", "chr1", 301, 390, 2],
        ["MSTRG.3", "MSTRG.3", "transcript", "chr1", 401, 490, 1]
      ]
    )
  })

  it("has it where its row stands, if there is one", () => {
    assert.deepStrictEqual(genesOf("chr1 gene 1 100 + . ID=g", "chr1 transcript 1 90 + . ID=t;geneID=g"), [
      ["g", "g", "transcript", "chr1", 1, 100, 1]
    ])
  })

  it("proves more than one without: a lone RNA's gene is named and not counted", () => {
    assert.deepStrictEqual(
      modelOf(["chr1 transcript 1 90 + . ID=t"]).errors.map((e) => e._tag),
      ["Gff3NoGenes"]
    )
  })
})
