/** Of a project in which little moved only that is opened, and all is told as if everything had been; beside others who do the same. */
import { spawn } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { lookAt, standingAnswer } from "../../src/fast/Answer.ts"
import type { RunReport } from "../../src/domain/RunReport.ts"
import { repository } from "../life/workplace.ts"
import { PropertyLab } from "./property-lab.ts"

let lab: PropertyLab
beforeEach(() => {
  lab = new PropertyLab()
})
afterEach(() => lab.close())

/** Runs until the short cut answers: on coarse file systems rows as young as the last run prove nothing yet. */
const settle = (): void => {
  for (let tries = 0; standingAnswer(lab.root) === null; tries++) {
    assert.isBelow(tries, 60, "nothing is kept")
    const { exit, stdout, stderr } = lab.run()
    assert.strictEqual(exit, 0, stdout + stderr)
  }
}

const report = (): RunReport => JSON.parse(readFileSync(lab.at(".atlas/runs/last.json"), "utf8"))
const opened = () => {
  const { tasks, others } = report()
  return { tasks: tasks.map(({ task, outcome }) => `${task} ${outcome}`).sort(), others }
}
const ofD = (outcome: string) => ["d:count", "d:shape", "d:shape:look", "d:share"].map((task) => `${task} ${outcome}`)

const start = (...words: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [join(repository, "dist", "bin.mjs"), ...words], {
    cwd: lab.root,
    stdio: ["ignore", "pipe", "inherit"]
  })
  let stdout = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
  return new Promise<{ readonly exit: number | null; readonly stdout: string }>((resolve) =>
    child.once("close", (exit) => resolve({ exit, stdout }))
  )
}

const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; !holds(); tries++) {
    assert.isBelow(tries, 6000, "never came")
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe("a plain run after one part of a project changed", () => {
  it("105: opens that part alone, counts and tells everything, and leaves the next run to the short cut", () => {
    settle()
    lab.write("texts/d.txt", "odd9 other words")
    assert.strictEqual(lookAt(lab.root)?.groups.length, 1)
    const ran = lab.run()
    assert.strictEqual(ran.exit, 0, ran.stderr)
    assert.deepStrictEqual(opened(), { tasks: ofD("executed"), others: "fresh" })
    assert.include(ran.stdout, "4 executed · 24 fresh · 0 failed")
    assert.match(ran.stdout, /⚠ look +fresh +1 warning: odd/, "the warning of another part")
    settle()
    const short = lab.run()
    assert.strictEqual(short.stderr, "")
    assert.strictEqual(short.stdout, lab.run("--no-fast-path").stdout)
  })

  it("101: fails for that part alone, looks at it again each time, and heals", () => {
    settle()
    lab.remove("texts/d.txt")
    for (let time = 0; time < 2; time++) {
      const ran = lab.run()
      assert.strictEqual(ran.exit, 1)
      assert.include(ran.stdout, "0 executed · 24 fresh · 1 failed · 3 blocked")
      assert.strictEqual(lookAt(lab.root)?.groups.length, 1)
    }
    lab.write("texts/d.txt", "oddity and more")
    assert.include(lab.run().stdout, "28 tasks fresh")
    settle()
  })

  it("does the work of a killed run that left its scratch behind, and clears that away", () => {
    settle()
    lab.write(".atlas/scratch/20200101T000000-00000000/x", "")
    lab.write("texts/d.txt", "odd9 other words")
    const ran = lab.run()
    assert.strictEqual(ran.exit, 0, ran.stderr)
    assert.include(ran.stdout, "4 executed · 24 fresh · 0 failed")
    assert.isFalse(existsSync(lab.at(".atlas/scratch")))
    settle()
  })

  it("evaluates anew, and does the same, where the kept document of that part is damaged", () => {
    settle()
    const bytes = readFileSync(lab.at(".atlas/project"))
    bytes[bytes.length - 2] = (bytes.at(-2) as number) ^ 1
    lab.write(".atlas/project", bytes)
    for (const name of ["1", "2", "3"]) lab.write(`sides/${name}.txt`, `odd${name}\nnew\n`)
    const ran = lab.run()
    assert.strictEqual(ran.exit, 0, ran.stderr)
    assert.include(ran.stdout, "8 executed · 20 fresh · 0 failed")
  })
})

describe("two runs at once of a project that was never run", () => {
  it("111, 113: execute each task once together, and keep no reader waiting", async () => {
    lab.write("bin/measure", '#!/bin/sh\n: > began\nuntil [ -e go ]; do sleep 0.02; done\nwc -c < "$1"\n', 0o755)
    const first = start("run", "--json")
    await until(() => existsSync(lab.at("began")))
    const second = start("run", "--json")
    const [plan, status] = await Promise.all([start("plan", "--json"), start("status", "--json")])
    assert.deepStrictEqual([plan.exit, status.exit, existsSync(lab.at("go"))], [0, 0, false])
    assert.strictEqual(JSON.parse(plan.stdout).tasks.length, 28)
    lab.write("go", "")
    const runs = await Promise.all([first, second])
    assert.deepStrictEqual(
      runs.map(({ exit }) => exit),
      [0, 0]
    )
    const outcomes = runs.flatMap(({ stdout }) =>
      stdout
        .split("\n")
        .filter((line) => line.includes('"task-finished"'))
        .map((line) => JSON.parse(line) as { readonly task: string; readonly outcome: string })
    )
    const executed = outcomes.filter(({ outcome }) => outcome === "executed").map(({ task }) => task)
    assert.deepStrictEqual([outcomes.length, executed.length, new Set(executed).size], [56, 28, 28])
    assert.strictEqual(readdirSync(lab.at(".atlas/traces")).length, 28)
  })
})
