/** The examples of the GFF3 1.26 specification: taken in strict mode, with at most findings. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { decide, head, rows, sequence } from "./decision.ts"

const region = "##sequence-region ctg123 1 1497228\n"
const fasta = sequence("ctg123", 1_497_228)

const canonical = [
  "ctg123 . gene 1000 9000 . + . ID=gene00001;Name=EDEN",
  "ctg123 . TF_binding_site 1000 1012 . + . ID=tfbs00001;Parent=gene00001",
  "ctg123 . mRNA 1050 9000 . + . ID=mRNA00001;Parent=gene00001;Name=EDEN.1",
  "ctg123 . mRNA 1050 9000 . + . ID=mRNA00002;Parent=gene00001;Name=EDEN.2",
  "ctg123 . mRNA 1300 9000 . + . ID=mRNA00003;Parent=gene00001;Name=EDEN.3",
  "ctg123 . exon 1300 1500 . + . ID=exon00001;Parent=mRNA00003",
  "ctg123 . exon 1050 1500 . + . ID=exon00002;Parent=mRNA00001,mRNA00002",
  "ctg123 . exon 3000 3902 . + . ID=exon00003;Parent=mRNA00001,mRNA00003",
  "ctg123 . exon 5000 5500 . + . ID=exon00004;Parent=mRNA00001,mRNA00002,mRNA00003",
  "ctg123 . exon 7000 9000 . + . ID=exon00005;Parent=mRNA00001,mRNA00002,mRNA00003",
  "ctg123 . CDS 1201 1500 . + 0 ID=cds00001;Parent=mRNA00001;Name=edenprotein.1",
  "ctg123 . CDS 3000 3902 . + 0 ID=cds00001;Parent=mRNA00001;Name=edenprotein.1",
  "ctg123 . CDS 5000 5500 . + 0 ID=cds00001;Parent=mRNA00001;Name=edenprotein.1",
  "ctg123 . CDS 7000 7600 . + 0 ID=cds00001;Parent=mRNA00001;Name=edenprotein.1",
  "ctg123 . CDS 1201 1500 . + 0 ID=cds00002;Parent=mRNA00002;Name=edenprotein.2",
  "ctg123 . CDS 5000 5500 . + 0 ID=cds00002;Parent=mRNA00002;Name=edenprotein.2",
  "ctg123 . CDS 7000 7600 . + 0 ID=cds00002;Parent=mRNA00002;Name=edenprotein.2",
  "ctg123 . CDS 3301 3902 . + 0 ID=cds00003;Parent=mRNA00003;Name=edenprotein.3",
  "ctg123 . CDS 5000 5500 . + 1 ID=cds00003;Parent=mRNA00003;Name=edenprotein.3",
  "ctg123 . CDS 7000 7600 . + 1 ID=cds00003;Parent=mRNA00003;Name=edenprotein.3",
  "ctg123 . CDS 3391 3902 . + 0 ID=cds00004;Parent=mRNA00003;Name=edenprotein.4",
  "ctg123 . CDS 5000 5500 . + 1 ID=cds00004;Parent=mRNA00003;Name=edenprotein.4",
  "ctg123 . CDS 7000 7600 . + 1 ID=cds00004;Parent=mRNA00003;Name=edenprotein.4"
]

/** What hangs on no gene; a gene beside it, since a dataset has one. */
const gene = "ctg123 . gene 100000 100900 . + . ID=any"

const examples: ReadonlyArray<readonly [what: string, lines: ReadonlyArray<string>]> = [
  ["the canonical gene", canonical],
  [
    "a polycistronic transcript",
    [
      "ctg123 . gene 3000 3400 . + . ID=gene01",
      "ctg123 . gene 3500 3900 . + . ID=gene02",
      "ctg123 . mRNA 3000 3900 . + . ID=tran01;Parent=gene01,gene02",
      "ctg123 . exon 3000 3900 . + . ID=exon00001;Parent=tran01",
      "ctg123 . CDS 3000 3400 . + 0 ID=cds01;Parent=tran01",
      "ctg123 . CDS 3500 3900 . + 0 ID=cds02;Parent=tran01"
    ]
  ],
  [
    "a gene with an intein",
    [
      "ctg123 . gene 1000 2099 . + . ID=g",
      "ctg123 . mRNA 1000 2099 . + . ID=t;Parent=g",
      "ctg123 . CDS 1000 2099 . + 0 ID=c;Parent=t",
      "ctg123 . intein 1300 1599 . + . ID=i;Derives_from=t",
      "ctg123 . mature_protein_region 1000 2099 . + . ID=p;Derives_from=c"
    ]
  ],
  [
    "a trans-spliced gene",
    [
      "ctg123 . gene 2000 2900 . + . ID=g;exception=trans-splicing;part=1",
      "ctg123 . gene 8000 8900 . - . ID=g;exception=trans-splicing;part=2",
      "ctg123 . mRNA 2000 2900 . + . ID=t;Parent=g;exception=trans-splicing;part=1",
      "ctg123 . mRNA 8000 8900 . - . ID=t;Parent=g;exception=trans-splicing;part=2",
      "ctg123 . exon 2000 2900 . + . Parent=t",
      "ctg123 . exon 8000 8900 . - . Parent=t"
    ]
  ],
  [
    "a programmed frameshift",
    [
      "ctg123 . gene 1000 2000 . + . ID=g",
      "ctg123 . mRNA 1000 2000 . + . ID=t;Parent=g",
      "ctg123 . exon 1000 2000 . + . Parent=t",
      "ctg123 . CDS 1000 1500 . + 0 ID=c;Parent=t",
      "ctg123 . CDS 1500 1999 . + 0 ID=c;Parent=t"
    ]
  ],
  [
    "an operon",
    [
      "ctg123 . operon 1000 3000 . + . ID=operon01;Name=superOperon",
      "ctg123 . gene 1000 1900 . + . ID=gene01;Parent=operon01;Name=resA",
      "ctg123 . gene 2000 2900 . + . ID=gene02;Parent=operon01;Name=resB",
      "ctg123 . mRNA 1000 2900 . + . ID=t;Parent=gene01,gene02"
    ]
  ],
  [
    "alignments with Target and Gap",
    [
      gene,
      "ctg123 . cDNA_match 1050 9000 6.2e-45 + . ID=match00001;Target=cdna0123 12 2964;Gap=M451 D3499 M501 D1499 M2001",
      "ctg123 . match_set 22000 22500 . + . ID=multi",
      "ctg123 . EST_match 22000 22200 2.2e-30 + . ID=m2;Parent=multi;Target=mjm1123.5 5 506 +",
      "ctg123 . nucleotide_match 26122 26126 . - . ID=m3;Target=EST23 1 21;Gap=M8 D3 M6 I1 M6"
    ]
  ],
  [
    "an alignment on several rows",
    [
      gene,
      "ctg123 . cDNA_match 1050 1500 5.8e-42 + . ID=match00001;Target=cdna0123 12 462",
      "ctg123 . cDNA_match 5000 5500 8.1e-43 + . ID=match00001;Target=cdna0123 463 963",
      "ctg123 . cDNA_match 7000 9000 1.4e-40 + . ID=match00001;Target=cdna0123 964 2964"
    ]
  ]
]

describe("the specification's own examples are taken", () => {
  it.effect.each(examples)("%s", ([, lines]) =>
    Effect.gen(function* () {
      const { code, refused } = yield* decide({ gff3: head + region + rows(...lines), fasta })
      assert.deepStrictEqual([code, refused], [0, []])
    })
  )

  it.effect("a circular genome, whose gene crosses the origin", () =>
    Effect.gen(function* () {
      const gff3 =
        head +
        rows(
          "J02448 GenBank region 1 6407 . + . ID=J02448;Name=J02448;Is_circular=true",
          "J02448 GenBank gene 6006 7238 . + . ID=geneII;Name=II;Note=protein II",
          "J02448 GenBank CDS 6006 7238 . + 0 ID=cdsII;Parent=geneII"
        )
      const { code, refused } = yield* decide({
        gff3: gff3.replace(head, `${head}##sequence-region J02448 1 6407\n`),
        fasta: sequence("J02448", 6407)
      })
      assert.deepStrictEqual([code, refused], [0, []])
    })
  )
})
