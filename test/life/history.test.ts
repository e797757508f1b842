/** Past runs, reasons, reports and completions of a real project, through the program that users run. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { snapshot } from "../ports/workplace.ts"
import { Workplace } from "./workplace.ts"

/** read → join of two targets; stages and outputs by these names. */
const config = ({ read = "read", targets = ["t", "u"], mark = "" } = {}) => `
import { Schema } from "effect"
import { project } from "atlas-run"
import { Command } from "atlas-run/command"
class Read extends Command("${read}")({
  target: Schema.Struct({ text: Schema.String, id: Schema.String }),
  inputs: ({ text }) => ({ text }),
  outputs: { lines: "file" },
  paths: ({ target }) => ({ lines: \`out/\${target.id}.txt\` }),
  shell: ({ inputs, outputs }) => \`cat \${inputs.text} > \${outputs.lines}\`
}) {}
class Join extends Command("join")({
  target: Schema.Struct({ id: Schema.String }),
  needs: [Read],
  outputs: { joined: "file" },
  paths: ({ target }) => ({ joined: \`out/\${target.id}.joined\` }),
  shell: ({ needs, outputs }) => \`(echo '${mark}'; cat \${needs[${JSON.stringify(read)}].lines}) > \${outputs.joined}\`
}) {}
export default project({
  name: "history",
  stages: [Read, Join],
  targets: (target) => [${targets.map((id) => `target({ text: "data/${id}.text", id: "${id}" }, { id: "${id}" })`).join(", ")}]
})
`

let lab: Workplace
const at = (path: string): string => join(lab.root, path)
const configure = (how: Parameters<typeof config>[0] = {}) => writeFileSync(at("atlas.config.ts"), config(how))
const text = (id: string, content: string) => writeFileSync(at(`data/${id}.text`), content)
const runs = (): ReadonlyArray<string> => readdirSync(at(".atlas/runs")).filter((name) => name !== "last.json")

/** Of state, inputs and outputs; the packages are a link to this repository. */
const standing = (): ReadonlyArray<string> => [".atlas", "data", "out"].flatMap((folder) => snapshot(at(folder)))

beforeEach(() => {
  lab = new Workplace()
  for (const id of ["t", "u"]) text(id, `${id}\n`)
  configure()
})
afterEach(() => lab.remove())

describe("137: what plan says", () => {
  it("is what the next run does, task by task, after edits of every kind", () => {
    lab.run()
    const edits: ReadonlyArray<() => void> = [
      () => text("t", "other\n"),
      () => writeFileSync(at("out/u.joined"), "tampered"),
      () => configure({ mark: "x" }),
      () => {
        text("u", "again\n")
        configure({ mark: "y" })
      }
    ]
    for (const edit of edits) {
      edit()
      const planned: ReadonlyArray<{ readonly task: string; readonly decision: string }> = lab.json("plan").tasks
      const { tasks } = lab.run("--no-cache")
      for (const { task, decision } of planned) {
        const outcome = tasks.get(task)?.outcome
        assert.include(
          decision === "stale" ? ["executed"] : decision === "fresh" ? ["fresh"] : ["executed", "fresh"],
          outcome,
          `${task} was ${decision}`
        )
      }
    }
  })
})

describe("139: with --json every command", () => {
  it("prints one valid document on stdout, and what else it tells on stderr", () => {
    lab.run()
    text("t", "other\n")
    lab.run()
    const commands = [
      "plan|why t:join|why t:join --run last|status|graph|show t:join|logs t:join|history|history t:join|history --diff last last|report",
      "verify|gc --dry-run|cache stats|explain TASK_TAINTED|completions bash|adopt t:read --because tried|--version"
    ].flatMap((line) => line.split("|").map((words) => words.split(" ")))
    for (const command of commands) {
      const { stdout, stderr } = lab.atlas(...command, "--json")
      assert.strictEqual(stdout.trimEnd().split("\n").length, 1, `${command.join(" ")}: ${stderr}`)
      assert.match(JSON.parse(stdout).atlas, /^[a-z-]+\/\d+$/, command.join(" "))
    }
  })
})

describe("141: status --check", () => {
  it("is 0 for what is fresh and 4 for what is stale, and changes nothing", () => {
    lab.run()
    lab.run()
    const before = standing()
    assert.strictEqual(lab.atlas("status", "--check").status, 0)
    assert.deepStrictEqual(standing(), before)
    text("t", "other\n")
    const edited = standing()
    assert.strictEqual(lab.atlas("status", "--check").status, 4)
    assert.deepStrictEqual(standing(), edited)
  })
})

describe("144: commands that only look", () => {
  it("write nothing, records of runs included, so that they work where nothing can be written", () => {
    lab.run()
    text("t", "other\n")
    lab.run()
    text("u", "other\n")
    const before = standing()
    for (const words of [
      ["plan"],
      ["why", "u:join"],
      ["status"],
      ["history"],
      ["history", "t:join"],
      ["show", "t:read"],
      ["report"],
      ["cache", "stats"]
    ]) {
      const { status, stderr } = lab.atlas(...words)
      assert.strictEqual(status, 0, `${words.join(" ")}: ${stderr}`)
    }
    assert.deepStrictEqual(standing(), before)
  })
})

describe("8: a stage with another name and the same definition", () => {
  it("is told as renamed by plan, why and gc, and its old task as an orphan", () => {
    lab.run()
    configure({ read: "take" })
    const planned = lab.json("plan").tasks.find(({ task }: { readonly task: string }) => task === "t:take")
    assert.deepStrictEqual([planned.decision, planned.renamedFrom], ["stale", "t:read"])
    assert.include(lab.atlas("plan").stdout, "it seems to be t:read under another name")
    assert.strictEqual(lab.json("why", "t:take").renamedFrom, "t:read")
    lab.run()
    const orphan = lab.json("gc", "--dry-run").orphans.find(({ task }: { readonly task: string }) => task === "t:read")
    assert.deepStrictEqual([orphan.renamedTo, orphan.outputs[0].state], ["t:take", "shared"])
  })

  it("a target with another name that makes the same in the same places is taken from the cache", () => {
    lab.run()
    const renamed = config().replaceAll('{ id: "t" })', '{ id: "new" })')
    writeFileSync(at("atlas.config.ts"), renamed)
    assert.strictEqual(lab.json("plan").tasks.find(({ task }: { readonly task: string }) => task === "new:read").renamedFrom, "t:read")
    assert.strictEqual(lab.run().exit, 0)
  })
})

describe("the records of runs", () => {
  it("stay as many as gc is told, the newest", () => {
    for (const content of ["1", "2", "3", "4"]) {
      text("t", content)
      lab.run()
    }
    const all = [...runs()].sort()
    assert.strictEqual(all.length, 4)
    writeFileSync(at(`.atlas/runs/${all[0]}.part`), "{")
    assert.strictEqual(lab.json("gc", "--dry-run", "--runs", "2").reports.length, 3)
    lab.atlas("gc", "--runs", "2")
    assert.deepStrictEqual([...runs()].sort(), all.slice(2))
    lab.atlas("gc")
    assert.strictEqual(runs().length, 2)
  })

  it("of a task that the project no longer has is still told", () => {
    lab.run()
    configure({ targets: ["u"] })
    assert.deepStrictEqual(
      lab.json("history", "t:join").executions.map(({ task, outcome }: { task: string; outcome: string }) => [task, outcome]),
      [["t:join", "executed"]]
    )
    assert.strictEqual(lab.atlas("history", "t:nothing").status, 2)
  })
})

describe("the report of a run", () => {
  it("is written whole by run --report and by report, with a trace of when what ran", () => {
    assert.strictEqual(lab.atlas("--report", "report.html", "--trace", "trace.json").status, 0)
    const page = readFileSync(at("report.html"), "utf8")
    assert.strictEqual(lab.atlas("report").stdout, page)
    const trace = JSON.parse(readFileSync(at("trace.json"), "utf8"))
    const bars = trace.traceEvents.filter(({ ph }: { readonly ph: string }) => ph === "X")
    assert.deepStrictEqual(bars.map(({ name }: { readonly name: string }) => name).sort(), ["t:join", "t:read", "u:join", "u:read"])
    for (const { ts, dur, pid, tid } of bars) for (const number of [ts, dur, pid, tid]) assert.isAtLeast(number, 0)
  })

  it("of a run that did nothing says so, and leaves no record", () => {
    lab.run()
    const before = runs().length
    assert.strictEqual(lab.atlas("--report", "idle.html").status, 0)
    assert.include(readFileSync(at("idle.html"), "utf8"), "all that it looked at was fresh")
    assert.strictEqual(runs().length, before)
  })

  it("that cannot be written ends with 3 and names the file", () => {
    mkdirSync(at("folder.html"))
    const { status, stderr } = lab.atlas("--report", "folder.html")
    assert.strictEqual(status, 3)
    assert.include(stderr, "folder.html")
  })
})

describe("completions", () => {
  const bash = existsSync("/bin/bash") ? "/bin/bash" : null
  /** What bash offers for a line that ends where its last word does. */
  const offered = (...words: ReadonlyArray<string>): ReadonlyArray<string> => {
    writeFileSync(at("complete.sh"), lab.atlas("completions", "bash").stdout)
    const script = `source complete.sh; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _atlas_run; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = spawnSync(bash ?? "", ["-c", script, "bash", "atlas-run", ...words], { cwd: lab.root, encoding: "utf8" })
    return stdout.split("\n").filter((line) => line !== "")
  }

  it.skipIf(bash === null)("of bash complete commands, their flags and the values of flags", () => {
    writeFileSync(at("complete.sh"), lab.atlas("completions", "bash").stdout)
    assert.strictEqual(spawnSync(bash ?? "", ["-n", "complete.sh"], { cwd: lab.root }).status, 0)
    assert.deepStrictEqual(offered("wh"), ["why"])
    assert.include(offered(""), "history")
    assert.deepStrictEqual(offered("why", "--comp"), ["--compare"])
    assert.deepStrictEqual(offered("--fail"), ["--fail-fast"])
    assert.deepStrictEqual(offered("graph", "--format", "m"), ["mermaid"])
    assert.deepStrictEqual(offered("graph", "--format", "=", "d"), ["dot"])
    assert.deepStrictEqual(offered("explain", "TASK_TAI"), ["TASK_TAINTED"])
    assert.deepStrictEqual(offered("completions", "z"), ["zsh"])
    assert.deepStrictEqual(offered("why", "t:join", "--compare", "atlas.con"), ["atlas.config.ts"])
  })

  for (const shell of ["zsh", "fish"]) {
    const there = spawnSync(shell, ["--version"]).status === 0
    if (!there) console.warn(`SKIPPED: ${shell} is not on this machine, its completions are not read by it`)
    it.skipIf(!there)(`of ${shell} are read by it`, () => {
      writeFileSync(at("script"), lab.atlas("completions", shell).stdout)
      assert.strictEqual(spawnSync(shell, ["-n", "script"], { cwd: lab.root }).status, 0)
    })
    it(`of ${shell} know every command and flag`, () => {
      const script = lab.atlas("completions", shell).stdout
      for (const word of ["history", "completions", shell === "fish" ? "-l compare" : "--compare"]) assert.include(script, word)
    })
  }

  it("of another shell are refused", () => {
    assert.strictEqual(lab.atlas("completions", "tcsh").status, 2)
  })
})
