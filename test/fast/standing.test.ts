/** What a kept answer rests on: programs on PATH, variables, what the config looked at, the day of judgement. */
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { afterAll, afterEach, assert, beforeAll, describe, it, vi } from "vitest"
import { standingAnswer } from "../../src/fast/Answer.ts"
import { Workplace } from "../life/workplace.ts"

const config = `import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs"
import { join } from "node:path"
import { project } from "atlas-run"
import { Command } from "atlas-run/command"
import { Check } from "atlas-run/plugin"
import { Effect, Schema } from "effect"
import { word } from "./plugins/word.ts"
const at = (path: string) => join(import.meta.dirname, path)
void [word, process.env.ATLAS_ASKED, readFileSync(at("words.txt"), "utf8"), existsSync(at("absent.txt")), readdirSync(at("listed"))]
void [existsSync(at("listed")), existsSync(at("dangling")), realpathSync(at("way/place")), readlinkSync(at("way"))]
class Count extends Command("count")({
  target: Schema.Struct({ text: Schema.String }),
  inputs: ({ text }) => ({ text }),
  outputs: { count: "file" },
  environment: ["ATLAS_DECLARED"],
  stdout: "count",
  words: ({ inputs }) => ["tally", inputs.text]
}) {}
class Look extends Check("look")({
  on: Count,
  options: Schema.Struct({}),
  findings: { seen: { severity: "error", hint: "" } },
  errors: [],
  run: ({ report }) => Effect.andThen(report("seen", { at: "x", message: "" }), report("seen", { at: "y", message: "" }))
}) {}
export default project({
  name: "standing",
  stages: [Count],
  checks: [Look],
  targets: (target) => [
    target({ text: "text.txt" }, {
      id: "a",
      waive: [
        { check: "look", finding: "seen", at: "x", because: "known", until: "2098-06-30" },
        { check: "look", finding: "seen", at: "y", because: "known", until: "2098-12-31" }
      ]
    })
  ]
})
`

/** How long it may take until an answer is kept, ms. */
const keptMs = 45_000

describe("a kept answer", () => {
  let lab: Workplace
  const { PATH: path } = process.env
  const at = (name: string) => join(lab.root, name)
  const write = (name: string, content: string, mode = 0o644) => {
    mkdirSync(dirname(at(name)), { recursive: true })
    writeFileSync(at(name), content, { mode })
  }

  beforeAll(() => {
    lab = new Workplace()
    write("atlas.config.ts", config)
    write("plugins/word.ts", 'import { Effect } from "effect"\nexport const word = Effect.void\n')
    write("text.txt", "abc")
    write("words.txt", "words")
    mkdirSync(at("listed"))
    mkdirSync(at("bin"))
    // of two programs of one name the first may not be run, so the second is
    write("first/tally", "")
    write("last/tally", '#!/bin/sh\nwc -c "$1"\n', 0o755)
    mkdirSync(at("here/place"), { recursive: true })
    symlinkSync("here", at("way"))
    symlinkSync("nowhere", at("dangling"))
    // nobody may look into the first folder of all
    symlinkSync("circle", at("circle"))
    process.env["PATH"] = [at("circle"), at("first"), at("bin"), at("last"), path].join(delimiter)
  })
  afterEach(() => vi.useRealTimers())
  afterAll(() => {
    process.env["PATH"] = path
    lab.remove()
  })

  /** Runs until the answer is kept: rows as young as the last edit prove nothing yet. */
  const settle = (): void => {
    const until = performance.now() + keptMs
    while (standingAnswer(lab.root) === null) {
      assert.isBelow(performance.now(), until, "nothing is kept")
      const { status, stdout, stderr } = lab.atlas("run")
      assert.strictEqual(status, 0, stdout + stderr)
    }
  }
  const appears = (name: string, mode?: number) => () => {
    write(name, "", mode)
    return () => rmSync(at(name.replace(/\/node_modules\/.*/, "/node_modules")), { recursive: true })
  }
  const setting = (name: string) => () => {
    process.env[name] = "set"
    return () => delete process.env[name]
  }

  const edits: ReadonlyArray<readonly [string, () => () => void]> = [
    ["a program of the same name appears in an earlier folder of PATH", appears("bin/tally", 0o755)],
    [
      "a program changes that stands behind one that may not be run",
      () => {
        write("last/tally", '#!/bin/sh\nwc -m "$1"\n')
        return () => {}
      }
    ],
    [
      "a program may be run now that stands before the one that was",
      () => {
        chmodSync(at("first/tally"), 0o755)
        return () => chmodSync(at("first/tally"), 0o644)
      }
    ],
    [
      "a folder of PATH may be looked into now that could not be",
      () => {
        unlinkSync(at("circle"))
        return () => symlinkSync("circle", at("circle"))
      }
    ],
    ["a link leads somewhere now that the config took for absent", appears("nowhere")],
    [
      "a link of the config's leads elsewhere, to the same folder after it was moved",
      () => {
        renameSync(at("here"), at("there"))
        unlinkSync(at("way"))
        symlinkSync("there", at("way"))
        return () => {
          renameSync(at("there"), at("here"))
          unlinkSync(at("way"))
          symlinkSync("here", at("way"))
        }
      }
    ],
    ["a variable is set that the config asked for and did not find", setting("ATLAS_ASKED")],
    ["a variable is set that a task declares", setting("ATLAS_DECLARED")],
    ["a file appears that the config looked for in vain", appears("absent.txt")],
    ["a name appears in a folder that the config listed", appears("listed/more")],
    ["a nearer node_modules has a package of the same name", appears("plugins/node_modules/effect/index.js")],
    [
      "a file changes that the config read",
      () => {
        write("words.txt", "other")
        return () => {}
      }
    ],
    [
      "a module of the config changes",
      () => {
        write("plugins/word.ts", "export const word = 1\n")
        return () => {}
      }
    ]
  ]
  for (const [what, edit] of edits)
    it(`falls when ${what}`, () => {
      settle()
      const undo = edit()
      const answer = standingAnswer(lab.root)
      undo()
      assert.isNull(answer)
    })

  const day = (text: string) => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date(`${text}T12:00:00Z`) })
    return standingAnswer(lab.root)
  }
  it("stands on the last day of a waiver, the first that ends", () => {
    settle()
    assert.isNotNull(day("2098-06-30"))
  })
  it("falls after the last day of a waiver, the first that ends", () => {
    settle()
    assert.isNull(day("2098-07-01"))
  })
  it("falls before the day on which it was judged", () => {
    settle()
    assert.isNull(day("2020-01-01"))
  })
})
