import { assert, describe, it } from "@effect/vitest"
import { readArguments } from "../../../../plugins/atlas/cli/arguments.ts"
import { commands } from "../../../../plugins/atlas/cli/commands.ts"
import { commandHelp, programHelp } from "../../../../plugins/atlas/cli/help.ts"

const id = ["--release", "110", "--species", "homo_sapiens", "--assembly", "GRCh38"]
const ingest = ["ingest", "--gff3", "a.gff3", "--fasta", "a.fa", ...id, "--output-root", "build"]

const problems = (...argv: ReadonlyArray<string>) => readArguments(argv).problems.map(({ message }) => message)

describe("the command line", () => {
  it("is read by the flags of its command, in any order, with = or without", () => {
    const { line, problems } = readArguments(["--json", ...ingest.slice(0, -2), "--output-root=a=b c"])
    assert.deepStrictEqual(problems, [])
    assert.strictEqual(line.command?.name, "ingest")
    assert.deepInclude(line.flags, {
      gff3: "a.gff3",
      fasta: "a.fa",
      fai: undefined,
      release: "110",
      species: "homo_sapiens",
      assembly: "GRCh38",
      "output-root": "a=b c",
      ruleset: "ontology"
    })
    assert.isTrue(line.globals.json)
    assert.isFalse(line.globals.quiet)
  })

  it("knows commands of two words", () => {
    const { line, problems } = readArguments(["catalog", "validate", "store/catalog.json"])
    assert.deepStrictEqual(problems, [])
    assert.strictEqual(line.command?.name, "catalog validate")
    assert.deepStrictEqual(line.words, ["store/catalog.json"])
  })

  it("takes words behind -- as they are", () => {
    assert.deepStrictEqual(readArguments(["inspect", "--", "--odd name"]).line.words, ["--odd name"])
  })

  it("tells all that is wrong at once, and does not miss what a mistyped flag meant", () => {
    assert.deepStrictEqual(
      problems("ingest", "--relaese", "5", "--gff3=", "--species", "Homo-sapiens", "--ruleset", "atlas-v9", "--quiet=yes"),
      [
        "--quiet takes no value",
        "unknown flag --relaese; did you mean --release?",
        "--gff3 wants a value that is not empty",
        "--fasta FILE is missing",
        '--species "Homo-sapiens" is not legal: species must match [a-z0-9_]+ in snake_case',
        "--assembly A is missing",
        "--output-root ROOT is missing",
        '--ruleset wants ontology or atlas-v1, not "atlas-v9"'
      ]
    )
  })

  it("refuses flags of the reference program that do not exist here, and says which do", () => {
    for (const flag of ["--resume", "--max-threads"]) {
      const [told = ""] = problems(...ingest, flag, "1")
      assert.isTrue(told.startsWith(`unknown flag ${flag}; ingest takes --gff3, --fasta, --fai, `), told)
    }
    assert.deepStrictEqual(problems("publish", "--source-root", "a", "--store-root", "b", ...id, "--dry-run"), [
      "unknown flag --dry-run; publish takes --source-root, --store-root, --release, --species, --assembly, --embargo-until, --because and --actor"
    ])
  })

  it("refuses flags of other commands, twice given ones, and short ones", () => {
    assert.deepStrictEqual(problems("validate", "--root", "a", "--deep", ...id), [
      "unknown flag --deep; validate takes --root, --release, --species and --assembly"
    ])
    assert.deepStrictEqual(problems("validate", "--root", "a", "--root", "b", ...id), ["--root was given 2 times"])
    assert.deepStrictEqual(problems("inspect", "a", "-x"), [
      "unknown flag -x; inspect takes --json, --quiet, --verbose, --color, --help and --version"
    ])
  })

  it("wants a value behind a flag that takes one, and takes no other flag for it", () => {
    assert.deepStrictEqual(problems("unpack", "--pack", "--out", "o"), ["--pack wants a value: --pack FILE.tar"])
    assert.deepStrictEqual(problems("unpack", "--out", "o", "--pack"), ["--pack wants a value: --pack FILE.tar"])
    assert.deepStrictEqual(problems("unpack", "--out", "o", "--pack=--odd.tar"), [])
  })

  it("names the nearest command", () => {
    assert.deepStrictEqual(problems("igest"), ["unknown command igest; did you mean ingest?"])
    assert.deepStrictEqual(problems("verify-pakc"), ["unknown command verify-pakc; did you mean verify-pack?"])
    assert.deepStrictEqual(problems("catalog", "prmote"), ["unknown command catalog prmote; did you mean catalog promote?"])
    assert.deepStrictEqual(problems("catalog"), [
      "catalog wants one of validate, publish, promote, embargo, alias, latest-alias-update, rollback, retire or history"
    ])
    assert.deepStrictEqual(problems(), ["no command was named"])
  })

  it("counts words", () => {
    assert.deepStrictEqual(problems("inspect"), ["inspect wants FILE-OR-ROOT"])
    assert.deepStrictEqual(problems("inspect", "a", "b"), ["inspect takes one FILE-OR-ROOT, and was given 2: a b"])
    assert.deepStrictEqual(problems("inspect", ""), ["inspect was given an empty word"])
    assert.deepStrictEqual(problems("validate", "--root", "a", ...id, "b"), ["validate takes no words, and was given b"])
  })

  it("wants one of two ways to name a thing, not both and not none", () => {
    const either = ["pack wants either --store-root STORE or --root ROOT"]
    assert.deepStrictEqual(problems("pack", ...id, "--out", "o.tar"), either)
    assert.deepStrictEqual(problems("pack", ...id, "--out", "o.tar", "--root", "a", "--store-root", "b"), either)
    assert.deepStrictEqual(problems("catalog", "validate"), ["catalog validate wants either CATALOG or --store-root STORE"])
    assert.deepStrictEqual(problems("catalog", "validate", "c.json", "--store-root", "b"), [
      "catalog validate wants either CATALOG or --store-root STORE"
    ])
    const taken = ["--store-root", "s", ...id, "--because", "b"]
    assert.deepStrictEqual(problems("catalog", "rollback", ...taken, "--move-alias-to", "1", "--remove-alias"), [
      "--move-alias-to and --remove-alias exclude each other"
    ])
    assert.deepStrictEqual(problems("catalog", "retire", "--store-root", "s", ...id), ["--because TEXT is missing"])
    assert.deepStrictEqual(problems("verify-pack", "--pack", "p", "--release", "1"), [
      "a dataset is named by --release, --species and --assembly together: --species and --assembly are missing"
    ])
  })

  it("wants a whole digest for --expect", () => {
    assert.deepStrictEqual(problems("verify-pack", "--pack", "p", "--expect", "sha256:12"), [
      '--expect wants sha256: and 64 lower-case hex digits, not "sha256:12"'
    ])
    assert.deepStrictEqual(problems("verify-pack", "--pack", "p", "--expect", `sha256:${"a".repeat(64)}`), [])
  })

  it("writes control characters of words as escapes", () => {
    assert.deepStrictEqual(problems("inspect", "a", "--x\u001b[2J=1"), [
      "unknown flag --x\\u{1b}[2J; inspect takes --json, --quiet, --verbose, --color, --help and --version"
    ])
  })

  it("holds for every flag of every example in the help", () => {
    for (const { examples, name } of commands)
      for (const { line } of examples) {
        const words = line.split(" | ")[0]!.replace("91bc…", "9".repeat(64)).split(" ").slice(1)
        const reading = readArguments(words)
        assert.deepStrictEqual(reading.problems, [], line)
        assert.strictEqual(reading.line.command?.name, name)
      }
  })

  it("shows in help exactly the flags there are", () => {
    for (const command of commands) {
      const shown = new Set(commandHelp(command).flatMap((line) => /^ {2}(--[a-z0-9-]+)/.exec(line)?.[1] ?? []))
      const own = Object.keys(command.flags as object).map((name) => `--${name}`)
      assert.deepStrictEqual([...shown].sort(), [...own, "--json", "--quiet", "--verbose", "--color", "--help", "--version"].sort())
    }
    const text = programHelp().join("\n")
    for (const { name } of commands) assert.include(text, `  ${name} `)
    for (const absent of ["--strictness", "atlas-v1"]) assert.notInclude(text, absent)
  })
})
