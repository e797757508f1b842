/**
 * Whatever is edited, the short cut calls nothing fresh that the engine would not, and what it leaves to the engine is brought about as
 * by the whole engine. ATLAS_SEED replays one history, ATLAS_FAST_EDITS says how many edits it has.
 */
import { Effect } from "effect"
import { assert, describe, it, vi } from "vitest"
import { components } from "../../src/core/Components.ts"
import { build } from "../../src/core/TaskGraph.ts"
import type { PlanDocument } from "../../src/domain/RunDocuments.ts"
import { Atlas } from "../../src/engine/Atlas.ts"
import { type Looked, lookAt } from "../../src/fast/Answer.ts"
import { Random, seeds } from "../core/simulation/Random.ts"
import { type Edit, edits, wide } from "./property-edits.ts"
import { PropertyLab } from "./property-lab.ts"

const Edits = Number(process.env["ATLAS_FAST_EDITS"] ?? "20")
/** Runs until a record is kept, on file systems with coarse times. */
const Patience = 40
const today = new Date().toISOString().slice(0, 10)
/** Around the ends of waivers. */
const laterDays = ["2097-01-01", "2097-01-02", "2098-06-30", "2098-07-01", "2099-01-01"]

const lookOn = (root: string, day: string): Looked | null => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date(`${day}T12:00:00Z`) })
  try {
    return lookAt(root)
  } finally {
    vi.useRealTimers()
  }
}

type PlannedTask = PlanDocument["tasks"][number]

const isOpen = ({ decision, verdict }: PlannedTask): boolean => (decision !== "fresh" && decision !== "held") || verdict === "failed"

/** What is open on each of `days` for an engine that evaluates the config anew, with its group; null for a config that is wrong. */
const openTasks = (lab: PropertyLab, days: ReadonlyArray<string>) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const session = yield* Atlas.open(lab.config, { anew: true })
      const built = build(session.project.tasks)
      assert("ok" in built)
      const { of } = components(built.ok)
      const groups = new Map(session.project.tasks.map(({ task }, index) => [task, of[index] as number]))
      const plans = yield* Effect.forEach(days, (now) => session.plan({ now }))
      return plans.map(({ tasks }) => tasks.filter(isOpen).map((task) => ({ task, group: groups.get(task.task) as number })))
    }).pipe(Effect.catchTag("ConfigInvalid", () => Effect.succeed(null)))
  )

/** Does one thing to the lab, or undoes one; its name. */
const disturb = (lab: PropertyLab, random: Random, undos: Array<readonly [string, () => void]>): string => {
  if (undos.length > 0 && random.chance(undos.length > 3 ? 0.7 : 0.3)) {
    const [[name, undo]] = undos.splice(random.int(undos.length), 1) as [readonly [string, () => void]]
    undo()
    return `undone: ${name}`
  }
  const everywhere = random.chance(0.3)
  const name = random.pick(Object.keys(edits).filter((one) => wide.has(one) === everywhere))
  const undo = (edits[name] as Edit)(lab, random)
  if (undo !== null) undos.push([name, undo])
  return name
}

/** How many edits were sound; fails at the first that is not. */
const history = async (seed: number): Promise<number> => {
  const lab = new PropertyLab()
  const random = new Random(seed)
  const told: Array<string> = []
  const undos: Array<readonly [string, () => void]> = []
  const replay = (what: string) => `${what}\n  ${told.join("\n  ")}\n  replay with ATLAS_SEED=${seed} ATLAS_FAST_EDITS=${Edits}`

  /** Nothing that the look leaves out is open for the engine. */
  const sound = async (): Promise<void> => {
    const days = [today, random.pick(laterDays)]
    const looks = days.map((day) => lookOn(lab.root, day))
    if (looks.every((looked) => looked === null)) return
    const open = await openTasks(lab, days)
    for (const [at, looked] of looks.entries()) {
      if (looked === null) continue
      assert.isNotNull(open, replay("a config that is wrong was not looked at"))
      const missed = open?.[at]?.filter(({ group }) => !looked.groups.includes(group)).map(({ task }) => task)
      assert.deepStrictEqual(missed, [], replay(`these were called fresh on ${days[at]}`))
    }
  }

  /** The whole engine has nothing to add to what a plain run did, and what stands is told by the short cut. */
  const settled = (ran: ReturnType<PropertyLab["run"]>): void => {
    const whole = lab.run("--no-fast-path")
    assert.strictEqual(ran.exit, whole.exit, replay(`other ends\n${ran.stdout}${ran.stderr}\n${whole.stdout}`))
    if (ran.exit === 0) assert.match(whole.stdout, /^\d+ tasks fresh/m, replay("something was left to do"))
    const clean = ran.exit === 0 && !/waiver of .* (matches nothing|ran out)/.test(whole.stdout)
    let again = lab.run()
    if (clean)
      for (let tries = 0; lookAt(lab.root)?.groups.length !== 0 || again.stderr !== ""; tries++) {
        assert.isBelow(tries, Patience, replay(`nothing is kept\n${again.stderr}`))
        again = lab.run()
      }
    assert.deepStrictEqual([again.stdout, again.exit], [whole.stdout, whole.exit], replay("told otherwise"))
    const [own, engine] = lab.plans()
    assert.deepStrictEqual([own.stdout, own.exit], [engine.stdout, engine.exit], replay("planned otherwise"))
  }

  try {
    settled(lab.run())
    for (let step = 1; step <= Edits; step++) {
      const names = [disturb(lab, random, undos)]
      if (random.chance(0.3)) names.push(disturb(lab, random, undos))
      told.push(`${step} ${names.join(", and ")}`)
      if (process.env["ATLAS_FAST_LOG"] === "1") console.log(seed, told.at(-1))
      await sound()
      const ran = lab.run()
      if (ran.exit !== 0 || step === Edits || random.chance(0.4)) settled(ran)
    }
    return told.length
  } finally {
    lab.close()
  }
}

describe("a plain run of a project to which anything happens", () => {
  it("leaves out only what the whole engine calls fresh, and ends as that would", { timeout: 4 * 3_600_000 }, async () => {
    for (const seed of seeds(1)) assert.strictEqual(await history(seed), Edits, `replay with ATLAS_SEED=${seed}`)
  })
})
