/** How a host answers and how it stands afterwards, in this process: what a task leaves behind is taken back by the test. */
import { mkdtempSync, realpathSync, rmSync, watch } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, assert, describe, it, vi } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { project } from "atlas-run"
import { Stage } from "atlas-run/plugin"
import { ResultDocument } from "../../src/domain/TaskDocument.ts"
import { answerer } from "../../src/host/Answers.ts"
import { openHost } from "../../src/host/index.ts"
import type { Tell } from "../../src/host/Wire.ts"
import { observeDocument, taskDocument } from "./documents.ts"

const folder = realpathSync(mkdtempSync(join(tmpdir(), "atlas answers ")))
const undo: Array<() => void> = []
afterEach(() => {
  for (let back = undo.pop(); back !== undefined; back = undo.pop()) back()
  vi.restoreAllMocks()
})
afterAll(() => rmSync(folder, { recursive: true }))

const set = (name: string, value: string | undefined): void => {
  const before = process.env[name]
  const put = (to: string | undefined) => {
    if (to === undefined) delete process.env[name]
    else process.env[name] = to
  }
  undo.push(() => put(before))
  put(value)
}

/** What a task does, and how that is told if it is left behind. */
const acts: Readonly<Record<string, readonly [act: () => void, left: ReadonlyArray<string>]>> = {
  nothing: [() => {}, []],
  "the working folder": [
    () => {
      const before = process.cwd()
      undo.push(() => process.chdir(before))
      process.chdir(folder)
    },
    [`the working folder is ${folder}`]
  ],
  "the umask": [
    () => {
      const before = process.umask(0o777)
      undo.push(() => process.umask(before))
    },
    ["the umask is 777"]
  ],
  "a new variable": [() => set("ATLAS_ANSWERS_NEW", "secret"), ["the variable ATLAS_ANSWERS_NEW is new"]],
  "another variable": [() => set("ATLAS_ANSWERS", "other"), ["the variable ATLAS_ANSWERS is another"]],
  "a variable that is gone": [() => set("ATLAS_ANSWERS", undefined), ["the variable ATLAS_ANSWERS is gone"]],
  "an open handle": [
    () => {
      const watcher = watch(folder)
      undo.push(() => watcher.close())
    },
    ["still open: FSEventWrap"]
  ],
  defect: [
    () => {
      throw new Error("it broke")
    },
    []
  ]
}

class Acts extends Stage("acts")({
  target: Schema.Struct({ act: Schema.String }),
  needs: [],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { value: "value" },
  environment: ["ATLAS_TOLD", "ATLAS_UNSET"],
  findings: { seen: { severity: "warning", hint: "" } },
  errors: [],
  cell: {
    id: ({ target }) => target.act,
    immutable: false,
    desired: () => Effect.succeed("value"),
    observe: ({ target }) => Effect.sync(() => (acts[target.act]?.[0](), { state: "absent" as const }))
  },
  run: ({ target, report }) =>
    Effect.gen(function* () {
      yield* report("seen", { at: "variables", message: `${process.env["ATLAS_TOLD"]} ${process.env["ATLAS_UNSET"]}` })
      acts[target.act]?.[0]()
      return { value: "value" }
    })
}) {}

const value = project({
  name: "answers",
  stages: [Acts],
  targets: (target) => Object.keys(acts).map((act) => target({ act }, { id: act.replaceAll(" ", "-") }))
})

interface Told {
  readonly clean: boolean
  readonly document: unknown
}

/** Asks a host of its own one question. */
const asked = async (ask: "execute" | "observe", act: string, environment: Readonly<Record<string, string | null>> = {}): Promise<Told> => {
  const host = openHost({ project: value, root: folder })
  const evaluation = await host.evaluate()
  if ("problems" in evaluation) throw new Error(JSON.stringify(evaluation.problems))
  const id = `${act.replaceAll(" ", "-")}:acts`
  return new Promise((resolve) => {
    const say = (message: Tell): void => {
      if (message.tell === "answer") resolve({ clean: message.clean, document: message.document })
    }
    const answers = answerer({ host: () => host, say, began: () => {}, ended: () => {}, executed: () => {} })
    const document =
      ask === "execute" ? taskDocument(evaluation.project, id, folder, { environment }) : observeDocument(evaluation.project, id, folder)
    answers({ ask, id: 1, document })
  })
}
const resultOf = ({ document }: Told) => Schema.decodeUnknownSync(ResultDocument)(document)

describe("a task that leaves", () => {
  for (const [act, [, left]] of Object.entries(acts).filter(([, [, left]]) => left.length > 0))
    it(`${act} behind is told so, and its host is not used again`, async () => {
      set("ATLAS_ANSWERS", "set")
      const answer = await asked("execute", act)
      assert.deepStrictEqual(
        resultOf(answer).errors.map(({ code, details }) => [code, details["left"]]),
        [["PLUGIN_LEAK", left]]
      )
      assert.isFalse(answer.clean)
    })

  it("something behind by observing a cell is noticed as well", async () => {
    assert.isFalse((await asked("observe", "the umask")).clean)
  })

  it("nothing behind leaves a host that may be used again", async () => {
    const answer = await asked("execute", "nothing")
    assert.deepStrictEqual([answer.clean, resultOf(answer).errors], [true, []])
    assert.isTrue((await asked("observe", "nothing")).clean)
  })
})

describe("a host", () => {
  it("is not used again after a defect of a task", async () => {
    const answer = await asked("execute", "defect")
    assert.deepStrictEqual([answer.clean, resultOf(answer).errors.map(({ code }) => code)], [false, ["TASK_DEFECT"]])
  })

  it("is not used again once it holds more than a GiB", async () => {
    vi.spyOn(process.memoryUsage, "rss").mockReturnValue(1024 ** 3 + 1)
    const answer = await asked("execute", "nothing")
    assert.deepStrictEqual([answer.clean, resultOf(answer).errors], [false, []])
    assert.isFalse((await asked("observe", "nothing")).clean)
  })

  it("gives a task its declared variables, and takes them back", async () => {
    set("ATLAS_TOLD", "before")
    set("ATLAS_UNSET", "before")
    const { findings } = resultOf(await asked("execute", "nothing", { ATLAS_TOLD: "told", ATLAS_UNSET: null }))
    assert.deepStrictEqual(
      findings.map(({ message }) => message),
      ["told undefined"]
    )
    assert.deepStrictEqual([process.env["ATLAS_TOLD"], process.env["ATLAS_UNSET"]], ["before", "before"])
  })
})
