/** What is told of a tiny genome and its annotation by the program that needs no project. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { repository } from "../life/workplace.ts"

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "atlas scenarios "))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const gene = (sequence: string, id = "g1") =>
  [
    "gene\t1\t9\t.\t+\t.\tID=" + id,
    `mRNA\t1\t9\t.\t+\t.\tID=t${id};Parent=${id}`,
    `exon\t1\t9\t.\t+\t.\tParent=t${id}`,
    `CDS\t1\t9\t.\t+\t0\tParent=t${id}`
  ]
    .map((rest) => `${sequence}\tme\t${rest}\n`)
    .join("")
const gff3 = `##gff-version 3\n${gene("chr1")}`
const fasta = ">chr1\nATGAAATAAC\n>chr2\nACGT\n"

let trials = 0
const ingest = (files: { readonly gff3: string | Buffer; readonly fasta: string | Buffer; readonly fai?: string }, release = "1") => {
  const trial = trials++
  const at = (name: string) => join(folder, `${trial}.${name}`)
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text)
  const words = ["ingest", "--release", release, "--species", "made_up", "--assembly", "M1", "--output-root", at("root"), "--json"]
  for (const name of Object.keys(files)) words.push(`--${name}`, at(name))
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(repository, "dist/atlas-dataset.mjs"), ...words], {
    encoding: "utf8"
  })
  const root = join(at("root"), `release=${release}`, "species=made_up", "assembly=M1")
  return {
    status,
    told: stdout + stderr,
    root,
    document: JSON.parse(stdout) as { readonly ok: boolean; readonly findings: ReadonlyArray<unknown> }
  }
}

describe("an annotation and its genome", () => {
  it("130: a sequence that the genome lacks is refused by name", () => {
    const { status, told } = ingest({ gff3: gff3 + gene("chrX", "g2"), fasta })
    assert.strictEqual(status, 1)
    assert.include(told, "chrX")
  })

  it("131: a sequence without features is legal", () => {
    const { status, document, told } = ingest({ gff3, fasta })
    assert.deepStrictEqual([status, document.ok], [0, true], told)
  })

  it("132: an index of another genome is a typed error that says how to mend it", () => {
    for (const fai of ["chr1\t11\t6\t11\t12\nchr2\t4\t24\t4\t5\n", "other\t10\t6\t10\t11\n"]) {
      const { status, told } = ingest({ gff3, fasta, fai })
      assert.strictEqual(status, 1)
      assert.match(told, /"code":"FAI_MISMATCH"/)
      assert.match(told, /"hint":"[^"]*(leave|remake|make|faidx)[^"]*"/i)
    }
  })

  it("135: what is wrong is told with its line, all at once; a missing version is a notice, CRLF is read", () => {
    const lines = gff3.split("\n")
    const wrong = [...lines.slice(0, 4), lines[4]?.replace("\t+\t0\t", "\t+\t7\t"), "chr1\tme\tgene\t9\t1\t.\t+\t.\tID=backwards", ""].join(
      "\n"
    )
    const { status, told } = ingest({ gff3: wrong, fasta })
    assert.strictEqual(status, 1)
    for (const place of [/"line":5\b/, /"line":6\b/]) assert.match(told, place)
    const lenient = ingest({ gff3: lines.slice(1).join("\r\n"), fasta })
    assert.deepStrictEqual([lenient.status, /version/.test(JSON.stringify(lenient.document.findings))], [0, true], lenient.told)
  })

  it("136: compressed or plain, they make the same bytes", () => {
    const [plain, packed] = [ingest({ gff3, fasta }), ingest({ gff3: gzipSync(gff3), fasta: gzipSync(fasta) })]
    assert.deepStrictEqual([plain.status, packed.status], [0, 0])
    assert.strictEqual(spawnSync("diff", ["-r", plain.root, packed.root], { encoding: "utf8" }).stdout, "")
  })

  it("134: under another release, what has no release in it is the same", () => {
    const [first, second] = [ingest({ gff3, fasta }, "1"), ingest({ gff3, fasta }, "2")]
    assert.deepStrictEqual([first.status, second.status], [0, 0])
    const { stdout } = spawnSync("diff", ["-rq", first.root, second.root], { encoding: "utf8" })
    const differing = stdout.split("\n").filter(Boolean)
    assert.isAbove(differing.length, 0)
    assert.deepStrictEqual(
      differing.filter((line) => /inputs\//.test(line)),
      []
    )
    for (const name of ["inputs/genome.fa.bgz", "inputs/genome.fa.bgz.fai"])
      assert.deepStrictEqual(readFileSync(join(first.root, name)), readFileSync(join(second.root, name)))
  })
})
