/** Whatever a stage does to its process: it alone fails, with a code of its own. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { isGone, lab, run } from "./lab.ts"

const codes: Readonly<Record<string, string>> = {
  throws: "TASK_DEFECT",
  "rejects-late": "TASK_DEFECT",
  "throws-in-timer": "TASK_DEFECT",
  exits: "TASK_EXIT",
  aborts: "TASK_EXIT",
  loops: "TASK_TIMEOUT",
  blocks: "TASK_TIMEOUT",
  "never-settles": "TASK_TIMEOUT",
  "fills-heap": "TASK_MEMORY",
  "fills-memory": "TASK_MEMORY",
  "changes-folder": "PLUGIN_LEAK",
  "changes-environment": "PLUGIN_LEAK",
  "leaves-timer": "PLUGIN_LEAK",
  "leaves-daemon": "TASK_LEFTOVERS",
  babbles: "TASK_LOST",
  "gives-promise": "TASK_DEFECT"
}

it.live("a stage that misbehaves fails alone and with its own code, and the others go on", () =>
  Effect.gen(function* () {
    const { root, config } = yield* lab("misbehaving.config.ts")
    const { finished, events, stage } = yield* run(config, { jobs: 2 })
    const told = Object.fromEntries(Object.keys(codes).map((name) => [name, stage(name)?.error?.code ?? stage(name)?.outcome]))
    assert.deepStrictEqual(told, codes)
    assert.strictEqual(finished.exit, 1)
    for (const name of ["good", "also-good", "prints"])
      assert.strictEqual(stage(name)?.outcome, "executed", `${name}: ${stage(name)?.error?.message}`)
    assert.strictEqual(finished.counts.failed, Object.keys(codes).length)

    const source = readFileSync(config, "utf8").split("\n")
    const line = (text: string) => source.findIndex((one) => one.includes(text)) + 1
    assert.deepStrictEqual(stage("throws")?.error?.where?.line, line("thrown here"))
    assert.deepStrictEqual(stage("rejects-late")?.error?.where?.line, line("rejected here"))
    assert.deepStrictEqual(stage("exits")?.error?.where?.line, line("process.exit(0)"))
    assert.match(stage("gives-promise")?.error?.message ?? "", /wants an Effect from run, and was given a promise/)
    assert.deepStrictEqual(stage("aborts")?.error?.details["signal"], "SIGABRT")
    assert.deepStrictEqual(stage("changes-environment")?.error?.details["left"], ["the variable ATLAS_LEFT is new"])
    assert.notInclude(JSON.stringify(stage("changes-environment")), "secret")

    const printed = events
      .filter((event) => event.event === "task-log" && event.task === "a:prints")
      .map((event) => "message" in event && event.message)
    assert.isBelow(printed.length, 4000)
    assert.strictEqual(printed.at(-1), "the last line")
    assert.isTrue(printed.some((text) => /^… 99,7\d\d,\d{3} bytes were left out …$/.test(String(text))))

    assert.isTrue(isGone(Number(readFileSync(join(root, "daemon"), "utf8"))))
    assert.deepStrictEqual(readFileSync(join(root, ".atlas/outputs/a/also-good/made"), "utf8").split("\n"), [
      "ATLAS_RUN_HOST",
      "LANG",
      "LC_ALL",
      "PATH",
      "TZ"
    ])
  })
)
