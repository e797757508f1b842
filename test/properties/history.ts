/** One history: a full run, then edits, each followed by a plan, a run and sometimes worse; held against the model after each step. */
import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { assert } from "vitest"
import { Random } from "../core/simulation/Random.ts"
import type { Ran } from "../life/workplace.ts"
import { type Edit, edits } from "./edits.ts"
import { makeWorld } from "./graph.ts"
import { PropertyLab } from "./lab.ts"
import { rebuild, type Truth } from "./model.ts"

const mayEnd: Readonly<Record<string, ReadonlyArray<string>>> = {
  fresh: ["fresh"],
  stale: ["executed", "restored", "failed", "blocked"],
  pending: ["executed", "restored", "fresh", "failed", "blocked", "drifted"],
  blocked: ["blocked"],
  drifted: ["drifted", "blocked"]
}
/** Runs until a run leaves everything as it is: rows as young as the last run prove nothing yet. */
const Patience = 30

interface Planned {
  readonly task: string
  readonly decision: string
}

export class History {
  readonly seed: number
  steps = 0
  readonly random: Random
  readonly lab: PropertyLab
  readonly told: Array<string> = []
  /** Nothing is known of what the last run did, only that its results must be right. */
  unsure = false
  /** Something that was made may be missing in the cache. */
  hurt = false

  constructor(seed: number, large: boolean) {
    this.seed = seed
    this.random = new Random(seed)
    this.lab = new PropertyLab(makeWorld(this.random, large))
  }

  replay(what: string): string {
    return `${what}\n  ${this.told.join("\n  ")}\n  in ${this.lab.root}\n  replay with ATLAS_SEED=${this.seed} ATLAS_PROPERTY_STEPS=${this.steps}`
  }

  words(): ReadonlyArray<string> {
    return ["--now", this.lab.world.now]
  }

  plan(forced: ReadonlyArray<string> = []): ReadonlyArray<Planned> {
    return this.lab.lab.json("plan", ...forced, ...this.words()).tasks
  }

  /** P1, P2: results and outcomes are the model's; then what succeeded is remembered. */
  settle(ran: Ran, forced: ReadonlySet<string>): void {
    const { lab } = this
    const truths = rebuild(lab.world, lab.memory, forced)
    assert.notMatch(ran.output.stdout + ran.output.stderr, /\n +at /, this.replay("a stack trace"))
    assert.deepStrictEqual(
      [...ran.tasks.keys()].sort(),
      [...truths.keys()].sort(),
      this.replay(`not all tasks were told: ${ran.output.stderr}`)
    )
    for (const [task, truth] of truths) this.hold(task, truth, ran)
    const bad = [...truths.values()].some((truth) => truth.is !== "done" || truth.verdict === "failed")
    assert.strictEqual(ran.exit, bad ? 1 : 0, this.replay(`the run ended with ${ran.exit}`))
    this.unsure = false
  }

  hold(task: string, truth: Truth, ran: Ran): void {
    const { memory } = this.lab
    const told = ran.tasks.get(task)
    const outcome = told?.outcome === "restored" ? "executed" : told?.outcome
    const wrong = (what: string) => this.replay(`${task} ${what}: ${JSON.stringify(told)}`)
    if (truth.is !== "done") return assert.strictEqual(outcome, truth.is, wrong("should be otherwise"))
    if (this.unsure) assert.include(["executed", "fresh"], outcome, wrong("should be done"))
    else assert.strictEqual(outcome, truth.runs ? "executed" : "fresh", wrong(`should be ${truth.runs ? "executed" : "fresh"}`))
    assert.strictEqual(told?.verdict ?? null, truth.verdict, wrong("has another verdict"))
    const cell = this.lab.cells().get(task)
    if (cell !== undefined) {
      assert.strictEqual(this.lab.read(cell), truth.made, wrong("holds something else"))
      memory.live.set(task, truth.made)
      if (outcome === "executed" || this.unsure) memory.applied.set(task, truth.made)
      return
    }
    const output = this.lab.outputs().get(task)
    if (output !== undefined) assert.strictEqual(this.lab.read(output), truth.made, wrong("made something else"))
    memory.recipes.set(task, truth.recipe)
    memory.damaged.delete(task)
  }

  /** P8, P4: what was planned is what is run, in any order and number of tasks at a time. */
  step(): void {
    const { lab, random } = this
    const tasks = [...lab.outputs().keys()]
    const chosen = random.chance(0.15) ? [random.pick(tasks)] : []
    const words = chosen.flatMap((task) => ["--force", task])
    if (chosen.length > 0) this.told.push(`forced ${chosen.join(" ")}`)
    const forced = new Set(chosen.flatMap((task) => [task, ...lab.world.checks.map(({ name }) => `${task}:${name}`)]))
    const planned = this.unsure ? [] : this.plan(words)
    const ran = lab.lab.run(...words, ...this.words(), "--jobs", `${1 + random.int(4)}`)
    for (const { task, decision } of planned)
      assert.include(mayEnd[decision] ?? [], ran.tasks.get(task)?.outcome, this.replay(`${task} was planned ${decision}`))
    this.settle(ran, forced)
  }

  /** All that fails on its own is mended, and nobody else's value is in a cell: then a run ends well. */
  mend(): void {
    const { world, memory } = this.lab
    for (const [path, text] of world.files)
      if (text === null ? path.startsWith("in/") : /^fail/m.test(text)) world.files.set(path, "line 1\n")
    for (const { severity } of world.targets) for (const name of severity.keys()) severity.set(name, "warning")
    for (const [task, path] of this.lab.cells())
      if (memory.live.get(task) !== memory.applied.get(task)) {
        this.lab.remove(path)
        memory.live.delete(task)
      }
    this.lab.lay()
    this.told.push("all is mended")
  }

  /** P3: nothing is left to do, and doing it writes nothing. */
  idle(): void {
    const { lab } = this.lab
    const rows = () => lab.rows().join("\n")
    for (let last = "", tries = 0; last !== rows(); tries++) {
      assert.isBelow(tries, Patience, this.replay("each run writes something"))
      last = rows()
      const ran = lab.run(...this.words())
      assert.deepStrictEqual([ran.exit, ran.counts["fresh"]], [0, ran.tasks.size], this.replay("something was left to do"))
    }
  }

  /** P9: taking back what was named takes back what it caused. */
  taken(name: string, edit: Edit): void {
    const before = this.plan()
    const undo = edit(this.lab, this.random)
    if (undo === null) return void this.told.push(`${name}, which nobody undoes`)
    const during = this.plan()
    undo()
    assert.deepStrictEqual(
      this.plan(),
      before,
      this.replay(`${name}, and taken back: ${JSON.stringify(during.filter(({ decision }) => decision !== "fresh"))}`)
    )
    this.told.push(`${name}, and taken back`)
  }

  /** P5: killed at any moment. */
  async killed(): Promise<void> {
    const run = this.lab.lab.start(...this.words())
    const timer = setTimeout(() => run.child.kill("SIGKILL"), this.random.int(700))
    await run.end()
    clearTimeout(timer)
    this.told.push("a run is killed")
    this.unsure = true
    this.hurt = true
  }

  /** P6: two runs at once are one. */
  async twice(): Promise<void> {
    const ends = await Promise.all([1, 2].map(() => this.lab.lab.start(...this.words()).end()))
    const executed = ends.flatMap(({ outcomes }) =>
      Object.entries(outcomes).flatMap(([task, outcome]) => (outcome === "executed" ? [task] : []))
    )
    assert.strictEqual(new Set(executed).size, executed.length, this.replay(`executed twice: ${executed.join(" ")}`))
    this.told.push("two runs at once")
    this.unsure = true
  }

  /** P7: any byte of state or cache. A plain error is allowed where it says what to do, and that helps. */
  flipped(): void {
    const path = this.random.pick(this.lab.stateFiles())
    const bytes = readFileSync(path)
    if (bytes.length === 0) return
    const at = this.random.int(bytes.length)
    bytes[at] = (bytes[at] as number) ^ (1 << this.random.int(8))
    execFileSync("chmod", ["u+w", path])
    writeFileSync(path, bytes)
    this.told.push(`byte ${at} of ${path.slice(this.lab.root.length)} is another`)
    this.unsure = true
    this.hurt = true
    const ran = this.lab.lab.run(...this.words())
    if (ran.exit !== 3) return this.settle(ran, new Set())
    assert.match(ran.output.stderr, /hint/, this.replay("an error without a hint"))
    this.lab.remove(".atlas")
  }

  /** P10: the cache, carried to another checkout, gives what is made here. */
  carried(): void {
    const other = new PropertyLab(this.lab.world)
    try {
      for (const [task, path] of this.lab.cells()) {
        const live = this.lab.read(path)
        if (live === null) continue
        other.write(path, live)
        other.memory.live.set(task, live)
      }
      mkdirSync(other.at(".atlas"), { recursive: true })
      execFileSync("cp", ["-a", this.lab.at(".atlas/cache"), other.at(".atlas")])
      const ran = other.lab.run(...this.words())
      // what is only found while a task runs is in no key
      const expected = this.hurt ? [] : this.lab.world.stages.filter(({ kind, found }) => kind === "code" && found !== "discovered")
      const executed = expected.flatMap(({ name }) =>
        this.lab.world.targets.flatMap(({ id }) => (ran.tasks.get(`${id}:${name}`)?.outcome === "executed" ? [`${id}:${name}`] : []))
      )
      assert.deepStrictEqual(executed, [], this.replay("executed in another checkout, though the cache has it"))
      const truths = rebuild(other.world, other.memory, new Set())
      for (const [task, path] of other.outputs()) {
        const truth = truths.get(task)
        if (truth?.is === "done") assert.strictEqual(other.read(path), truth.made, this.replay(`${task} in another checkout`))
      }
    } finally {
      other.lab.close()
    }
  }

  /** How many steps were right; fails at the first that is not. */
  async play(steps: number): Promise<number> {
    const { lab, random } = this
    this.steps = steps
    try {
      this.step()
      for (let step = 1; step <= steps; step++) {
        const names = Object.keys(edits)
        const name = random.pick(names)
        const edit = edits[name] as Edit
        if (random.chance(0.15)) this.taken(name, edit)
        else {
          edit(lab, random)
          this.told.push(`${step} ${name}`)
          if (random.chance(0.4)) {
            const more = random.pick(names)
            ;(edits[more] as Edit)(lab, random)
            this.told.push(`${step} and ${more}`)
          }
        }
        const fate = random.next()
        if (fate < 0.1) await this.killed()
        else if (fate < 0.17) await this.twice()
        else if (fate < 0.25) this.flipped()
        this.step()
      }
      this.mend()
      this.step()
      this.idle()
      if (lab.stateFiles().some((path) => path.includes("/cache/"))) this.carried()
      return steps
    } finally {
      lab.lab.close()
    }
  }
}
