/** Flags of ingest that say how an annotation is read. */
import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { gff3 } from "../format/model/model-of.ts"
import { documentOf, file, filesBelow, idFlags, runHere, scratch } from "./program.ts"

const annotation = () =>
  file("a.gff3", gff3("MT gene 1 12 + . ID=gene:a", "MT CDS 1 12 + 0 ID=CDS:p;Parent=gene:a", "MT exon 1 9 + . Parent=gone"))
const genome = () => file("g.fa", ">MT\nATGTGAGCTAGA\n")

const ingest = (top: string, ...more: ReadonlyArray<string>) =>
  runHere([
    "ingest",
    "--gff3",
    annotation(),
    "--fasta",
    genome(),
    ...idFlags("1", "s", "a"),
    "--output-root",
    join(top, "build"),
    "--json",
    ...more
  ])

describe("--strictness", () => {
  it.effect("report-only writes reports and exits with 0, but not over a build root", () =>
    Effect.gen(function* () {
      const top = scratch()
      const reported = yield* ingest(top, "--strictness", "report-only")
      assert.strictEqual(reported.code, 0, reported.stdout)
      assert.deepInclude(documentOf("dataset-ingest/1", reported), { ok: true, manifestSha256: null, rejected: { GFF3_PARENT_MISSING: 1 } })
      const validated = yield* runHere(["validate", "--root", join(top, "build"), ...idFlags("1", "s", "a"), "--json"])
      assert.strictEqual(validated.code, 1)

      assert.strictEqual((yield* ingest(top, "--strictness", "lenient")).code, 0)
      const before = filesBelow(join(top, "build"))
      const refused = yield* ingest(top, "--strictness", "report-only")
      assert.strictEqual(refused.code, 1)
      assert.deepInclude(documentOf("dataset-ingest/1", refused), { ok: false })
      assert.include(refused.stdout, "BUILD_ROOT_IN_THE_WAY")
      assert.deepStrictEqual(filesBelow(join(top, "build")), before)
    })
  )

  it.effect("is one of four words", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* ingest(scratch(), "--strictness", "loose")
      assert.strictEqual(code, 2)
      assert.include(stdout, "wants strict, compat, lenient or report-only")
    })
  )
})

describe("--sequences and --genetic-code", () => {
  it.effect("write FASTA beside the build root, in place of older files, and leave nothing else", () =>
    Effect.gen(function* () {
      const top = scratch()
      const out = join(top, "sequences")
      const flags = ["--strictness", "lenient", "--sequences", out] as const
      const plain = documentOf("dataset-ingest/1", yield* ingest(top, ...flags))
      if (!plain.ok) throw new Error("not ok")
      assert.deepStrictEqual(plain.sequences, { folder: out, transcripts: 1, cds: 1, proteins: 1 })
      // The code that reads it best is found, and told.
      assert.isTrue(plain.findings.some(({ name, at }) => name === "genetic-code-assumed" && at === "MT"))
      assert.strictEqual(fs.readFileSync(join(out, "proteins.fa"), "utf8"), ">a\nMWA\n")
      const given = documentOf("dataset-ingest/1", yield* ingest(top, ...flags, "--genetic-code", "MT=1"))
      if (!given.ok) throw new Error("not ok")
      assert.isTrue(given.findings.some(({ name }) => name === "cds-internal-stop"))
      assert.strictEqual(fs.readFileSync(join(out, "proteins.fa"), "utf8"), ">a\nM*AR\n")
      assert.deepStrictEqual([...filesBelow(out).keys()], ["cds.fa", "proteins.fa", "transcripts.fa"])
    })
  )

  it.effect("are refused where they make no sense", () =>
    Effect.gen(function* () {
      const top = scratch()
      for (const [flags, told] of [
        [["--genetic-code", "MT=7"], "wants a sequence and one of NCBI's genetic codes"],
        [["--genetic-code", "MT"], "wants a sequence and one of NCBI's genetic codes"],
        [["--sequences", join(top, "x"), "--strictness", "report-only"], "report-only does not make"],
        [["--sequences", join(top, "x"), "--ruleset", "atlas-v1"], "flags of --ruleset ontology"]
      ] as const) {
        const { code, stdout } = yield* ingest(top, ...flags)
        assert.strictEqual(code, 2, stdout)
        assert.include(stdout, told)
      }
      assert.deepStrictEqual(fs.readdirSync(top), [])
    })
  )
})

describe("--profile", () => {
  it.effect("is chosen by the rows, or as asked for, and told where the rows say otherwise", () =>
    Effect.gen(function* () {
      const flags = ["--strictness", "lenient"] as const
      const chosen = documentOf("dataset-ingest/1", yield* ingest(scratch(), ...flags))
      assert.deepInclude(chosen.profile, { name: "ensembl", chosen: "evidence", rows: 2, matching: 2 })
      const asked = documentOf("dataset-ingest/1", yield* ingest(scratch(), ...flags, "--profile", "refseq"))
      assert.deepInclude(asked.profile, { name: "refseq", chosen: "given" })
      assert.isTrue(asked.findings.some(({ name }) => name === "profile-differs"))
      const { code, stdout } = yield* ingest(scratch(), "--profile", "mine")
      assert.strictEqual(code, 2)
      assert.include(stdout, "wants auto, ensembl")
    })
  )
})
