/** Whose annotation it is, and what its genes and transcripts are called for that. */
import { assert, describe, it } from "@effect/vitest"
import { chooseProfile } from "../../../../../plugins/atlas/format/profile/choose.ts"
import { profileOf, profiles, type ProfileName } from "../../../../../plugins/atlas/format/profile/profiles.ts"
import { OntologyModel } from "../../../../../plugins/atlas/format/model/ontology-model.ts"
import { rowsOf } from "../model/model-of.ts"
import { absent, datasets, plainBytes } from "../shared-data.ts"

const lines = (source: string, ...rows: ReadonlyArray<readonly [type: string, attributes: string]>) =>
  rows
    .map(([type, attributes], i) =>
      ["chr1", source, type, 10 * i + 1, 10 * i + 9, ".", "+", type === "CDS" ? 0 : ".", attributes].join("\t")
    )
    .join("\n")

/** As the providers' own files have it, one gene each; then what the dataset calls gene, name, biotype, transcript and CDS. */
const samples: ReadonlyArray<readonly [name: ProfileName, text: string, expected: Readonly<Record<string, string | null>>]> = [
  [
    "ensembl",
    lines(
      "ensembl_havana",
      ["gene", "ID=gene:ENSG00000142192;Name=APP;biotype=protein_coding;gene_id=ENSG00000142192;logic_name=ensembl_havana_gene"],
      [
        "mRNA",
        "ID=transcript:ENST00000346798;Parent=gene:ENSG00000142192;Name=APP-201;biotype=protein_coding;transcript_id=ENST00000346798"
      ],
      ["CDS", "ID=CDS:ENSP00000284981;Parent=transcript:ENST00000346798;protein_id=ENSP00000284981"]
    ),
    { gene: "ENSG00000142192", name: "APP", biotype: "protein_coding", transcript: "ENST00000346798", cds: "ENSP00000284981" }
  ],
  [
    "gencode",
    lines(
      "HAVANA",
      ["gene", "ID=ENSG00000223972.5;gene_id=ENSG00000223972.5;gene_type=lncRNA;gene_name=DDX11L1;level=2"],
      [
        "transcript",
        "ID=ENST00000456328.2;Parent=ENSG00000223972.5;gene_type=lncRNA;gene_name=DDX11L1;transcript_type=processed_transcript;transcript_name=DDX11L1-202;level=2"
      ],
      ["CDS", "ID=CDS:ENST00000456328.2;Parent=ENST00000456328.2;gene_type=lncRNA;gene_name=DDX11L1;level=2"]
    ),
    {
      gene: "ENSG00000223972.5",
      name: "DDX11L1",
      biotype: "lncRNA",
      transcript: "ENST00000456328.2",
      cds: "ENST00000456328.2",
      kind: "processed_transcript"
    }
  ],
  [
    "refseq",
    lines(
      "BestRefSeq",
      ["gene", "ID=gene-APP;Dbxref=GeneID:351,HGNC:HGNC:620;Name=APP;gbkey=Gene;gene=APP;gene_biotype=protein_coding"],
      ["mRNA", "ID=rna-NM_000484.4;Parent=gene-APP;Dbxref=GeneID:351;Name=NM_000484.4;gbkey=mRNA;gene=APP;transcript_id=NM_000484.4"],
      ["CDS", "ID=cds-NP_000475.1;Parent=rna-NM_000484.4;gbkey=CDS;gene=APP;protein_id=NP_000475.1"]
    ),
    { gene: "APP", name: "APP", biotype: "protein_coding", transcript: "NM_000484.4", cds: "NP_000475.1" }
  ],
  [
    "gnomon",
    lines(
      "Gnomon",
      ["gene", "ID=gene0;Dbxref=GeneID:101234567;Name=LOC101234567;gbkey=Gene;gene=LOC101234567;gene_biotype=protein_coding"],
      ["mRNA", "ID=rna0;Parent=gene0;Dbxref=GeneID:101234567;Name=XM_004001.1;gbkey=mRNA;transcript_id=XM_004001.1"],
      ["CDS", "ID=cds0;Parent=rna0;gbkey=CDS;protein_id=XP_004001.1"]
    ),
    { gene: "GeneID:101234567", name: "LOC101234567", biotype: "protein_coding", transcript: "XM_004001.1", cds: "cds0" }
  ],
  [
    "wormbase",
    lines(
      "WormBase",
      ["gene", "ID=Gene:WBGene00022277;Name=WBGene00022277;locus=homt-1;sequence_name=Y74C9A.3;biotype=protein_coding"],
      ["mRNA", "ID=Transcript:Y74C9A.3.1;Parent=Gene:WBGene00022277;Name=Y74C9A.3.1"],
      ["CDS", "ID=CDS:Y74C9A.3;Parent=Transcript:Y74C9A.3.1"]
    ),
    { gene: "WBGene00022277", name: "homt-1", biotype: "protein_coding", transcript: "Y74C9A.3.1", cds: "Y74C9A.3" }
  ],
  [
    "flybase",
    lines(
      "FlyBase",
      ["gene", "ID=FBgn0002121;Name=l(2)gl;Alias=CG2671"],
      ["mRNA", "ID=FBtr0078166;Name=l(2)gl-RB;Parent=FBgn0002121"],
      ["CDS", "Parent=FBtr0078166"]
    ),
    { gene: "FBgn0002121", name: "l(2)gl", biotype: "protein_coding", transcript: "FBtr0078166" }
  ],
  [
    "sgd",
    lines(
      "SGD",
      ["gene", "ID=YAL068C;Name=YAL068C;gene=PAU8;Alias=PAU8"],
      ["mRNA", "ID=YAL068C_mRNA;Parent=YAL068C"],
      ["CDS", "Parent=YAL068C_mRNA;Name=YAL068C_CDS"]
    ),
    { gene: "YAL068C", name: "PAU8", biotype: "protein_coding", transcript: "YAL068C_mRNA" }
  ],
  [
    "tair",
    lines(
      "Araport11",
      ["gene", "ID=AT1G01010;Name=AT1G01010;symbol=NAC001;locus_type=protein_coding"],
      ["mRNA", "ID=AT1G01010.1;Parent=AT1G01010;Name=AT1G01010.1"],
      ["CDS", "ID=AT1G01010:CDS:1;Parent=AT1G01010.1"]
    ),
    { gene: "AT1G01010", name: "NAC001", biotype: "protein_coding", transcript: "AT1G01010.1", cds: "AT1G01010:CDS:1" }
  ],
  [
    "prokka",
    lines(
      "prokka",
      ["gene", "ID=BAC_00001_gene;Name=dmlR;gene=dmlR;locus_tag=BAC_00001"],
      ["mRNA", "ID=BAC_00001_mRNA;Parent=BAC_00001_gene;locus_tag=BAC_00001"],
      ["CDS", "ID=BAC_00001;Parent=BAC_00001_mRNA;locus_tag=BAC_00001"]
    ),
    { gene: "BAC_00001", name: "dmlR", biotype: "protein_coding", transcript: "BAC_00001", cds: "BAC_00001" }
  ],
  [
    "genedb",
    lines(
      "chado",
      ["gene", "ID=PF3D7_0100100;Name=VAR;previous_systematic_id=PFA0005w"],
      ["mRNA", "ID=PF3D7_0100100.1;Parent=PF3D7_0100100"],
      ["CDS", "ID=PF3D7_0100100.1:exon:1;Parent=PF3D7_0100100.1"]
    ),
    { gene: "PF3D7_0100100", name: "VAR", biotype: "protein_coding", transcript: "PF3D7_0100100.1", cds: "PF3D7_0100100.1:exon:1" }
  ],
  [
    "plain",
    lines("mine", ["gene", "ID=gene:1;Name=a;gene_biotype=odd"], ["mRNA", "ID=t;Parent=gene:1"], ["CDS", "ID=c;Parent=t"]),
    { gene: "gene:1", name: "a", biotype: "odd", transcript: "t", cds: "c" }
  ]
]

const modelIn = (text: string, name?: ProfileName) => {
  const rows = rowsOf(text)
  const { profile, evidence } = chooseProfile(rows, name ?? "auto")
  const model = new OntologyModel({ path: "genes.gff3", contigs: [{ name: "chr1", length: 1000 }], profile })
  for (const row of rows) model.add(row)
  const { model: made, errors } = model.finish()
  if (made === undefined) throw new Error(errors.map((e) => e.message).join("\n"))
  return { model: made, evidence }
}

describe("an annotation as its provider writes it", () => {
  it.each(samples)(
    "is known by its rows, and its ids and names follow: %s",
    (name, text, { gene, name: called, biotype, transcript, cds, kind }) => {
      // One row alone of the plain sample looks like Ensembl's, which is less than half.
      const { model, evidence } = modelIn(text)
      assert.deepInclude(evidence, { name, chosen: "evidence" })
      const [row] = model.genes
      assert.deepStrictEqual([row?.gene_id, row?.gene_name, row?.biotype], [gene, called, biotype])
      assert.deepStrictEqual(
        model.transcripts.map((t) => [t.transcript_id, t.parent_gene_id]),
        [[transcript, gene]]
      )
      if (cds !== undefined) assert.strictEqual(model.cds[0]?.cds_id, cds)
      if (kind !== undefined) assert.strictEqual(model.transcripts[0]?.biotype, kind)
    }
  )

  it("has a sample for every profile", () => {
    assert.sameMembers(
      samples.map(([name]) => name),
      profiles.map(({ name }) => name)
    )
  })

  it("keeps its IDs where that is asked for, and lineage always has them", () => {
    const [, text] = samples[0]!
    const { model, evidence } = modelIn(text, "plain")
    assert.deepStrictEqual([model.genes[0]?.gene_id, evidence.chosen], ["gene:ENSG00000142192", "given"])
    const ours = modelIn(text).model
    assert.strictEqual([...ours.lineage.values()][0]?.[0]?.source_feature_id, "gene:ENSG00000142192")
  })

  it("keeps IDs that would be alike without their prefix", () => {
    const { model } = modelIn(
      lines("e", ["gene", "ID=gene:a"], ["gene", "ID=a"], ["gene", "ID=gene:b"], ["mRNA", "ID=transcript:b;Parent=gene:b"])
    )
    assert.deepStrictEqual(
      model.genes.map((g) => g.gene_id),
      ["gene:a", "a", "b"]
    )
    assert.deepStrictEqual(
      model.transcripts.map((t) => t.transcript_id),
      ["gene:a", "a", "b"]
    )
  })

  it("is nobody's where less than half of its rows say so", () => {
    const { evidence, suggested } = chooseProfile(rowsOf(lines("x", ["gene", "ID=gene:a"], ["gene", "ID=b"], ["gene", "ID=c"])))
    assert.deepStrictEqual([evidence.name, suggested], ["plain", undefined])
  })

  it("is told to look otherwise where another profile was asked for", () => {
    assert.strictEqual(chooseProfile(rowsOf(samples[0]![1]), "refseq").suggested, "ensembl")
    assert.isUndefined(chooseProfile(rowsOf(samples[0]![1]), "ensembl").suggested)
  })

  it("takes the longest part of an ID only where something is left of it", () => {
    const { model } = modelIn(lines("e", ["gene", "ID=gene:"], ["gene", "ID=gene:x"]))
    assert.deepStrictEqual(
      model.genes.map((g) => g.gene_id),
      ["gene:", "x"]
    )
  })
})

describe.skipIf(absent)("real annotations", () => {
  const expected: Readonly<Record<string, ProfileName>> = {
    "sars_cov_2/ASM985889v3": "refseq",
    "influenza_a_h1n1/PR8_NC_002016-23": "refseq",
    "escherichia_coli_k12_mg1655/ASM584v2": "refseq",
    "prokka_example_bacterium/BAC": "prokka",
    "saccharomyces_cerevisiae/R64": "refseq",
    "saccharomyces_cerevisiae/SGD_chrI-II": "sgd",
    "caenorhabditis_elegans/WS282_first1pct": "wormbase",
    "drosophila_melanogaster/r6.42_first1pct": "flybase",
    "ostreococcus_micromonas_mix/3seq": "plain",
    "volvox/volvox": "plain",
    "organelle_nc_022868/NC_022868.1_truncated_fasta": "plain",
    "homo_sapiens/ensembl_slices": "ensembl",
    "homo_sapiens/GRCh38_chr21_annotation_only": "ensembl",
    "phix174/NC_001422.1": "plain"
  }
  it.each(datasets.map((d) => [d.id, d.annotation] as const))("are known: %s", (id, annotation) => {
    const text = plainBytes(annotation)
      .toString("utf8")
      .replace(/^##FASTA[\s\S]*/m, "")
    const sound = text
      .split("\n")
      // The influenza file has three CDS without phase.
      .filter((line) => !/\tCDS\t.*\t\.\t[^\t]*$/.test(line))
      .join("\n")
    assert.strictEqual(chooseProfile(rowsOf(sound).slice(0, 5000)).evidence.name, expected[id])
    assert.isDefined(profileOf(expected[id] ?? "plain"))
  })
})
