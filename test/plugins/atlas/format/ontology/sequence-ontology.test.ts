import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { isGeneSegment, kindOf } from "../../../../../plugins/atlas/format/ontology/category.ts"
import { isA, similarTerm, termOf } from "../../../../../plugins/atlas/format/ontology/sequence-ontology.ts"
import { soTerms } from "../../../../../plugins/atlas/format/ontology/so-terms.ts"

describe("the Sequence Ontology", () => {
  it("holds every term of the file it was made from", () => {
    assert.strictEqual(soTerms.split("\n").length, 2374)
    assert.deepStrictEqual(termOf("gene"), { accession: "SO:0000704", name: "gene", isA: ["SO:0001411"], obsolete: false, replacedBy: [] })
  })

  it("follows is_a upwards over several steps, by name or accession", () => {
    assert.isTrue(isA("mRNA", "transcript"))
    assert.isTrue(isA("SO:0000234", "SO:0000673"))
    assert.isTrue(isA("SRP_RNA", "transcript"))
    assert.isTrue(isA("transposable_element_gene", "gene"))
    assert.isTrue(isA("lincRNA_gene", "gene"))
    assert.isTrue(isA("noncoding_exon", "exon"))
    assert.isTrue(isA("gene", "gene"))
  })

  it("does not go downwards or across, and names are case-sensitive", () => {
    assert.isFalse(isA("transcript", "mRNA"))
    assert.isFalse(isA("pseudogene", "gene"))
    assert.isFalse(isA("CDS", "exon"))
    assert.isFalse(isA("cds", "CDS"))
    assert.isFalse(isA("no such term", "gene"))
    assert.strictEqual(similarTerm("five_prime_utr")?.name, "five_prime_UTR")
  })

  it("reads an obsolete term as what replaces it, and an alternative accession as its term", () => {
    for (const line of soTerms.split("\n")) {
      const [, name = "", , obsolete = ""] = line.split("\t")
      const replacements = obsolete
        .slice(1)
        .split(",")
        .filter((d) => d !== "")
      if (!obsolete.startsWith("!") || replacements.length !== 1) continue
      assert.isFalse(termOf(name)?.obsolete ?? true, name)
    }
    const alternative = soTerms.split("\n").find((line) => line.split("\t")[4] !== undefined)
    const [digits = "", , , , others = ""] = alternative?.split("\t") ?? []
    assert.strictEqual(termOf(`SO:${others.split(",")[0]}`)?.accession, `SO:${digits}`)
  })
})

const obo = "/usr/share/genometools/gtdata/obo_files/so.obo"
const installed = fs.existsSync(obo)
if (!installed) console.warn("SKIPPED: genometools-common is not installed, so the table of terms is not made anew")

describe.skipIf(!installed)("the table of terms", () => {
  it("is what the generator makes of the ontology's file", () => {
    const folder = path.resolve(import.meta.dirname, "../../../../../plugins/atlas/format/ontology")
    const made = spawnSync(process.execPath, [path.join(folder, "generate.ts"), obo], { encoding: "utf8", maxBuffer: 2 ** 24 })
    assert.isTrue(made.stdout === fs.readFileSync(path.join(folder, "so-terms.ts"), "utf8"), made.stderr)
  })
})

describe("what a type means for a gene model", () => {
  it.each([
    ["gene", "gene", false],
    ["transposable_element_gene", "gene", false],
    ["pseudogene", "gene", true],
    ["processed_pseudogene", "gene", true],
    ["mRNA", "transcript", false],
    ["tRNA", "transcript", false],
    ["pseudogenic_tRNA", "transcript", true],
    ["NMD_transcript_variant", "transcript", false],
    ["J_gene_segment", "transcript", false],
    ["noncoding_exon", "exon", false],
    ["pseudogenic_exon", "exon", true],
    ["CDS", "cds", false],
    ["SO:0000316", "cds", false],
    ["three_prime_UTR", "other", false],
    ["repeat_region", "other", false],
    ["chromosome", "other", false],
    ["cds", "unknown", false],
    ["misc_feature", "unknown", false]
  ] as const)("%s is %s", (type, category, pseudo) => {
    assert.deepStrictEqual(kindOf(type), { category, pseudo })
  })

  it("tells gene segments from transcripts", () => {
    assert.isTrue(isGeneSegment("V_gene_segment"))
    assert.isFalse(isGeneSegment("mRNA"))
  })
})
