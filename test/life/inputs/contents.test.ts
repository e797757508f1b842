/** Inputs of which not every byte counts: the same by what they mean runs nothing, and what is another is seen. */
import { rmSync } from "node:fs"
import { gzipSync } from "node:zlib"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { lookAt } from "../../../src/fast/Answer.ts"
import { InputLab } from "./lab.ts"

let lab: InputLab
beforeEach(() => {
  lab = new InputLab()
})
afterEach(() => lab.close())

const rows = ["chr1\t.\tgene\t1\t9\t.\t+\t.\tID=a", "chr1\t.\tgene\t20\t30\t.\t-\t.\tID=b"]
const gff3 = `##gff-version 3\n# a remark\n${rows.join("\n")}\n`
const fasta = ">chr1 first\nACGTACGTAC\nGTacgt\n>chr2\nAAAA\n"

const stages = `
import { FastaContent, Gff3Content, Gff3UnorderedContent } from "atlas-run/atlas"
const counting = (name, path, content) => class extends Command(name)({
  inputs: () => ({ table: input(path, content === undefined ? {} : { content }) }),
  outputs: { out: "file" },
  paths: () => ({ out: "out/" + name }),
  stdout: "out",
  words: ({ inputs }) => ["cat", inputs.table]
}) {}
class Rows extends counting("rows", "in/genes", Gff3Content) {}
class Unordered extends counting("unordered", "in/genes", Gff3UnorderedContent) {}
class Payload extends counting("payload", "in/genes", "gzip") {}
class Bytes extends counting("bytes", "in/genes") {}
class Residues extends counting("residues", "in/genome", FastaContent) {}
`
const all = "Rows, Unordered, Payload, Bytes, Residues"

/** Names of the stages that an edit makes stale; all are run then. */
const stale = (): ReadonlyArray<string> => {
  const found = lab.outcomes().flatMap((told) => (told.endsWith(" fresh") ? [] : [told.split(" ")[0] as string]))
  return found
}

describe("an input that counts by what it means", () => {
  beforeEach(() => {
    lab.write("in/genes", gff3)
    lab.write("in/genome", fasta)
    lab.configure(stages, all)
    assert.deepStrictEqual(stale(), ["bytes", "payload", "residues", "rows", "unordered"])
    assert.deepStrictEqual(stale(), [])
  })

  it("31: is the same with other comments, blank lines and line ends; only what counts bytes runs, and why says so", () => {
    lab.write("in/genes", `##gff-version 3\r\n# another\r\n\r\n${rows.join("\r\n")}\r\n#end\r\n`)
    assert.match(lab.atlas("why", "t:rows").stdout, /fresh.*bytes of table \(gff3\) are others/)
    assert.deepStrictEqual(stale(), ["bytes", "payload"])
    assert.match(lab.atlas("why", "t:bytes").stdout, /fresh/)
    lab.write("in/genes", gff3.replace("ID=b", "ID=c"))
    assert.deepStrictEqual(stale(), ["bytes", "payload", "rows", "unordered"])
  })

  it("32: is the same wherever its sequences are broken into lines, but not with another residue, mask or name", () => {
    lab.write("in/genome", ">chr1 first\r\nACGTACGTACGTacgt\r\n\r\n>chr2\r\nAA\r\nAA")
    assert.deepStrictEqual(stale(), [])
    for (const other of [
      fasta.replace("GTacgt", "GTACGT"),
      fasta.replace("chr2", "chr3"),
      fasta.replace("AAAA\n", "AAA\n"),
      fasta.replace("AC\nGTacgt\n>chr2\n", "AC\n>chr2\nGTacgt")
    ]) {
      lab.write("in/genome", other)
      assert.deepStrictEqual(stale(), ["residues"], other)
    }
  })

  it("33, 136: is the same however it is compressed, and plain", () => {
    lab.write("in/genome", gzipSync(fasta, { level: 1 }))
    for (const bytes of [
      gzipSync(gff3, { level: 9 }),
      gzipSync(gff3, { level: 1 }),
      Buffer.concat([gzipSync(gff3.slice(0, 20)), gzipSync(gff3.slice(20))])
    ]) {
      lab.write("in/genes", bytes)
      assert.deepStrictEqual(stale(), ["bytes"])
    }
  })

  it("34: is the same in another order where it was declared to have none", () => {
    lab.write("in/genes", `##gff-version 3\n${rows.toReversed().join("\n")}\n`)
    assert.deepStrictEqual(stale(), ["bytes", "payload", "rows"])
    lab.write("in/genes", `##gff-version 3\n${[...rows, rows[0]].toReversed().join("\n")}\n`)
    assert.deepStrictEqual(stale(), ["bytes", "payload", "rows", "unordered"])
  })

  it("counts by its bytes while it is not of its format, which is no error", () => {
    lab.write("in/genes", "no table")
    assert.deepStrictEqual(stale(), ["bytes", "payload", "rows", "unordered"])
    lab.write("in/genes", "no table\n")
    assert.deepStrictEqual(stale(), ["bytes", "payload", "rows", "unordered"])
    lab.write("in/genes", gzipSync(gff3).subarray(0, 40))
    assert.deepStrictEqual(stale(), ["bytes", "payload", "rows", "unordered"])
    lab.write("in/genes", gff3)
    assert.deepStrictEqual(stale(), ["bytes", "payload", "rows", "unordered"])
  })

  it("is digested once for the same bytes, and not at all for a file that did not move", () => {
    lab.write("in/genes", gff3.replace("a remark", "another remark"))
    assert.deepStrictEqual(stale(), ["bytes", "payload"])
    const before = lab.read(".atlas/contents.json")
    lab.write("in/genes", gff3)
    assert.deepStrictEqual(stale(), ["bytes", "payload"])
    assert.strictEqual(lab.read(".atlas/contents.json"), before)
    assert.deepStrictEqual(lookAt(lab.root)?.groups, [])
    // what was learnt is disposable
    rmSync(lab.at(".atlas/contents.json"))
    lab.write("in/genes", gff3.replace("a remark", "a third remark"))
    assert.deepStrictEqual(stale(), ["bytes", "payload"])
  })
})

describe("a content of one's own", () => {
  const own = (code: string) => {
    lab.write(
      "plugins/first.ts",
      `
import { readFileSync } from "node:fs"
import { Effect } from "effect"
import { Content } from "atlas-run/plugin"
export class First extends Content("first")({
  digest: ({ path }) => ${code}
}) {}`
    )
    lab.configure(
      `import { First } from "./plugins/first.ts"
class Line extends Command("line")({
  inputs: () => ({ text: input("text", { content: First }), more: glob("more/*", { content: First }), maybe: optional("maybe", { content: First }) }),
  outputs: { line: "file" },
  stdout: "line",
  words: ({ inputs }) => ["head", "-n1", inputs.text]
}) {}`,
      "Line"
    )
  }
  const first = 'Effect.sync(() => readFileSync(path, "utf8").split("\\n")[0])'
  beforeEach(() => {
    for (const path of ["text", "more/a", "maybe"]) lab.write(path, "one\ntwo\n")
    own(first)
    assert.deepStrictEqual(lab.outcomes(), ["line executed"])
  })

  it("counts for files, globs and optional inputs; changing its code runs what counts by it", () => {
    for (const path of ["text", "more/a", "maybe"]) lab.write(path, "one\nthree\n")
    assert.deepStrictEqual(lab.outcomes(), ["line fresh"])
    for (const path of ["text", "more/a", "maybe"]) {
      lab.write(path, "other\n")
      assert.deepStrictEqual(lab.outcomes(), ["line executed"], path)
    }
    own(first.replace("[0]", "[0] + '!'"))
    assert.include(lab.causes("t:line"), "code-changed first")
    assert.deepStrictEqual(lab.outcomes(), ["line executed"])
  })

  it("that breaks, leaves or fails lets the bytes count", () => {
    for (const code of [
      'Effect.die(new Error("no"))',
      'Effect.fail({ _tag: "Odd" })',
      "Effect.sync(() => process.exit(0))",
      "Effect.sync(() => 7)"
    ]) {
      own(code)
      assert.deepStrictEqual(lab.outcomes(), ["line executed"], code)
      lab.write("text", `one\n${code.length}\n`)
      assert.deepStrictEqual(lab.outcomes(), ["line executed"], code)
    }
  })
})

it("two contents of one name, and one called as a stage is, are told when the config is evaluated", () => {
  const said = (name: string) => {
    lab.configure(
      `class One extends Content("one")({ digest: () => Effect.succeed("") }) {}
class Two extends Content("${name}")({ digest: () => Effect.succeed("") }) {}
class Line extends Command("line")({
  inputs: () => ({ a: input("a", { content: One }), b: input("b", { content: Two }) }),
  outputs: { line: "file" },
  stdout: "line",
  words: ({ inputs }) => ["cat", inputs.a]
}) {}`,
      "Line"
    )
    const { status, stderr } = lab.atlas("plan")
    assert.strictEqual(status, 2)
    return stderr
  }
  assert.match(said("one"), /two contents are called one/)
  assert.match(said("line"), /two definitions are called line/)
  assert.match(said("gzip"), /has a content called "gzip"/)
})
