/** Every error path of names, features and options in the dataset contract (§2.1, §2.2, §2.5, §2.6, §2.11). */
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ingestAs, scratch } from "./recorded-run.ts"
import { feature, gene, gff3, index, inputsOf, type Refusal, refused, refusesEach } from "./refused.ts"

const cut = feature("chr1 gene x 9 ID=g")
const back = feature("chr1 gene 9 1 ID=g")
const transcript = feature("chr1 mRNA 1 9 ID=t;Parent=g")

const fixNames = "Fix source inputs so every GFF3 seqid exists in FASTA/FAI with matching naming."
const warnPolicy = "warning anomalies present. Resolve source warnings or run without --strict when policy allows."

const table: ReadonlyArray<Refusal> = [
  // names of sequences
  [
    "one chromosome under two names",
    { gff3: gff3(gene, feature("1 gene 1 9 ID=h")) },
    "SCIENTIFIC_INCOHERENT_SOURCE_COMBINATION",
    'SCIENTIFIC_INCOHERENT_SOURCE_COMBINATION: inconsistent contig naming families detected. Resolve with explicit seqid aliases or corrected sources. details=["1=>raw={\\"1\\", \\"chr1\\"}, normalized={\\"1\\", \\"chr1\\"}"]',
    10
  ],
  [
    "names that the index does not have, under lenient too",
    { gff3: gff3(gene, feature("z gene 1 9 ID=h"), feature("b gene 1 9 ID=i")), options: { strictness: "lenient" } },
    "GFF3_REFERENCE_NOT_IN_FASTA_FAI",
    `GFF3_REFERENCE_NOT_IN_FASTA_FAI: [b, z]. ${fixNames}`,
    10
  ],
  [
    "two names that the aliases make one",
    { gff3: gff3(gene, feature("1 gene 1 9 ID=h")), options: { seqidAliases: "1=chr1" } },
    "GFF3_SEQID_COLLISION",
    'GFF3_SEQID_COLLISION line=2 canonical=chr1 sources={"1", "chr1"}',
    10,
    2
  ],
  [
    "an alias that the index does not have",
    { gff3: gff3(feature("1 gene 1 9 ID=h")), options: { seqidAliases: "1=chr7" } },
    "ATLAS_V1_FEATURE",
    "contig not found in FAI: chr7",
    4,
    1
  ],
  // features
  [
    "a circle of Parents, before anything else",
    { gff3: gff3(gene, gene, feature("chr1 mRNA 1 9 ID=a;Parent=b"), feature("chr1 mRNA 1 9 ID=b;Parent=a")) },
    "ATLAS_V1_FEATURE",
    "cyclic Parent graph detected in GFF3 features",
    10
  ],
  [
    "an id on three rows, told with the types of the first and the last",
    { gff3: gff3(gene, transcript, feature("chr1 gene 1 9 ID=t"), feature("chr1 exon 1 9 ID=t;Parent=t2")) },
    "ATLAS_V1_FEATURE",
    "duplicate feature ID detected: t (mRNA, exon)",
    10,
    4
  ],
  [
    "an id on two rows of unknown types",
    { gff3: gff3(feature("chr1 region 1 9 ID=r"), feature("chr1 region 1 9 ID=r")) },
    "ATLAS_V1_FEATURE",
    "duplicate feature ID detected: r (region, region)",
    10,
    2
  ],
  [
    "a gene without ID, under lenient too",
    { gff3: gff3(gene, feature("chr1 gene 1 9 Name=h")), options: { strictness: "lenient" } },
    "ATLAS_V1_FEATURE",
    "gene feature missing ID attribute",
    10,
    2
  ],
  [
    "a gene beyond its sequence",
    { gff3: gff3(feature("chr1 gene 1 101 ID=g")) },
    "ATLAS_V1_FEATURE",
    "gene g coordinate end 101 exceeds contig chr1 length 100",
    10,
    1
  ],
  [
    "no stable id",
    { options: { geneIdentifierPolicy: "ensembl" } },
    "ATLAS_V1_FEATURE",
    "no Ensembl stable ID found and fallback disabled",
    10,
    1
  ],
  [
    "a stable id of another house",
    { gff3: gff3(feature("chr1 gene 1 9 ID=g;gene_id=X1")), options: { geneIdentifierPolicy: "ensembl" } },
    "ATLAS_V1_FEATURE",
    "strict mode requires ENS* stable ID when using Ensembl policy",
    10,
    1
  ],
  [
    "a transcript of a gene that goes by its stable id",
    {
      gff3: gff3(feature("chr1 gene 1 9 ID=gene:ENSG1;gene_id=ENSG1"), feature("chr1 mRNA 1 9 ID=t;Parent=gene:ENSG1")),
      options: { geneIdentifierPolicy: "ensembl" }
    },
    "ATLAS_V1_FEATURE",
    "transcript parent gene:ENSG1 does not reference a known gene",
    10
  ],
  [
    "a gene id on two sequences",
    { gff3: gff3(gene, feature("chr2 gene 1 9 ID=g")), options: { duplicateGeneIdPolicy: "dedupe" } },
    "ATLAS_V1_FEATURE",
    'gene_id g appears across multiple contigs: {"chr1", "chr2"}',
    10
  ],
  ["a gene id twice", { gff3: gff3(gene, gene) }, "ATLAS_V1_FEATURE", "duplicate gene_id: g", 10],
  [
    "a gene id on two sequences where that is allowed",
    { gff3: gff3(gene, feature("chr2 gene 1 9 ID=g")), options: { allowOverlapGeneIdsAcrossContigs: true } },
    "ATLAS_V1_FEATURE",
    "duplicate gene_id: g",
    10
  ],
  [
    "a transcript without an id",
    { gff3: gff3(gene, feature("chr1 mRNA 2 9 Parent=g")) },
    "GFF3_MISSING_TRANSCRIPT_ID",
    "missing transcript id for chr1:2-9",
    10,
    2
  ],
  [
    "a transcript without a Parent",
    { gff3: gff3(gene, feature("chr1 mRNA 2 9 ID=t")) },
    "GFF3_MISSING_PARENT",
    "transcript feature missing Parent attribute",
    10,
    2
  ],
  [
    "a transcript of two genes",
    { gff3: gff3(gene, feature("chr1 mRNA 2 9 ID=t;Parent=g,nobody")) },
    "GFF3_MULTI_PARENT_TRANSCRIPT",
    "transcript t has multiple Parent references",
    10,
    2
  ],
  [
    "a transcript of no gene",
    { gff3: gff3(gene, feature("chr1 mRNA 2 9 ID=t;Parent=h")) },
    "GFF3_PARENT_NOT_GENE",
    "GFF3_PARENT_NOT_GENE line=2 transcript=t parent=h expected_gene_id=true",
    10,
    2
  ],
  [
    "an exon without a Parent",
    { gff3: gff3(gene, feature("chr1 exon 2 9 ID=e")) },
    "GFF3_MISSING_PARENT",
    "exon feature missing Parent attribute",
    10,
    2
  ],
  [
    "a CDS of two transcripts",
    { gff3: gff3(gene, transcript, feature("chr1 CDS 2 9 ID=c;Parent=t,u")) },
    "GFF3_MULTI_PARENT_CHILD",
    "CDS has multiple Parent references",
    10,
    3
  ],
  [
    "a CDS of a gene",
    { gff3: gff3(gene, feature("chr1 CDS 2 9 ID=c;Parent=g")) },
    "GFF3_PARENT_NOT_TRANSCRIPT",
    "GFF3_PARENT_NOT_TRANSCRIPT line=2 feature_type=CDS parent=g expected_transcript_id=true",
    10,
    2
  ],
  [
    "two transcripts of one id",
    { gff3: gff3(gene, feature("chr1 mRNA 2 9 transcript_id=t;Parent=g"), feature("chr1 mRNA 3 9 transcript_id=t;Parent=g")) },
    "GFF3_DUPLICATE_TRANSCRIPT_ID",
    "duplicate transcript_id: t",
    10
  ],
  // after extraction
  [
    "a warning where none is allowed",
    { gff3: gff3(feature("chr1 gene 1 9 ID=g;ID=g"), feature("chr1 region 1 9 ID=r")), options: { strict: true } },
    "INGEST_WARN_POLICY_REJECTED",
    `INGEST_WARN_POLICY_REJECTED: 4 ${warnPolicy}`,
    10
  ],
  [
    "an error class alone where no warning is allowed",
    { gff3: gff3(gene, feature("chr1 region 1 9 ID=r")), options: { strict: true, reportOnly: true } },
    "INGEST_WARN_POLICY_REJECTED",
    `INGEST_WARN_POLICY_REJECTED: 0 ${warnPolicy}`,
    10
  ],
  // options
  [
    "debug output in production",
    { options: { prodMode: true, emitNormalizedDebug: true } },
    "ATLAS_V1_POLICY",
    "policy gate: normalized debug output is disabled in production mode",
    10
  ],
  [
    "shards of a grid",
    { options: { shardingPlan: "region-grid" } },
    "ATLAS_V1_POLICY",
    "region_grid sharding plan is reserved for future implementation",
    10
  ]
]

describe("atlas-v1 refuses, in the reference's words", () => {
  refusesEach(table)

  it.effect("a number that a double does not hold exactly, which the reference takes", () =>
    Effect.gen(function* () {
      const told = yield* refused(inputsOf({ gff3: gff3(feature("chr1 region 1 9007199254740993 ID=r")) }))
      assert.deepStrictEqual([told.code, told.line], ["LIMIT_EXCEEDED", 1])
    })
  )

  it.effect("a model without genes, where the reference leaves half a root behind", () =>
    Effect.gen(function* () {
      const unknown = inputsOf({ gff3: gff3(feature("chr1 region 1 9 ID=r")) })
      const told = yield* refused(unknown, { strictness: "lenient" })
      assert.deepStrictEqual([told.code, told.message], ["NO_GENES", "gene_count must be > 0"])
    })
  )

  it.effect("gene ids that the gene index cannot have", () =>
    Effect.gen(function* () {
      const long = yield* refused(inputsOf({ gff3: gff3(feature(`chr1 gene 1 9 ID=${"g".repeat(129)}`)) }))
      assert.deepStrictEqual([long.code, long.message], ["GENE_ID_UNINDEXABLE", "gene_id exceeds max length 128"])
      const empty = yield* refused(inputsOf({ gff3: gff3(feature("chr1 gene 1 9 ID=;Name=n")) }))
      assert.strictEqual(empty.message, "gene_id must not be empty")
      const longest = "\u03c8".repeat(64)
      yield* ingestAs("1/a_b/A1", inputsOf({ gff3: gff3(feature(`chr1 gene 1 9 ID=${longest}`)) }), {})
    })
  )

  it.effect("more shards than there may be", () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 513 }, (_, i) => `s${i}`)
      const input = {
        gff3: gff3(...names.map((name) => feature(`${name} gene 1 9 ID=${name}`))),
        fai: names.map((name) => `${name}\t9\n`).join("")
      }
      const told = yield* refused(inputsOf(input), { emitShards: true })
      assert.deepStrictEqual([told.code, told.message], ["ATLAS_V1_POLICY", "shard count 513 exceeds configured max_shards 512"])
      assert.strictEqual((yield* ingestAs("1/a_b/A1", inputsOf(input), { emitShards: true, shardPartitions: 3 })).facts.genes, 513)
    })
  )

  it.effect("a shard that would lie in another folder", () =>
    Effect.map(refused(inputsOf({ gff3: gff3(feature("../x gene 1 9 ID=g")), fai: "../x\t9\n" }), { emitShards: true }), ({ code }) =>
      assert.strictEqual(code, "ATLAS_V1_POLICY")
    )
  )

  it.effect("inputs that cannot be read", () =>
    Effect.gen(function* () {
      const inputs = inputsOf({})
      const missing = yield* refused({ ...inputs, gff3: `${inputs.gff3}.not` })
      assert.deepStrictEqual(
        [missing.code, missing.message],
        ["INPUT_MISSING", "read local input failed: No such file or directory (os error 2)"]
      )
      const folder = yield* refused({ ...inputs, fasta: scratch() })
      assert.deepStrictEqual([folder.code, folder.message], ["INPUT_NOT_A_FILE", "read local input failed: Is a directory (os error 21)"])
    })
  )

  it.effect("to go without an index, unless it may make one of two columns", () =>
    Effect.gen(function* () {
      const { gff3, fasta } = inputsOf({})
      const told = yield* refused({ gff3, fasta })
      assert.deepStrictEqual(told, {
        code: "FAI_REQUIRED_FOR_INGEST",
        message: `FAI_REQUIRED_FOR_INGEST: missing ${fasta}.fai. Generate with \`samtools faidx ${fasta}\` or enable --dev-auto-generate-fai for controlled development runs.`,
        line: undefined,
        exit: 10
      })
      const { folder } = yield* ingestAs("1/a_b/A1", { gff3, fasta }, { devAutoGenerateFai: true })
      assert.strictEqual(fs.readFileSync(path.join(folder, "inputs/genome.fa.bgz.fai"), "utf8"), "1\t100\nchr1\t100\nchr2\t50\n")
    })
  )
})

describe("the released program's rules", () => {
  const released = { dialect: "released" } as const

  it.effect("say other words for wrong coordinates and for warnings", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* refused(inputsOf({ gff3: gff3(cut) }), released)).message, "invalid start coordinate: x")
      assert.strictEqual((yield* refused(inputsOf({ gff3: gff3(back) }), released)).message, "invalid coordinate span: 9-1")
      const warned = yield* refused(inputsOf({ gff3: gff3(feature("chr1 gene 1 9 ID=g")) }), { ...released, strict: true })
      assert.strictEqual(warned.message, "strict warning policy rejected ingest: QC WARN present")
      assert.strictEqual(warned.code, "INGEST_WARN_POLICY_REJECTED")
    })
  )

  it.effect("let pass what later rules refuse: regions, two names of one chromosome, CDS of genes, an index with a name twice", () =>
    Effect.gen(function* () {
      const { facts } = yield* ingestAs(
        "1/a_b/A1",
        inputsOf({
          gff3: gff3("##sequence-region nowhere x", gene, feature("1 gene 1 9 ID=h"), feature("chr1 CDS 1 9 ID=c;Parent=g")),
          fai: `chr1\t5\n${index}`
        }),
        released
      )
      assert.deepStrictEqual([facts.genes, facts.cdsRows], [2, 1])
    })
  )
})
