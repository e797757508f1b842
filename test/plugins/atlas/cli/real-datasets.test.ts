/** Every real dataset through the whole program: strict takes what is right, names each line of what is wrong, and lenient takes the rest. */
import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { absent, datasets, plainBytes } from "../format/shared-data.ts"
import { documentOf, idFlags, runHere, scratch } from "./program.ts"

/** What is wrong in them (table of data/README.md): the code, the first lines, how many; and what else lenient leaves out with them. */
const wrong = new Map([
  ["caenorhabditis_elegans/WS282_first1pct", { code: "GFF3_PARENT_MISSING", lines: [5038, 5039, 5049], count: 134 }],
  ["drosophila_melanogaster/r6.42_first1pct", { code: "GFF3_PARENT_MISSING", lines: [2, 5, 6], count: 206 }],
  ["influenza_a_h1n1/PR8_NC_002016-23", { code: "GFF3_PHASE", lines: [31, 32, 33], count: 3 }],
  ["volvox/volvox", { code: "GFF3_PAST_END", lines: [265], count: 1 }],
  ["organelle_nc_022868/NC_022868.1_truncated_fasta", { code: "GFF3_PAST_END", lines: [14, 15, 19, 23], count: 4 }]
])

/** What is only against the letter (the last words of that page): findings, never refusals. */
const letter: Readonly<Record<string, ReadonlyArray<string>>> = {
  "saccharomyces_cerevisiae/SGD_chrI-II": ["over-escaped", "empty-attribute"],
  "caenorhabditis_elegans/WS282_first1pct": ["no-gff-version", "reserved-attribute"],
  "drosophila_melanogaster/r6.42_first1pct": ["no-gff-version"],
  "organelle_nc_022868/NC_022868.1_truncated_fasta": ["no-gff-version"],
  "ostreococcus_micromonas_mix/3seq": ["unknown-feature-type"],
  "volvox/volvox": ["reserved-attribute", "blank-line"]
}

const ascending = (lines: Iterable<number>): ReadonlyArray<number> => [...lines].sort((a, b) => a - b)

/** Lines of a strict failure as its text tells them: `path:12:5`, and `on lines 20, 31–33` of those not told one by one. */
const linesInText = (text: string, path: string): ReadonlyArray<number> => {
  const told = new Set<number>()
  for (const line of text.split("\n")) {
    const at = line.indexOf(`${path}:`)
    if (at >= 0) told.add(Number.parseInt(line.slice(at + path.length + 1), 10))
    const more = /more, on lines? ([\d–, ]+) \(/.exec(line)?.[1]
    for (const range of more?.split(", ") ?? []) {
      const [from = 0, to = from] = range.split("–").map(Number)
      for (let n = from; n <= to; n++) told.add(n)
    }
  }
  return ascending(told)
}

/** Rows that name as Parent what no row has as ID: the same by other means. */
const rowsWithoutParent = (annotation: string): ReadonlyArray<number> => {
  const lines = plainBytes(annotation).toString("utf8").split("\n")
  const values = (line: string, key: string) => new RegExp(`(?:\\t|;)${key}=([^;]*)`).exec(line)?.[1]?.split(",") ?? []
  const ids = new Set(lines.flatMap((line) => values(line, "ID")))
  return lines.flatMap((line, i) => (values(line, "Parent").some((parent) => !ids.has(parent)) ? [i + 1] : []))
}

describe.skipIf(absent)("a real dataset", () => {
  for (const { id, annotation, genome } of datasets) {
    if (genome === null) continue
    const [species = "", assembly = ""] = id.split("/")
    const flags = idFlags("1", species, assembly.replaceAll("-", "_"))
    const inputs = ["--gff3", annotation, "--fasta", genome, "--fai", join(genome, "..", "genome.fa.fai")]

    /** All steps after ingest, each good. */
    const goesOn = (top: string) =>
      Effect.gen(function* () {
        const [build, store, pack] = [join(top, "build"), join(top, "store"), join(top, "dataset.tar")]
        for (const argv of [
          ["validate", "--root", build, ...flags],
          ["verify", "--deep", "--root", build, ...flags],
          ["publish", "--source-root", build, "--store-root", store, ...flags],
          ["pack", "--store-root", store, "--out", pack, ...flags],
          ["verify-pack", "--pack", pack]
        ]) {
          const { code, stdout, stderr } = yield* runHere(argv)
          assert.strictEqual(code, 0, `${argv[0]}: ${stdout}${stderr}`)
        }
      })

    const expected = wrong.get(id)
    if (expected === undefined) {
      it.effect(`${id} is taken by strict and goes from files to a verified pack`, () =>
        Effect.gen(function* () {
          const top = scratch()
          const ended = yield* runHere(["ingest", ...inputs, ...flags, "--output-root", join(top, "build"), "--json"])
          assert.strictEqual(ended.code, 0, ended.stdout)
          const document = documentOf("dataset-ingest/1", ended)
          assert.deepInclude(document, { ok: true, strictness: "strict", rejected: {} })
          assert.includeMembers(
            document.findings.map(({ name }) => name),
            [...(letter[id] ?? [])]
          )
          yield* goesOn(top)
        })
      )
      continue
    }

    it.effect(`${id} is refused by strict, which names every wrong line, in text and JSON`, () =>
      Effect.gen(function* () {
        const top = scratch()
        const argv = ["ingest", ...inputs, ...flags, "--output-root", join(top, "build")]
        const ended = yield* runHere([...argv, "--json"])
        assert.strictEqual(ended.code, 1)
        const { errors = [] } = documentOf("dataset-ingest/1", ended) as { readonly errors?: ReadonlyArray<any> }
        assert.deepStrictEqual([...new Set(errors.map((e) => e.code))], [expected.code])
        for (const { where } of errors) assert.isAbove(where.column, 0)
        const lines = ascending(new Set(errors.map((e) => e.where.line)))
        assert.deepStrictEqual(lines.slice(0, expected.lines.length), expected.lines)
        assert.strictEqual(lines.length, expected.count)
        if (expected.code === "GFF3_PARENT_MISSING") assert.deepStrictEqual(lines, rowsWithoutParent(annotation))
        const text = yield* runHere(argv)
        assert.strictEqual(text.code, 1)
        assert.deepStrictEqual(linesInText(text.stdout + text.stderr, annotation), lines)
        assert.isFalse(fs.existsSync(join(top, "build")))
      })
    )

    it.effect(`${id} is taken by lenient, which lists what it left out, and goes on to a verified pack`, () =>
      Effect.gen(function* () {
        const top = scratch()
        const ended = yield* runHere([
          "ingest",
          ...inputs,
          ...flags,
          "--output-root",
          join(top, "build"),
          "--strictness",
          "lenient",
          "--json"
        ])
        assert.strictEqual(ended.code, 0, ended.stdout)
        const document = documentOf("dataset-ingest/1", ended)
        if (!document.ok) throw new Error("not ok")
        const { [expected.code]: count, GFF3_PARENT_REJECTED: hanging = 0, ...others } = document.rejected
        assert.strictEqual(count, expected.count)
        assert.deepStrictEqual(others, {})
        const report = JSON.parse(fs.readFileSync(join(document.buildRoot, "derived/anomaly_report.json"), "utf8"))
        assert.strictEqual(report.rejections.length, expected.count + hanging)
        const text = plainBytes(annotation).toString("utf8").split("\n")
        for (const { line, sample } of report.rejections) assert.isTrue(text[line - 1]?.startsWith(sample.replace(/…$/, "")))
        assert.isTrue(document.findings.some((f) => f.name === "row-rejected" && f.at === expected.code))
        assert.includeMembers(
          document.findings.map(({ name }) => name),
          [...(letter[id] ?? [])]
        )
        yield* goesOn(top)
      })
    )
  }
})
