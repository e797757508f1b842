/** A file split by the names in it, a task a part, one that gathers them: all programs, as the command line sees them. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { lookAt, standingAnswer } from "../../src/fast/Answer.ts"
import { program, repository } from "./workplace.ts"

const config = `
import { Schema } from "effect"
import { project } from "atlas-run"
import { Command } from "atlas-run/command"

class Split extends Command("split")({
  target: Schema.Struct({ sequences: Schema.String }),
  inputs: ({ sequences }) => ({ sequences }),
  outputs: { parts: "folder" },
  shell: ({ inputs, outputs }) =>
    \`mkdir \${outputs.parts}; awk -v to=\${outputs.parts} '/^>/ { name = substr($1, 2) } { print > (to "/" name) }' \${inputs.sequences}\`
}) {}

class Length extends Command("length")({
  each: { of: Split, output: "parts" },
  roots: { build: "build" },
  paths: ({ roots, labels, item }) => ({ line: \`\${roots.build}/\${labels["name"]}/\${item.name}.length\` }),
  outputs: { line: "file" },
  stdout: "line",
  shell: ({ item }) => \`printf '%s ' \${item.name}; grep -v '^>' \${item.path} | tr -d '\\\\n' | wc -c\`
}) {}

class Table extends Command("table")({
  needs: [Length],
  outputs: { table: "file" },
  stdout: "table",
  words: ({ needs }) => ["cat", "/dev/null", needs.length.line]
}) {}

export default project({
  name: "parts",
  stages: [Split, Length, Table],
  targets: (target) => ["a", "b"].map((id) => target({ sequences: \`\${id}.fa\` }, { id, labels: { name: id } }))
})
`

class Lab {
  readonly root = mkdtempSync(join(tmpdir(), "atlas fan-out life "))

  constructor() {
    mkdirSync(join(this.root, "node_modules"))
    symlinkSync(repository, join(this.root, "node_modules", "atlas-run"))
    symlinkSync(join(repository, "node_modules", "effect"), join(this.root, "node_modules", "effect"))
    writeFileSync(join(this.root, "atlas.config.ts"), config)
    this.write("a", { chr1: "ACGT", chr2: "AC" })
    this.write("b", { "HLA*01:01": "GATTACA" })
  }

  write(target: string, sequences: Readonly<Record<string, string>>): void {
    writeFileSync(
      join(this.root, `${target}.fa`),
      Object.entries(sequences)
        .map(([name, letters]) => `>${name}\n${letters}\n`)
        .join("")
    )
  }

  atlas(...words: ReadonlyArray<string>) {
    return spawnSync(process.execPath, [program, ...words], { cwd: this.root, encoding: "utf8", timeout: 300_000 })
  }

  events(...words: ReadonlyArray<string>) {
    const { stdout, stderr, status } = this.atlas("run", "--json", ...words)
    const events: ReadonlyArray<any> = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]))
    const outcomes = events.flatMap(({ event, task, outcome }) => (event === "task-finished" ? [`${task} ${outcome}`] : []))
    return { events, outcomes: outcomes.sort(), status, stderr }
  }

  json(...words: ReadonlyArray<string>): any {
    const { stdout, stderr } = this.atlas(...words, "--json")
    if (stdout === "") throw new Error(stderr)
    return JSON.parse(stdout)
  }

  /** `a:split stale`. */
  plan(...words: ReadonlyArray<string>): ReadonlyArray<string> {
    return this.json("plan", ...words).tasks.map(({ task, decision }: { task: string; decision: string }) => `${task} ${decision}`)
  }

  table(target: string): string {
    return readFileSync(join(this.root, ".atlas", "outputs", target, "table", "table"), "utf8")
  }

  /** Runs until the short cut answers: rows as young as the last run prove nothing yet. */
  settle(): void {
    for (let tries = 0; standingAnswer(this.root) === null; tries++) {
      assert.isBelow(tries, 60, "nothing is kept")
      const { status, stdout, stderr } = this.atlas()
      assert.strictEqual(status, 0, stdout + stderr)
    }
  }
}

let lab: Lab
beforeEach(() => {
  lab = new Lab()
})
afterEach(() => rmSync(lab.root, { recursive: true, force: true }))

describe("a file that is split by the names in it", () => {
  it("79: is planned as far as it is known, and run to its end in one run", () => {
    assert.deepStrictEqual(lab.plan(), [
      "a:split stale",
      "a:length pending",
      "a:table stale",
      "b:split stale",
      "b:length pending",
      "b:table stale"
    ])
    assert.match(lab.atlas("plan").stdout, /length +pending +until split has run: its items are not known yet/)
    assert.match(lab.atlas("why", "a:length").stdout, /^pending until split has run: its items are not known yet/)
    const { events, outcomes, status } = lab.events()
    assert.strictEqual(status, 0)
    assert.deepStrictEqual(outcomes, [
      "a:length@chr1 executed",
      "a:length@chr2 executed",
      "a:split executed",
      "a:table executed",
      "b:length@HLA%2A01%3A01 executed",
      "b:split executed",
      "b:table executed"
    ])
    assert.deepStrictEqual(
      [events[0].tasks, events.at(-1).counts.executed, events.filter(({ event }) => event === "run-started").length],
      [6, 7, 1]
    )
    const fanned = events.filter(({ event }) => event === "fanned-out").sort((a, b) => (a.task < b.task ? -1 : 1))
    assert.deepStrictEqual(
      fanned.map(({ task, added, removed }) => ({ task, added, removed })),
      [
        { task: "a:split", added: ["a:length@chr1", "a:length@chr2"], removed: ["a:length"] },
        { task: "b:split", added: ["b:length@HLA%2A01%3A01"], removed: ["b:length"] }
      ]
    )
    assert.strictEqual(lab.table("a"), "chr1 4\nchr2 2\n")
    assert.strictEqual(lab.table("b"), "HLA*01:01 7\n")
    assert.isTrue(existsSync(join(lab.root, "build", "b", "HLA*01:01.length")))
  })

  it("is told as a tree of all its tasks, in the project's order", () => {
    const { stdout, status } = lab.atlas()
    assert.strictEqual(status, 0)
    const names = stdout.split("\n").flatMap((line) => /^ +✓ (\S+)/.exec(line)?.[1] ?? [])
    assert.deepStrictEqual(names, ["split", "length@chr1", "length@chr2", "table", "split", "length@HLA%2A01%3A01", "table"])
    assert.match(stdout, /^7 executed · 0 fresh · 0 failed/m)
  })

  it("78: with a sequence more, runs that sequence and the table; the other target is not opened", () => {
    lab.settle()
    lab.write("a", { chr1: "ACGT", chr2: "AC", chr3: "A" })
    assert.strictEqual(lookAt(lab.root)?.groups.length, 1)
    const { stdout } = lab.atlas()
    assert.match(stdout, /3 executed · 5 fresh · 0 failed/)
    assert.strictEqual(lab.table("a"), "chr1 4\nchr2 2\nchr3 1\n")
    lab.settle()
    assert.match(lab.atlas().stdout, /^8 tasks fresh/)
    assert.match(lab.atlas("run", "--no-fast-path").stdout, /^8 tasks fresh/)
    const { status, targets } = { ...lab.json("status"), status: lab.atlas("status", "--check").status }
    assert.deepStrictEqual([status, targets.map(({ state }: { state: string }) => state)], [0, ["fresh", "fresh"]])
  })

  it("72: with a sequence less, tells what that left behind and keeps it; gc removes it when asked to", () => {
    lab.settle()
    lab.write("a", { chr1: "ACGT" })
    const { outcomes } = lab.events()
    assert.deepStrictEqual(outcomes.slice(0, 3), ["a:length@chr1 fresh", "a:split executed", "a:table executed"])
    const orphan = join(lab.root, "build", "a", "chr2.length")
    assert.isTrue(existsSync(orphan))
    const told = lab.json("gc", "--dry-run").orphans
    assert.deepStrictEqual(
      told.map(({ task, outputs }: any) => [task, ...outputs.map(({ path, state }: any) => `${path} ${state}`)]),
      [["a:length@chr2", "build/a/chr2.length present"]]
    )
    assert.strictEqual(lab.atlas("gc", "--orphans").status, 0)
    assert.isFalse(existsSync(orphan))
    assert.deepStrictEqual(lab.json("gc", "--dry-run").orphans, [])
  })

  it("has a short cut that answers as the engine does, after any edit of what it made", () => {
    lab.settle()
    const told = lab.atlas()
    assert.match(told.stdout, /^7 tasks fresh/)
    writeFileSync(join(lab.root, "build", "a", "chr1.length"), "altered")
    assert.isNull(standingAnswer(lab.root))
    assert.deepStrictEqual(
      lab.plan().filter((line) => !line.endsWith("fresh")),
      ["a:length@chr1 stale", "a:table pending"]
    )
    assert.match(lab.atlas().stdout, /6 fresh/)
    // the last task of the last target: items before it do not shift where it belongs
    lab.settle()
    writeFileSync(join(lab.root, ".atlas", "outputs", "b", "table", "table"), "altered")
    assert.match(lab.atlas().stdout, /6 fresh/)
    assert.strictEqual(lab.table("b"), "HLA*01:01 7\n")
    lab.settle()
    rmSync(join(lab.root, ".atlas", "outputs", "a", "split", "parts", "chr1"))
    assert.match(lab.atlas().stdout, /6 fresh/)
    assert.match(lab.atlas("run", "--no-fast-path").stdout, /^7 tasks fresh/)
  })

  it("lets each item be named: selectors, why, show, logs and graph", () => {
    lab.settle()
    assert.deepStrictEqual(lab.plan(":length@chr2"), ["a:split fresh", "a:length@chr2 fresh"])
    assert.deepStrictEqual(lab.plan("a:length"), ["a:split fresh", "a:length@chr1 fresh", "a:length@chr2 fresh"])
    assert.match(lab.atlas("why", "a:length@chr2").stdout, /^fresh/)
    assert.strictEqual(lab.json("show", "a:length@chr2").result.outputs[0].path, "build/a/chr2.length")
    assert.strictEqual(lab.atlas("logs", "b:length@HLA%2A01%3A01").status, 0)
    const { edges } = lab.json("graph")
    const into = edges.filter(({ to }: any) => to === "a:table").map(({ from }: any) => from)
    assert.deepStrictEqual(into.sort(), ["a:length@chr1", "a:length@chr2", "a:split"])
    const unknown = lab.atlas("why", "a:length@chr3")
    assert.strictEqual(unknown.status, 2)
    assert.match(unknown.stderr, /no task is called a:length@chr3; did you mean a:length@chr1/)
    const unselected = lab.atlas("plan", ":length@chrM")
    assert.strictEqual(unselected.status, 2)
    assert.match(unselected.stderr, /did you mean length@chr1 or length@chr2/)
    const forced = lab.events("a:length@chr1", "--force", "a:length@chr1")
    assert.deepStrictEqual(forced.outcomes, ["a:length@chr1 executed", "a:split fresh"])
  })
})
