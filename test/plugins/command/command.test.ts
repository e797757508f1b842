import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { project } from "atlas-run"
import { Command } from "atlas-run/command"
import { shellWords } from "../../../plugins/command/shell.ts"
import type { ProjectTask } from "../../../src/domain/ProjectDocument.ts"
import { fill } from "../../../src/domain/Tokens.ts"
import { openHost } from "../../../src/host/index.ts"

class Head extends Command("head")({
  summary: "The first lines",
  target: Schema.Struct({ text: Schema.String, index: Schema.optionalKey(Schema.String) }),
  options: Schema.Struct({ lines: Schema.Int.pipe(Schema.withDecodingDefaultKey(Effect.succeed(1))) }),
  inputs: ({ text, index }) => ({ text, index }),
  outputs: { first: "file" },
  paths: ({ labels }) => ({ first: `heads/${labels["name"]}.txt` }),
  tools: ["cut", "head"],
  environment: ["LINES"],
  stdout: "first",
  timeoutMs: 5000,
  words: ({ inputs, options, target }) => [
    "head",
    `-n${options.lines}`,
    inputs.text,
    ...(inputs.index === undefined ? [] : [inputs.index]),
    target.text
  ]
}) {}

class Sorted extends Command("sorted")({
  needs: [Head],
  outputs: { sorted: "file", copy: "folder" },
  tools: ["sort"],
  shell: ({ needs, outputs }) =>
    `sort ${needs.head.first} > ${outputs.sorted}\ncp ${needs.head.first} ${outputs.copy}/it\\'s.txt; printf '%s' ${needs.head.first} >> ${outputs.copy}/names`
}) {}

class Given extends Command("given")({
  needs: [Head],
  outputs: {},
  words: ({ needs }) => [needs.head.first, "--version"]
}) {}

const tasks = async (): Promise<ReadonlyMap<string, ProjectTask>> => {
  const config = project({
    name: "commands",
    stages: [Head.with({ lines: 3 }), Sorted, Given],
    targets: (target) => [
      target({ text: "a $(touch x).txt" }, { id: "a", labels: { name: "a" } }),
      target({ text: "b.txt", index: "b.idx" }, { id: "b", labels: { name: "b" }, options: { head: { lines: 2 } } })
    ]
  })
  const answer = await openHost({ project: config, root: tmpdir() }).evaluate()
  if ("problems" in answer) throw new Error(JSON.stringify(answer.problems))
  return new Map(answer.project.tasks.map((task) => [task.task, task]))
}

describe("a command becomes plain data", () => {
  it("words stay words, whatever is in them", async () => {
    const a = (await tasks()).get("a:head")
    assert.deepStrictEqual(a?.command, { argv: ["head", "-n3", "⟦input:text⟧", "a $(touch x).txt"], shell: false, stdout: "first" })
    assert.deepStrictEqual(a?.inputs, [{ kind: "file", name: "text", path: "a $(touch x).txt" }])
  })

  it("an input that a target does not have is undefined, and one that it has is a stand-in", async () => {
    const b = (await tasks()).get("b:head")
    assert.deepStrictEqual(b?.command?.argv, ["head", "-n2", "⟦input:text⟧", "⟦input:index⟧", "b.txt"])
  })

  it("its tools are those declared and its first word, each once; a program made by a need is none", async () => {
    const made = await tasks()
    assert.deepStrictEqual(made.get("a:head")?.tools, ["cut", "head"])
    assert.deepStrictEqual(made.get("a:sorted")?.tools, ["sort", "sh"])
    assert.deepStrictEqual(made.get("a:given")?.tools, [])
  })

  it("environment, place, time limit, needs and options go where every stage has them", async () => {
    const a = (await tasks()).get("a:head")
    assert.deepStrictEqual(a?.environment, ["LINES"])
    assert.deepStrictEqual(a?.outputs, [{ name: "first", kind: "file", path: "heads/a.txt" }])
    assert.strictEqual(a?.timeoutMs, 5000)
    assert.deepStrictEqual(a?.options, { lines: 3 })
    assert.deepStrictEqual((await tasks()).get("a:sorted")?.needs, [{ name: "head", task: "a:head" }])
  })

  it("stands where its class is declared, and its code begins there and in the wrapper", () => {
    const places = Head.definedAt.filter(({ path }) => !path.includes("/node_modules/")).map(({ path }) => path)
    assert.strictEqual(places.at(-1), import.meta.filename)
    assert.isTrue(places[0]?.endsWith("/plugins/command/index.ts"))
  })
})

describe("a command with a shell", () => {
  const hostile = [
    "plain",
    "with blank",
    "it's",
    'say "x"',
    "$HOME",
    "`id`",
    "$(id)",
    "semi;colon",
    "back\\slash",
    "new\nline",
    "*",
    "-n",
    "é"
  ]

  it.each(hostile)("reads no character of the path %j as syntax", async (name) => {
    const folder = mkdtempSync(join(tmpdir(), "atlas-run shell "))
    try {
      const source = join(folder, name)
      const outputs: Record<string, string> = { sorted: join(folder, `${name}.sorted`), copy: join(folder, `${name}.copy`) }
      writeFileSync(source, "b\na\n")
      mkdirSync(outputs["copy"] as string)
      const argv = (await tasks()).get("a:sorted")?.command?.argv ?? []
      const words = argv.map((word) => fill(word, (kind, of) => (kind === "need" ? source : outputs[of])))
      execFileSync(words[0] as string, words.slice(1), { env: { PATH: process.env["PATH"] } })
      assert.strictEqual(readFileSync(outputs["sorted"] as string, "utf8"), "a\nb\n")
      assert.strictEqual(readFileSync(join(outputs["copy"] as string, "it's.txt"), "utf8"), "b\na\n")
      assert.strictEqual(readFileSync(join(outputs["copy"] as string, "names"), "utf8"), source)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it("ends at the first command that fails, and at a variable that is not set", () => {
    const status = (text: string): unknown => {
      try {
        execFileSync("sh", shellWords(text).slice(1) as Array<string>, { stdio: "ignore", env: { PATH: process.env["PATH"] } })
        return 0
      } catch (failed) {
        return (failed as { readonly status: unknown }).status
      }
    }
    assert.strictEqual(status("true\ntrue"), 0)
    assert.strictEqual(status("false\ntrue"), 1)
    assert.notStrictEqual(status('echo "$NOT_SET_ANYWHERE"\ntrue'), 0)
  })

  it("hands each path over once, however often it stands in the text", () => {
    assert.deepStrictEqual(shellWords("cp ⟦input:a⟧ ⟦output:b⟧; cmp ⟦output:b⟧ ⟦input:a⟧"), [
      "sh",
      "-euc",
      'cp "${1}" "${2}"; cmp "${2}" "${1}"',
      "sh",
      "⟦input:a⟧",
      "⟦output:b⟧"
    ])
  })

  it.each(['cat "⟦input:a⟧"', "cat '⟦input:a⟧'", 'echo "is ⟦input:a⟧"', `echo 'x' "it's ⟦input:a⟧"`, 'echo "\\" ⟦input:a⟧"'])(
    "refuses a path that is quoted twice: %s",
    (text) => {
      assert.throws(() => shellWords(text), "input:a stands between quotes")
    }
  )

  it.each(["cat '' ⟦input:a⟧", 'echo "x" ⟦input:a⟧', "echo \\' ⟦input:a⟧ \\'", `echo '"' ⟦input:a⟧ '"'`, "echo 'a\\' ⟦input:a⟧"])(
    "takes a path beside quotes: %s",
    (text) => {
      assert.include(shellWords(text)[2] as string, '"${1}"')
    }
  )
})
