import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { IoStdout } from "../../../../plugins/atlas/cli/errors.ts"
import { documentOf, file, placesOf, runHere, sample, scratch } from "./program.ts"

const fasta = ">chr1\nATGGCTGCTTAA\n"

describe("what the program tells", () => {
  it.effect("is one document on stdout with --json, on good and bad ends", () =>
    Effect.gen(function* () {
      const good = yield* runHere(["inspect", file("a.fa", fasta), "--json"])
      assert.strictEqual(good.code, 0)
      assert.deepInclude(documentOf("dataset-inspect/1", good), { ok: true, kind: "fasta", counts: { sequences: 1, bases: 12, bytes: 19 } })
      const bad = yield* runHere(["inspect", `${scratch()}/none.fa`, "--json"])
      assert.strictEqual(bad.code, 1)
      assert.deepStrictEqual(placesOf(documentOf("dataset-inspect/1", bad)), ["INPUT_MISSING none.fa"])
      const wrong = yield* runHere(["inspect", "--json"])
      assert.strictEqual(wrong.code, 2)
      assert.deepStrictEqual(placesOf(documentOf("dataset-inspect/1", wrong)), ["COMMAND_LINE_INVALID "])
      const none = yield* runHere(["inspct", "--json"])
      assert.strictEqual(none.code, 2)
      assert.strictEqual(documentOf("dataset/1", none).error.message, "unknown command inspct; did you mean inspect?")
      for (const { stderr } of [good, bad, wrong, none]) assert.strictEqual(stderr, "")
    })
  )

  it.effect("has all errors in the document, the first of them apart", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* runHere(["validate", "--json"])
      assert.strictEqual(code, 2)
      const document = documentOf("dataset-validate/1", { stdout })
      if (document.ok) return assert.fail("it is wrong")
      assert.strictEqual(document.errors?.length, 4)
      assert.deepStrictEqual(document.error, document.errors?.[0])
    })
  )

  it.effect("is results on stdout, and on stderr a sentence, labelled facts, a hint and the code", () =>
    Effect.gen(function* () {
      const path = file("bad.gff3", "##gff-version 3\nchr1\tx\tgene\t9\t1\t.\t+\t.\tID=a\n")
      const { code, stdout, stderr } = yield* runHere(["inspect", path])
      assert.strictEqual(code, 1)
      assert.include(stdout, `GFF3 annotation  ${path}\n`)
      assert.deepStrictEqual(
        stderr.split("\n").map((line) => line.trimEnd()),
        [
          "✗ The start 9 lies behind the end 1.",
          `  at     ${path}:2:13 (byte 28)`,
          "  value  9",
          "  hint   Coordinates count from 1 and include both ends; start must not exceed end, also on the minus strand.",
          "  code   GFF3_COORDINATE",
          ""
        ]
      )
    })
  )

  it.effect("is nothing with --quiet when all is good", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* runHere(["inspect", file("a.fa", fasta), "--quiet"]), { code: 0, stdout: "", stderr: "" })
    })
  )

  it.effect("has colours where a terminal or the user wants them", () =>
    Effect.gen(function* () {
      const path = file("a.fa", fasta)
      const coloured = (argv: ReadonlyArray<string>, environment: Record<string, string>, tty: boolean) =>
        Effect.map(runHere(["inspect", path, ...argv], { environment, tty }), ({ stdout }) => stdout.includes("\u001b["))
      assert.isFalse(yield* coloured([], {}, false))
      assert.isTrue(yield* coloured([], {}, true))
      assert.isFalse(yield* coloured([], { NO_COLOR: "1" }, true))
      assert.isFalse(yield* coloured([], { TERM: "dumb" }, true))
      assert.isTrue(yield* coloured([], { FORCE_COLOR: "1" }, false))
      assert.isTrue(yield* coloured(["--color", "always"], { NO_COLOR: "1" }, false))
      assert.isFalse(yield* coloured(["--color=never"], { FORCE_COLOR: "1" }, true))
    })
  )

  it.effect("shows a bar of bytes on a terminal alone, and clears it", () =>
    Effect.gen(function* () {
      const path = sample("phix174/NC_001422.1.fa")
      const terminal = yield* runHere(["inspect", path, "--color", "never"], { tty: true })
      assert.include(terminal.stderr, "100%  5.5 kB of 5.5 kB")
      assert.isTrue(terminal.stderr.endsWith("\r\u001b[K"))
      for (const options of [{ tty: false }, { tty: true, environment: { TERM: "dumb" } }])
        assert.strictEqual((yield* runHere(["inspect", path], options)).stderr, "")
      assert.strictEqual((yield* runHere(["inspect", path, "--json"], { tty: true })).stderr, "")
    })
  )

  it.effect("cannot make a terminal obey what a file holds", () =>
    Effect.gen(function* () {
      const path = file("a.gff3", "##gff-version 3\nchr1\tx\tgene\u001b[31m\t1\t9\t.\t+\t.\tID=a\n")
      const { stdout, stderr } = yield* runHere(["inspect", path])
      assert.notInclude(stdout + stderr, "\u001b")
      const json = yield* runHere(["inspect", path, "--json"])
      assert.notInclude(json.stdout, "\u001b")
    })
  )

  it.effect("ends with 3 where stdout does not take the results", () =>
    Effect.gen(function* () {
      const refused = Effect.fail(new IoStdout({ message: "stdout did not take all results: the reader is gone (EPIPE)", errno: "EPIPE" }))
      const { code, stderr } = yield* runHere(["--help"], { delivered: refused })
      assert.strictEqual(code, 3)
      assert.include(stderr, "code   IO_STDOUT")
    })
  )

  it.effect("is help and version on stdout", () =>
    Effect.gen(function* () {
      const help = yield* runHere(["pack", "--help"])
      assert.strictEqual(help.code, 0)
      assert.include(help.stdout, "atlas-dataset pack --release R --species S --assembly A --out FILE.tar [FLAGS]")
      const group = yield* runHere(["catalog", "--help"])
      assert.include(group.stdout, "catalog promote")
      assert.notInclude(group.stdout, "unpack")
      assert.deepStrictEqual(yield* runHere(["--version"]), { code: 0, stdout: "atlas-dataset 1.2.3\n", stderr: "" })
      assert.deepStrictEqual(JSON.parse((yield* runHere(["--version", "--json"])).stdout), { atlas: "version/1", version: "1.2.3" })
    })
  )
})
