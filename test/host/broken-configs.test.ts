import { execFile } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { afterAll, assert, beforeAll, describe, expect, it } from "@effect/vitest"
import type { ErrorDocument } from "../../src/domain/Failure.ts"
import type { ResultDocument } from "../../src/domain/TaskDocument.ts"
import { mistakes } from "../typing/mistakes.ts"

const untyped = join(import.meta.dirname, "fixtures/broken-configs")
const typed = join(import.meta.dirname, "../typing/fixtures/broken-configs")
const root = join(import.meta.dirname, "../..")

interface Answer {
  readonly config: string
  readonly problems: ReadonlyArray<ErrorDocument>
  readonly results: ReadonlyArray<ResultDocument>
}

/** A child without vitest: Node strips the types itself, and stacks are its own. */
const evaluate = (configs: ReadonlyArray<string>): Promise<ReadonlyMap<string, Answer>> =>
  new Promise((done, fail) =>
    execFile(
      process.execPath,
      [join(import.meta.dirname, "fixtures/evaluate.ts"), ...configs],
      { maxBuffer: 1 << 24 },
      (failed, out, err) => {
        if (failed !== null) return fail(new Error(`${failed.message}\n${err}`))
        const answers = out
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as Answer)
        return done(new Map(answers.map((answer) => [basename(answer.config), answer])))
      }
    )
  )

/** `FILE:LINE:COLUMN CODE message`, free of this machine's paths. */
const printed = ({ code, message, where }: ErrorDocument): string => {
  const place =
    where === undefined ? "nowhere" : [basename(where.path), where.line, where.column].filter((part) => part !== undefined).join(":")
  return `${place} ${code} ${message.replaceAll(root, "ROOT")}`
}

describe("configs that nobody compiled", () => {
  let answers: ReadonlyMap<string, Answer> = new Map()
  const absent = join(untyped, "not-there.ts")
  // written here, since no formatter would take it
  const unreadable = mkdtempSync(join(tmpdir(), "atlas-run syntax "))
  const names = [...readdirSync(untyped), "syntax-error.ts"].sort()
  const pathOf = (name: string) => join(name === "syntax-error.ts" ? unreadable : untyped, name)
  afterAll(() => rmSync(unreadable, { recursive: true }))
  beforeAll(async () => {
    writeFileSync(
      pathOf("syntax-error.ts"),
      'export default project({\n  name: "syntax-error",\n  stages: [\n  targets: (target) => []\n})\n'
    )
    answers = await evaluate([...names.map(pathOf), absent, untyped, ...mistakes.map(({ name }) => join(typed, `${name}.ts`))])
  }, 120_000)
  const problemsOf = (name: string) => answers.get(name)?.problems ?? []

  it.each(mistakes)("$name: plain JavaScript is told of the same culprit as the compiler tells", ({ name, culprit, told }) => {
    const answer = answers.get(`${name}.ts`)
    const errors = told === undefined ? answer?.problems : answer?.results.flatMap((result) => result.errors)
    assert.isTrue(
      errors?.some((error) => error.message.includes(culprit) && (told === undefined || error.code === told)),
      JSON.stringify(errors)
    )
    if (told === undefined) for (const error of errors ?? []) assert.strictEqual(error.where?.path, join(typed, `${name}.ts`))
  })

  it("a mistake that evaluating finds is found before anything runs", () => {
    const ran = mistakes.filter(({ name, told }) => told === undefined && answers.get(`${name}.ts`)?.results.length !== 0)
    assert.deepStrictEqual(ran, [])
  })

  it.each(names)("%s has a problem with a place, a sentence and a hint", (name) => {
    const problems = problemsOf(name)
    assert.isAbove(problems.length, 0)
    for (const { code, where, message, hint } of problems) {
      assert.match(code, /^CONFIG_[A-Z]+$/)
      assert.include([pathOf(name), join(untyped, "../needs-more.mjs")], where?.path)
      assert.notStrictEqual(message, "")
      assert.notStrictEqual(hint, "")
    }
  })

  it("several mistakes are told together, in the order of the file", () => {
    const lines = problemsOf("several.mjs").map(({ where }) => where?.line ?? 0)
    assert.isAbove(lines.length, 5)
    assert.deepStrictEqual(
      lines,
      [...lines].sort((a, b) => a - b)
    )
  })

  it("a config that is not there, or is a folder, is named", () => {
    for (const config of [absent, untyped]) {
      const [problem] = problemsOf(basename(config))
      assert.strictEqual(problem?.code, "CONFIG_NOT_FOUND")
      assert.strictEqual(problem?.where?.path, config)
    }
  })

  it("what is told is golden text", async () => {
    const files = [...names, ...mistakes.map(({ name }) => `${name}.ts`)]
    const text = files.flatMap((name) => [
      ...problemsOf(name).map((problem) => `${printed(problem)}\n`),
      ...(answers.get(name)?.results ?? []).flatMap((result) => result.errors.map((error) => `${printed(error)}\n`))
    ])
    await expect(text.join("")).toMatchFileSnapshot("golden/problems.txt")
  })
})
