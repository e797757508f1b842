import { assert, describe, it } from "@effect/vitest"
import { findTask, select } from "../../src/core/Selection.ts"
import { parse, type SelectableTask, type SelectorProblem, StateWords } from "../../src/core/Selector.ts"
import { build } from "../../src/core/TaskGraph.ts"

/** Two targets with ingest → verify (check lint on ingest gates publish) → publish, and one alias over both. */
const life = (target: string, labels: Record<string, string>) => [
  { target, stage: "ingest", check: null, labels, needs: [], gates: [] },
  { target, stage: "ingest", check: "lint", labels, needs: [`${target}:ingest`], gates: [] },
  { target, stage: "verify", check: null, labels, needs: [`${target}:ingest`], gates: [] },
  { target, stage: "publish", check: null, labels, needs: [`${target}:verify`], gates: [`${target}:ingest:lint`] }
]
const declared = [
  ...life("110/yeast/R64", { release: "110", kind: "yeast" }),
  ...life("111/yeast/R64", { release: "111", kind: "yeast" }),
  { target: "*/yeast/R64", stage: "alias", check: null, labels: {}, needs: ["110/yeast/R64:publish", "111/yeast/R64:publish"], gates: [] },
  ...life("odd=x:+", { release: "1+" }).slice(0, 1)
].map((t) => ({ ...t, task: `${t.target}:${t.stage}${t.check === null ? "" : `:${t.check}`}` }))
const tasks: ReadonlyArray<SelectableTask> = declared
const built = build(declared.map(({ task, needs, gates }) => ({ task, needs: needs.map((need) => ({ name: "n", task: need })), gates })))
if ("problems" in built) throw new Error(JSON.stringify(built.problems))
const graph = built.ok

const holds = (task: number, state: string): boolean => state === "failed" && task === 2
const run = (...selectors: ReadonlyArray<string>) => select(graph, tasks, selectors, holds)
const short = (indices: Int32Array): string => [...indices].map((i) => (graph.tasks[i] as string).replaceAll("/yeast/R64", "")).join(" ")
const selected = (...selectors: ReadonlyArray<string>): string => {
  const found = run(...selectors)
  return "ok" in found ? short(found.ok.selected) : JSON.stringify(found.problems)
}
const closure = (...selectors: ReadonlyArray<string>): string => {
  const found = run(...selectors)
  return "ok" in found ? short(found.ok.closure) : JSON.stringify(found.problems)
}
const problems = (...selectors: ReadonlyArray<string>): ReadonlyArray<SelectorProblem> => {
  const found = run(...selectors)
  return "ok" in found ? [] : found.problems
}

describe("a selector", () => {
  const rules: ReadonlyArray<readonly [rule: string, selectors: ReadonlyArray<string>, tasks: string]> = [
    ["of a target is all its tasks", ["110/yeast/R64"], "110:ingest 110:ingest:lint 110:verify 110:publish"],
    [
      "may be a glob across slashes",
      ["1*4"],
      "110:ingest 110:ingest:lint 110:verify 110:publish 111:ingest 111:ingest:lint 111:verify 111:publish"
    ],
    [
      "of a stage is the stage and its checks, of all targets",
      [":ingest"],
      "110:ingest 110:ingest:lint 111:ingest 111:ingest:lint odd=x:+:ingest"
    ],
    ["of a stage with a colon is the stage alone", [":ingest:"], "110:ingest 111:ingest odd=x:+:ingest"],
    ["may name a check", ["110*:ingest:lint"], "110:ingest:lint"],
    ["may have globs in stage and check", [":*:l?nt"], "110:ingest:lint 111:ingest:lint"],
    ["that is a task id means that task, whatever it holds", ["*/yeast/R64:alias"], "*:alias"],
    ["that is a stage's id brings its checks", ["110/yeast/R64:ingest"], "110:ingest 110:ingest:lint"],
    ["that is a check's id means it alone", ["110/yeast/R64:ingest:lint"], "110:ingest:lint"],
    [
      "with a star before a target finds the literal star too",
      ["*/yeast/R64:*:"],
      "110:ingest 110:verify 110:publish 111:ingest 111:verify 111:publish *:alias"
    ],
    ["may escape the star", ["\\*/yeast/R64"], "*:alias"],
    ["may be a target id that looks like a label", ["odd=x:+"], "odd=x:+:ingest"],
    ["may be a task id that looks like a label", ["odd=x:+:ingest"], "odd=x:+:ingest"],
    ["may escape what looks like a label", ["odd\\=x\\:\\+"], "odd=x:+:ingest"],
    ["may be a label", ["release=111"], "111:ingest 111:ingest:lint 111:verify 111:publish"],
    ["may be a label with a glob", ["release=11?"], selected("kind=yeast")],
    ["may be a label whose value ends in an escaped plus", ["release=1\\+"], "odd=x:+:ingest"],
    ["may be a state", ["@failed"], "110:verify"],
    ["may be a state that holds for none", ["@stale"], ""],
    [
      "with a plus adds all that depends on it, through needs and gates",
      ["110/yeast/R64:ingest:lint+"],
      "110:ingest:lint 110:publish *:alias"
    ],
    ["with a plus works for labels and states", ["@failed+"], "110:verify 110:publish *:alias"],
    ["joins others", [":alias", "@failed"], "110:verify *:alias"],
    ["excludes with a minus, from all if nothing else is named", ["-kind=yeast"], "*:alias odd=x:+:ingest"],
    ["excludes last, wherever it stands", ["-:publish", "110/yeast/R64"], "110:ingest 110:ingest:lint 110:verify"],
    ["excludes dependents with a plus", ["110*", "-110*:verify+"], "110:ingest 110:ingest:lint"],
    ["may exclude what is not there together", ["-110/yeast/R64:alias", ":alias"], "*:alias"]
  ]
  for (const [rule, selectors, expected] of rules)
    it(`${rule}: ${selectors.join(" ")}`, () => assert.strictEqual(selected(...selectors), expected))

  it("is not needed: without any, all tasks are selected", () => assert.strictEqual(selected().split(" ").length, tasks.length))
})

describe("the closure", () => {
  it("adds what is needed and what gates", () =>
    assert.strictEqual(closure("110/yeast/R64:publish"), "110:ingest 110:ingest:lint 110:verify 110:publish"))
  it("keeps what is needed although it is excluded", () =>
    assert.strictEqual(closure("110/yeast/R64:publish", "-:ingest"), "110:ingest 110:ingest:lint 110:verify 110:publish"))
})

describe("a selector that names nothing", () => {
  it("140: is told with the nearest names, all of them at once", () => {
    assert.deepStrictEqual(
      problems("110/yest/R64", ":ingset", ":ingest:lnt", "relase=110", "release=112", "@fresch", "110/yeast/R64:alias"),
      [
        {
          problem: "unknown-target",
          selector: "110/yest/R64",
          name: "110/yest/R64",
          nearest: ["110/yeast/R64", "111/yeast/R64", "*/yeast/R64"]
        },
        { problem: "unknown-stage", selector: ":ingset", name: "ingset", nearest: ["ingest"] },
        { problem: "unknown-check", selector: ":ingest:lnt", name: "lnt", nearest: ["lint"] },
        { problem: "unknown-label", selector: "relase=110", name: "relase", nearest: ["release"] },
        { problem: "unknown-value", selector: "release=112", name: "112", nearest: ["110", "111"] },
        { problem: "unknown-state", selector: "@fresch", name: "fresch", nearest: ["fresh"] },
        {
          problem: "no-task",
          selector: "110/yeast/R64:alias",
          nearest: ["*/yeast/R64:alias", "110/yeast/R64:ingest", "110/yeast/R64:publish"]
        }
      ]
    )
  })
  it("is told also where it excludes", () => assert.strictEqual(problems("-:ingset")[0]?.problem, "unknown-stage"))
  it("never finds labels of the language", () => assert.strictEqual(problems("constructor=*")[0]?.problem, "unknown-label"))
  for (const text of ["", "-", "+", "-+", "110:", "a::b", "a:b:c:d", "=x"])
    it(`is malformed: ${JSON.stringify(text)}`, () => assert.strictEqual(problems(text)[0]?.problem, "malformed"))
})

describe("reading a selector", () => {
  it("keeps its parts as written", () => {
    assert.deepStrictEqual(parse("-a\\:b:c:d+"), {
      ok: { text: "-a\\:b:c:d+", exclude: true, dependents: true, what: { by: "place", target: "a\\:b", stage: "c", check: "d" } }
    })
    assert.deepStrictEqual(parse("a\\\\+"), {
      ok: { text: "a\\\\+", exclude: false, dependents: true, what: { by: "place", target: "a\\\\", stage: null, check: null } }
    })
  })
  it("knows a word for every decision, verdict and outcome once", () => assert.strictEqual(new Set(StateWords).size, StateWords.length))
})

describe("a task of one id", () => {
  it("is found, or the nearest are told", () => {
    assert.deepStrictEqual(findTask(graph, "*/yeast/R64:alias"), { ok: 8 })
    assert.deepStrictEqual(findTask(graph, "*/yeast/R64:alais"), { nearest: ["*/yeast/R64:alias"] })
  })
})
