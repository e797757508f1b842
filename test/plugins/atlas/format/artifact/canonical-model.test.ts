import { assert, describe, it } from "@effect/vitest"
import { canonicalJson } from "../../../../../plugins/atlas/format/canonical-json.ts"
import { featureObject, nestedGenes, queryObject } from "../../../../../plugins/atlas/format/artifact/canonical-model.ts"
import { contigClass, contigLabel, contigRank, namingStyle } from "../../../../../plugins/atlas/format/artifact/contig-class.ts"
import { geneLineage } from "../../../../../plugins/atlas/format/artifact/gene-lineage.ts"
import { JsonElements, NotAList } from "../../../../../plugins/atlas/format/artifact/json-elements.ts"
import { deepSignature, ingestSignature } from "../../../../../plugins/atlas/format/artifact/signature.ts"
import type { CdsSegment, GeneModel, Lineage } from "../../../../../plugins/atlas/format/model/gene-model.ts"
import { goldenModel, goldens, mini } from "./golden.ts"

const segment = (cds_id: string, transcript_id: string): CdsSegment => ({
  cds_id,
  transcript_id,
  seqid: "chr1",
  start: 1,
  end: 9,
  cds_length: 9,
  phase: 0
})

const row = (gff3_line: number, id: string | null, parent: string): Lineage => ({
  gff3_line,
  seqid: "chr1",
  feature_type: "CDS",
  source_feature_id: id,
  parent_ids: [parent],
  record_sha256: "0".repeat(64)
})

const cdsLines = (segments: ReadonlyArray<CdsSegment>, rows: ReadonlyArray<Lineage>) => {
  const [gene] = goldenModel(mini).genes
  const [transcript] = goldenModel(mini).transcripts
  if (gene === undefined || transcript === undefined) throw new Error("no gene")
  const nested = {
    row: gene,
    completeness: "complete" as const,
    transcripts: [{ row: transcript, exons: [], cds: segments, completeness: "complete" as const }]
  }
  const source = geneLineage(nested, new Map([["CDS\tchr1\t1\t9", rows]]))
  return segments.map((_, i) => source.ofCds(0, i).map((r) => r.gff3_line))
}

describe("the canonical objects", () => {
  it("have their keys in byte order, so that JSON.stringify gives canonical JSON", () => {
    for (const golden of goldens) {
      const model = goldenModel(golden)
      for (const gene of nestedGenes(model))
        for (const object of [
          featureObject(gene, geneLineage(gene, model.lineage as ReadonlyMap<string, ReadonlyArray<Lineage>>)),
          queryObject(gene)
        ])
          assert.strictEqual(JSON.stringify(object), canonicalJson(object))
    }
  })

  it("do not depend on the order of the model's exons and CDS", () => {
    const model = goldenModel(mini)
    const shuffled: GeneModel = {
      ...model,
      exons: model.exons.toReversed(),
      cds: model.cds.toReversed(),
      transcripts: model.transcripts.toReversed()
    }
    assert.deepStrictEqual([...nestedGenes(shuffled)], [...nestedGenes(model)])
  })

  it("give each CDS its own row among rows of one place: by Parent, by ID, by line, and by turn for equals", () => {
    assert.deepStrictEqual(cdsLines([segment("c", "t2")], [row(1, "c", "t1"), row(2, "c", "t2")]), [[2]])
    assert.deepStrictEqual(cdsLines([segment("d", "t1")], [row(1, "c", "t1"), row(2, "d", "t1")]), [[2]])
    assert.deepStrictEqual(cdsLines([segment("cds_line_2_t1", "t1")], [row(1, null, "t1"), row(2, null, "t1")]), [[2]])
    assert.deepStrictEqual(cdsLines([segment("c", "t1"), segment("c", "t1")], [row(1, "c", "t1"), row(2, "c", "t1")]), [[1], [2]])
  })
})

describe("the signatures", () => {
  it("differ by the lengths in the ingest form alone, and the deep form takes an empty biotype for none", () => {
    const { genes, transcripts } = goldenModel(mini)
    const longer = transcripts.map((t) => ({ ...t, spliced_length: 7 }))
    assert.notStrictEqual(ingestSignature(genes, longer), ingestSignature(genes, transcripts))
    assert.strictEqual(deepSignature(genes, longer), deepSignature(genes, transcripts))
    const emptied = transcripts.map((t) => ({ ...t, biotype: t.biotype ?? "" }))
    assert.strictEqual(deepSignature(genes, emptied), deepSignature(genes, transcripts))
    assert.strictEqual(deepSignature(genes.toReversed(), transcripts.toReversed()), deepSignature(genes, transcripts))
  })
})

describe("a sequence's name", () => {
  it("tells its class", () => {
    const expected = {
      chr1: "primary_autosome",
      "18446744073709551615": "primary_autosome",
      "18446744073709551616": "unclassified",
      chrX: "sex_chromosome",
      W: "sex_chromosome",
      MT: "mitochondrial",
      chrM: "mitochondrial",
      mitochondria: "mitochondrial",
      plasmid_a: "plasmid",
      my_scaffold: "scaffold",
      SCF12: "scaffold",
      chr1_random: "alternate",
      GL000192: "alternate",
      KI270706: "alternate",
      peralta: "alternate",
      chrI: "unclassified",
      "2-micron": "unclassified"
    }
    for (const [name, kind] of Object.entries(expected)) assert.strictEqual(contigClass(name), kind, name)
  })

  it("tells its label, its rank and the naming style", () => {
    assert.deepStrictEqual(["chrM", "mt", "chrX", " 2 "].map(contigLabel), ["mitochondrial", "mitochondrial", "x", "2"])
    assert.deepStrictEqual(
      ["chr10", "2", "chrX", "Y", "chrMT", "scaffold"].map((name) => [contigRank(name).group, Number(contigRank(name).number)]),
      [
        [0, 10],
        [0, 2],
        [1, 0],
        [2, 0],
        [3, 0],
        [4, 0]
      ]
    )
    assert.deepStrictEqual(
      [["chr1", "2"], ["chr1", "x"], ["1", "x"], ["x"]].map((names) => namingStyle(names)),
      ["mixed_chr_and_plain", "chr_prefixed", "plain_numeric", "noncanonical"]
    )
  })
})

const split = (text: string, size: number) => {
  const elements: Array<string> = []
  const reader = new JsonElements('{"genes":[', 1000, (element) => elements.push(element))
  const bytes = Buffer.from(text)
  for (let i = 0; i < bytes.length; i += size) reader.push(Buffer.from(bytes.subarray(i, i + size)))
  return { elements, tail: reader.end() }
}

describe("the elements of a JSON list", () => {
  it("are found however the bytes are cut", () => {
    const elements = ['{"a":"}]\\"","b":[{"c":{}}]}', '{"é":"ψ\\\\"}', "{}"]
    for (let size = 1; size < 60; size++)
      assert.deepStrictEqual(split(`{"genes":[${elements.join(",")}],"z":[1]}`, size), { elements, tail: '],"z":[1]}' })
    assert.deepStrictEqual(split('{"genes":[]}', 5), { elements: [], tail: "]}" })
  })

  it("are refused where they are no list of objects, too long, or cut short", () => {
    for (const text of [
      '{"genos":[]}',
      '{"genes":[1]}',
      '{"genes":[{},]}',
      '{"genes":[{}{}]}',
      '{"genes":[{"a":',
      '{"genes":[ {}]}',
      `{"genes":[{"a":"${"x".repeat(2000)}"}]}`
    ])
      assert.throws(() => split(text, 7), NotAList, undefined, text)
  })
})
