import { assert, describe, it } from "@effect/vitest"
import type { Gff3Row } from "../../../../../plugins/atlas/format/gff3/row.ts"
import type { OntologyOutcome } from "../../../../../plugins/atlas/format/model/ontology-model.ts"
import { absent, datasets, plainBytes } from "../shared-data.ts"
import { gff3, modelOf, modelOfRows, rowsOf } from "./model-of.ts"

const modelIn = (lines: ReadonlyArray<string>) => {
  const { model, errors } = modelOf(lines)
  if (model === undefined) throw new Error(errors.map((e) => e.message).join("; "))
  return model
}

const ids = (lines: ReadonlyArray<string>) => {
  const model = modelIn(lines)
  return {
    genes: model.genes.map((g) => g.gene_id),
    transcripts: model.transcripts.map((t) => [t.transcript_id, t.parent_gene_id, t.transcript_type])
  }
}

const namesOf = (outcome: OntologyOutcome) => outcome.findings.map((f) => f.name)

describe("genes and transcripts", () => {
  it("come from gene, transcript, exon and CDS rows", () => {
    const model = modelIn([
      "chr1 gene 1 900 + . ID=g;Name=alpha;gene_biotype=protein_coding",
      "chr1 mRNA 1 900 + . ID=t;Parent=g;transcript_biotype=nonsense_mediated_decay",
      "chr1 exon 1 100 + . ID=e1;Parent=t",
      "chr1 exon 801 900 + . Parent=t",
      "chr1 CDS 51 100 + 0 ID=c;Parent=t",
      "chr1 CDS 801 850 + 1 ID=c;Parent=t"
    ])
    assert.deepStrictEqual(model.genes, [
      {
        gene_id: "g",
        gene_name: "alpha",
        biotype: "protein_coding",
        seqid: "chr1",
        start: 1,
        end: 900,
        transcript_count: 1,
        exon_count: 2,
        total_exon_span: 200,
        cds_present: true,
        sequence_length: 900
      }
    ])
    assert.deepStrictEqual(model.transcripts, [
      {
        transcript_id: "t",
        parent_gene_id: "g",
        transcript_type: "mRNA",
        biotype: "nonsense_mediated_decay",
        seqid: "chr1",
        start: 1,
        end: 900,
        exon_count: 2,
        total_exon_span: 200,
        cds_present: true,
        sequence_length: 900,
        spliced_length: null,
        cds_span_length: null
      }
    ])
    assert.deepStrictEqual(
      model.exons.map((e) => [e.exon_id, e.exon_length]),
      [
        ["e1", 100],
        ["line4_t", 100]
      ]
    )
    assert.deepStrictEqual(
      model.cds.map((c) => [c.cds_id, c.start, c.phase]),
      [
        ["c", 51, 0],
        ["c", 801, 1]
      ]
    )
    assert.deepStrictEqual([...model.biotypeSources], [["attribute:gene_biotype", 1]])
    assert.deepStrictEqual(
      model.lineage.get("exon\tchr1\t801\t900")?.map((l) => [l.gff3_line, l.source_feature_id, l.parent_ids]),
      [[4, null, ["t"]]]
    )
    assert.deepStrictEqual([...model.lineage.keys()].sort(), [
      "CDS\tchr1\t51\t100",
      "CDS\tchr1\t801\t850",
      "exon\tchr1\t1\t100",
      "exon\tchr1\t801\t900",
      "gene\tchr1\t1\t900",
      "mRNA\tchr1\t1\t900"
    ])
  })

  it("share an exon that has several Parents", () => {
    const model = modelIn([
      "chr1 gene 1 90 + . ID=g",
      "chr1 mRNA 1 90 + . ID=t;Parent=g",
      "chr1 mRNA 1 90 + . ID=u;Parent=g",
      "chr1 exon 1 90 + . ID=e;Parent=t,u"
    ])
    assert.deepStrictEqual(
      model.exons.map((e) => [e.exon_id, e.transcript_id]),
      [
        ["e", "t"],
        ["e", "u"]
      ]
    )
    assert.strictEqual(model.genes[0]?.total_exon_span, 180)
  })

  it.each([
    [
      "a gene with CDS is its own transcript",
      ["chr1 gene 1 9 + . ID=g", "chr1 CDS 1 9 + 0 Parent=g"],
      { genes: ["g"], transcripts: [["g", "g", "mRNA"]] }
    ],
    [
      "a gene without children is its own transcript",
      ["chr1 gene 1 9 + . ID=g"],
      { genes: ["g"], transcripts: [["g", "g", "transcript"]] }
    ],
    ["a pseudogene is a gene", ["chr1 pseudogene 1 9 + . ID=p"], { genes: ["p"], transcripts: [["p", "p", "pseudogenic_transcript"]] }],
    [
      "a gene with an RNA is not its own transcript",
      ["chr1 gene 1 9 + . ID=g", "chr1 tRNA 1 9 + . ID=r;Parent=g"],
      { genes: ["g"], transcripts: [["r", "g", "tRNA"]] }
    ],
    [
      "a transcript under a transcript belongs to the gene above",
      ["chr1 gene 1 9 + . ID=g", "chr1 primary_transcript 1 9 + . ID=p;Parent=g", "chr1 miRNA 1 5 + . ID=m;Parent=p"],
      {
        genes: ["g"],
        transcripts: [
          ["m", "g", "miRNA"],
          ["p", "g", "primary_transcript"]
        ]
      }
    ],
    [
      "a transcript under two genes is held with the first, and the other gene has no transcript of its own",
      ["chr1 gene 1 9 + . ID=g", "chr1 gene 3 9 + . ID=h", "chr1 mRNA 1 9 + . ID=t;Parent=g,h"],
      { genes: ["g", "h"], transcripts: [["t", "g", "mRNA"]] }
    ],
    [
      "a type the ontology does not know is a transcript if it hangs between gene and exons",
      ["chr1 gene 1 9 + . ID=g", "chr1 circular_ncRNA 1 9 + . ID=r;Parent=g", "chr1 exon 1 9 + . Parent=r"],
      { genes: ["g"], transcripts: [["r", "g", "circular_ncRNA"]] }
    ],
    [
      "… and a gene if transcripts hang below it",
      ["chr1 my_gene 1 9 + . ID=g", "chr1 mRNA 1 9 + . ID=t;Parent=g"],
      { genes: ["g"], transcripts: [["t", "g", "mRNA"]] }
    ],
    [
      "a CDS without Parent gets a gene, named by its locus_tag first",
      ["chr1 CDS 1 9 + 0 ID=c;gene=x;locus_tag=L1"],
      { genes: ["L1"], transcripts: [["L1", "L1", "mRNA"]] }
    ],
    ["… by its gene", ["chr1 CDS 1 9 + 0 ID=c;protein_id=p;gene=x"], { genes: ["x"], transcripts: [["x", "x", "mRNA"]] }],
    ["… by its protein_id", ["chr1 CDS 1 9 + 0 ID=c;protein_id=p"], { genes: ["p"], transcripts: [["p", "p", "mRNA"]] }],
    [
      "… by its line",
      ["chr1 repeat_region 1 9 + .", "chr1 CDS 1 9 + 0 ID=c"],
      { genes: ["cds:2"], transcripts: [["cds:2", "cds:2", "mRNA"]] }
    ],
    [
      "an RNA without Parent is a transcript whose gene is named, not counted",
      ["chr1 gene 1 9 + . ID=g", "chr1 tRNA 20 90 + . ID=r;gene=trnA"],
      {
        genes: ["g"],
        transcripts: [
          ["g", "g", "transcript"],
          ["r", "trnA", "tRNA"]
        ]
      }
    ],
    [
      "a coding RNA without Parent gets a gene",
      ["chr1 mRNA 1 90 + . ID=t;gene=x", "chr1 CDS 1 9 + 0 Parent=t"],
      { genes: ["x"], transcripts: [["t", "x", "mRNA"]] }
    ],
    [
      "CDS of one locus_tag are of one gene; of one name only where they overlap",
      [
        "chr1 CDS 1 9 + 0 ID=a;locus_tag=L",
        "chr1 CDS 50 58 + 0 ID=b;locus_tag=L",
        "chr1 CDS 100 108 + 0 ID=c;gene=x",
        "chr1 CDS 103 111 + 0 ID=d;gene=x",
        "chr1 CDS 200 208 + 0 ID=e;gene=x"
      ],
      {
        genes: ["L", "x", "x:5"],
        transcripts: [
          ["L", "L", "mRNA"],
          ["x", "x", "mRNA"],
          ["x:5", "x:5", "mRNA"]
        ]
      }
    ],
    [
      "a CDS that names a gene of the file lies with it",
      ["chr1 gene 1 90 + . ID=x", "chr1 CDS 1 9 + 0 ID=c;gene=x"],
      { genes: ["x"], transcripts: [["x", "x", "mRNA"]] }
    ],
    [
      "a gene without ID is named by its locus_tag",
      ["chr1 gene 1 9 + . locus_tag=L"],
      { genes: ["L"], transcripts: [["L", "L", "transcript"]] }
    ],
    [
      "repeats, regions and the like are no part of the model",
      ["chr1 chromosome 1 1000 . . ID=chr1", "chr1 gene 1 9 + . ID=g", "chr1 repeat_region 1 9 + . ID=r"],
      { genes: ["g"], transcripts: [["g", "g", "transcript"]] }
    ]
  ] as const)("%s", (_title, lines, expected) => {
    assert.deepStrictEqual(ids(lines), expected as never)
  })

  it("have a name and a biotype, never unknown", () => {
    const model = modelIn([
      "chr1 gene 1 9 + . ID=a;gene_name=n1;Name=n2",
      "chr1 gene 11 19 + . ID=b;gene=n3;biotype=unknown",
      "chr1 CDS 11 19 + 0 Parent=b",
      "chr1 gene 21 29 + . ID=c;locus_tag=n4",
      "chr1 tRNA 21 29 + . ID=r;Parent=c",
      "chr1 pseudogene 31 39 + . ID=d",
      "chr1 ncRNA_gene 41 49 + . ID=e;gene_type=lncRNA"
    ])
    assert.deepStrictEqual(
      model.genes.map((g) => [g.gene_id, g.gene_name, g.biotype]),
      [
        ["a", "n1", "gene"],
        ["b", "n3", "protein_coding"],
        ["c", "n4", "tRNA"],
        ["d", "d", "pseudogene"],
        ["e", "e", "lncRNA"]
      ]
    )
    assert.deepStrictEqual(
      [...model.biotypeSources],
      [
        ["attribute:gene_type", 1],
        ["derived:structure", 4]
      ]
    )
    assert.deepStrictEqual(model.anomalies.scientific_ambiguities, [])
  })

  it("stand in the order of sequence, start and id, bytewise", () => {
    const model = modelIn(["chr2 gene 1 9 + . ID=a", "chr1 gene 5 9 + . ID=b", "chr1 gene 5 8 + . ID=B", "chr1 gene 2 9 + . ID=z"])
    assert.deepStrictEqual(
      model.genes.map((g) => g.gene_id),
      ["z", "B", "b", "a"]
    )
  })
})

describe("findings", () => {
  it("are none for a sound annotation", () => {
    assert.deepStrictEqual(
      modelOf(["chr1 gene 1 9 + . ID=g", "chr1 mRNA 1 9 + . ID=t;Parent=g", "chr1 three_prime_UTR 8 9 + . Parent=t"]).findings,
      []
    )
  })

  it("tell inferred genes once a file, with the count", () => {
    const { findings } = modelOf([
      "chr1 gene 1 9 + . ID=g",
      "chr1 tRNA 20 30 + . ID=r",
      "chr1 CDS 40 48 + 0 ID=a",
      "chr1 CDS 60 68 + 0 ID=b"
    ])
    assert.deepStrictEqual(findings, [
      { name: "gene-inferred", at: "gff3", message: "one RNA and 2 CDS without a gene: the gene is inferred (first on line 2)" }
    ])
  })

  it("tell a type that is no term, and which may be meant", () => {
    const { findings } = modelOf(["chr1 gene 1 9 + . ID=g", "chr1 three_prime_utr 8 9 + .", "chr1 three_prime_utr 8 9 + ."])
    assert.deepStrictEqual(findings, [
      {
        name: "unknown-feature-type",
        at: "three_prime_utr",
        message: '"three_prime_utr" of 2 rows (first on line 2) is no term of the Sequence Ontology; is three_prime_UTR meant?'
      }
    ])
  })

  it("tell children outside their Parent, whichever comes first", () => {
    assert.deepStrictEqual(namesOf(modelOf(["chr1 gene 1 9 + . ID=g", "chr1 mRNA 1 10 + . ID=t;Parent=g"])), ["child-outside-parent"])
    assert.deepStrictEqual(namesOf(modelOf(["chr1 mRNA 1 10 + . ID=t;Parent=g", "chr1 gene 1 9 + . ID=g"])), ["child-outside-parent"])
    assert.deepStrictEqual(namesOf(modelOf(["chr2 mRNA 1 9 + . ID=t;Parent=g", "chr1 gene 1 9 + . ID=g"])), ["child-outside-parent"])
  })

  it("do not blame a child behind the origin of a circle", () => {
    const circle = "chr1 region 1 1000 + . ID=chr1;Is_circular=true"
    assert.deepStrictEqual(modelOf([circle, "chr1 gene 990 1010 + . ID=g", "chr1 CDS 1 9 + 0 Parent=g"]).findings, [])
    assert.deepStrictEqual(namesOf(modelOf([circle, "chr1 gene 990 1010 + . ID=g", "chr1 CDS 5 13 + 0 Parent=g"])), [
      "child-outside-parent"
    ])
  })

  it("tell exons that belong nowhere, transcripts of several genes, and genes without ID", () => {
    const lines = [
      "chr1 gene 1 9 + . locus_tag=a",
      "chr1 gene 1 9 + . ID=b",
      "chr1 gene 1 9 + . ID=c",
      "chr1 mRNA 1 9 + . ID=t;Parent=b,c",
      "chr1 exon 1 9 + ."
    ]
    assert.deepStrictEqual(namesOf(modelOf(lines)).sort(), ["exon-without-transcript", "feature-without-id", "transcript-of-several-genes"])
  })

  it.each([
    ["a stop within", "ATGTAAGCTTAA", "", ["cds-internal-stop"]],
    ["bases that make no whole codons", "ATGGCTTAAA", "", ["cds-length", "cds-without-stop"].slice(0, 1)],
    ["no start codon", "GCTGCTTAA", "", ["cds-without-start"]],
    ["no stop codon", "ATGGCTGCT", "", ["cds-without-stop"]],
    ["a start of bacteria, no table being stated", "GTGGCTTAA", "", []],
    ["the same start where the standard code is stated", "GTGGCTTAA", ";transl_table=1", ["cds-without-start"]],
    ["partial ends", "GCTGCTGC", ";partial=true", []],
    ["a stop that is stated to be read through", "ATGTGAGCTTAA", ";transl_except=(pos:4..6,aa:Sec)", []],
    ["another translation than stated", "ATGGCTTAA", ";translation=MG", ["cds-translation-differs"]],
    ["the translation that is stated", "ATGGCTTAA", ";translation=MA", []],
    ["a genetic code that does not exist", "ATGGCTTAA", ";transl_table=99", ["genetic-code-unknown"]]
  ] as const)("look at every CDS: %s", (_title, sequence, attributes, expected) => {
    const rows = rowsOf(gff3("chr1 gene 1 100 + . ID=g", `chr1 CDS 1 ${sequence.length} + 0 ID=c;Parent=g${attributes}`))
    const { findings } = modelOfRows(rows, { chr1: 100 }, (_name, start, end) => Buffer.from(sequence).subarray(start - 1, end))
    assert.deepStrictEqual(
      findings.map((f) => f.name),
      [...expected]
    )
  })
})

/** Deterministic, so that a failure can be seen again (mulberry32). */
const shuffled = (rows: ReadonlyArray<Gff3Row>, seed: number): ReadonlyArray<Gff3Row> => {
  const out = [...rows]
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1))
    ;[out[i], out[j]] = [out[j]!, out[i]!]
  }
  return out
}

const text = (outcome: OntologyOutcome): string =>
  JSON.stringify({
    ...outcome,
    seqids: [...outcome.seqids].sort(),
    errors: outcome.errors.map((e) => [e._tag, e.where, e.message]),
    model: {
      ...outcome.model,
      lineage: [...(outcome.model?.lineage ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)),
      biotypeSources: [...(outcome.model?.biotypeSources ?? [])]
    }
  })

const own = rowsOf(
  gff3(
    "chr1 region 1 1000 + . ID=chr1;Is_circular=true",
    "chr1 gene 990 1010 + . ID=o",
    "chr1 CDS 990 1010 + 0 ID=oc;Parent=o",
    "chr1 gene 1 500 + . ID=g;Name=x",
    "chr1 mRNA 1 500 + . ID=t;Parent=g",
    "chr1 mRNA 20 510 + . ID=u;Parent=g",
    "chr1 exon 1 100 + . ID=e;Parent=t,u",
    "chr1 CDS 10 39 + 0 ID=c;Parent=t",
    "chr1 CDS 60 89 + 0 ID=c;Parent=t",
    "chr1 gene 600 700 - . ID=h",
    "chr1 mRNA 600 700 - . ID=v;Parent=h,g",
    "chr1 odd 600 700 - . ID=w;Parent=h",
    "chr1 exon 600 650 - . Parent=w",
    "chr2 tRNA 1 70 + . ID=r;gene=trnA",
    "chr2 CDS 100 108 + 0 ID=k;locus_tag=L",
    "chr2 CDS 300 308 + 0 ID=l;locus_tag=L",
    "chr2 CDS 400 408 + 0 ID=m;gene=n",
    "chr2 CDS 500 508 + 0 ID=q;gene=n",
    "chr2 gene 600 690 + . ID=s;part=1",
    "chr2 gene 800 890 + . ID=s;part=2"
  )
)

describe("the order of rows does not matter", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("in an annotation of all that is odd (shuffle %i)", (seed) => {
    const lengths = { chr1: 1000, chr2: 1000 }
    const wanted = modelOfRows(own, lengths)
    assert.isAbove(wanted.model?.genes.length ?? 0, 5)
    assert.strictEqual(text(modelOfRows(shuffled(own, seed), lengths)), text(wanted))
  })

  for (const { id, annotation } of datasets.filter((d) => /SGD|phix|ASM985889v3|ensembl_slices|3seq|chr21/.test(d.id))) {
    it(`in ${id}, also with every child before its parents`, () => {
      const rows = rowsOf(plainBytes(annotation))
      const lengths: Record<string, number> = {}
      for (const row of rows) lengths[row.seqid] = Math.max(lengths[row.seqid] ?? 0, row.end)
      const wanted = text(modelOfRows(rows, lengths))
      assert.include(wanted, '"errors":[]')
      // Not strictEqual: the texts are megabytes.
      assert.isTrue(text(modelOfRows(rows.toReversed(), lengths)) === wanted)
      assert.isTrue(text(modelOfRows(shuffled(rows, 7), lengths)) === wanted)
    })
  }
})

describe.skipIf(absent)("counts by the Sequence Ontology", () => {
  // Where nothing is inferred the ontology's own counts must come out; a gene without transcript counts as its own.
  it("fit the oracle for human chromosome 21, whose children come before their parents", () => {
    const dataset = datasets.find((d) => d.id.includes("chr21"))
    if (dataset === undefined) throw new Error("no chr21")
    const { so_counts: so, gt_stat: gt } = dataset.oracle as unknown as Record<"so_counts" | "gt_stat", Record<string, number>>
    const { model, findings } = modelOfRows(rowsOf(plainBytes(dataset.annotation)), { "21": 46_709_983 })
    assert.strictEqual(model?.genes.length, so["genes"])
    assert.strictEqual(model?.cdsRows, so["cds_rows"])
    // genometools counts a row once for each Parent, as the tables hold it.
    assert.strictEqual(model?.exons.length, gt["exons"])
    assert.strictEqual(model?.cds.length, gt["CDSs"])
    const own = model?.transcripts.filter((t) => t.transcript_id === t.parent_gene_id).length ?? 0
    assert.strictEqual(model?.transcripts.length, (so["transcripts_wide"] ?? 0) + own)
    // RNA (24) and processed_transcript (7) are no genes in the ontology, but Ensembl hung transcripts below them.
    assert.deepStrictEqual(
      findings.map((f) => [f.name, f.message.slice(0, 7)]),
      [
        ["unknown-feature-type", '"RNA" o'],
        ["gene-inferred", "31 RNAs"]
      ]
    )
    assert.strictEqual(
      model?.transcripts.find((t) => t.transcript_id === "transcript:ENST00000610788")?.parent_gene_id,
      "gene:ENSG00000277777"
    )
  })
})
