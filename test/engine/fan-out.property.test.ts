/** Random gains, losses and edits of items against a model that knows only what each task was made of the last time. */
import { rmSync, writeFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Random, seeds } from "../core/simulation/Random.ts"
import { type FanOutLab, fanOutLab } from "./fan-out-lab.ts"

/** Some that stay, and one that nobody has seen yet. */
const histories = process.env["ATLAS_SEED"] === undefined ? [...seeds(3), Date.now() % 1_000_000_000] : seeds(1)
const names = ["x", "y", "z", "w%", "a+b", "é"]
const contents = ["one", "one more", "two", "two and a half", "three"]

type Parts = Map<string, string>

/** What a rebuild of everything gives. */
const rebuilt = (parts: Parts) => {
  const head = parts.get("#") ?? ""
  const items = [...parts.keys()].filter((name) => name !== "#").sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const counted = new Map(items.map((name) => [name, `${name} ${parts.get(name)?.split(" ")[0]}`]))
  const graded = new Map(items.map((name) => [name, `${name}:${head}:${counted.get(name)}`]))
  const all = [...items.map((name) => `${name}=${counted.get(name)}`), ...items.map((name) => `${name}=${graded.get(name)}`)].join("\n")
  return { text: [...parts].map((line) => line.join(" ")).join("\n"), head, items, counted, graded, all }
}

/** What tasks were made of when they ran last, by id; `lost` are tasks whose outputs are not as they were made. */
class Model {
  readonly #made = new Map<string, string>()
  readonly lost = new Set<string>()

  #runs(task: string, of: string): boolean {
    if (this.#made.get(task) === of && !this.lost.has(task)) return false
    this.#made.set(task, of)
    this.lost.delete(task)
    return true
  }

  /** Tasks that have to run, and no others. */
  run(parts: Parts, idOf: (name: string) => string): ReadonlyArray<string> {
    const { text, head, items, counted, graded, all } = rebuilt(parts)
    return [
      ...(this.#runs("split", text) ? ["split"] : []),
      ...items.filter((name) => this.#runs(`count@${idOf(name)}`, parts.get(name) as string)).map((name) => `count@${idOf(name)}`),
      ...items
        .filter((name) => this.#runs(`grade@${idOf(name)}`, JSON.stringify([parts.get(name), head, counted.get(name)])))
        .map((name) => `grade@${idOf(name)}`),
      ...(this.#runs("gather", JSON.stringify([items, [...counted], [...graded], all])) ? ["gather"] : [])
    ].sort()
  }
}

const idOf = (name: string): string => name.replace("%", "%25").replace("+", "%2B")

const edit = (random: Random, parts: Parts, lab: FanOutLab, model: Model): string => {
  const items = [...parts.keys()].filter((name) => name !== "#")
  const name = random.pick(items.length > 0 && random.chance(0.5) ? items : names)
  switch (random.int(6)) {
    case 0:
      parts.delete(name)
      return `lose ${name}`
    case 1:
      parts.set("#", random.pick(contents))
      return `head ${parts.get("#")}`
    case 2: {
      const [made] = items
      if (made === undefined) return "nothing"
      writeFileSync(lab.at(`build/a/${made}.count`), "tampered")
      model.lost.add(`count@${idOf(made)}`)
      return `tamper with ${made}`
    }
    case 3:
      rmSync(lab.at(".atlas/outputs/a/gather"), { recursive: true, force: true })
      model.lost.add("gather")
      return "delete what gathers"
    default:
      parts.set(name, random.pick(contents))
      return `set ${name} ${parts.get(name)}`
  }
}

describe("a fan-out under random edits", () => {
  it.live.each(histories)(
    "runs what a model of all tasks says and nothing else, and gives what a rebuild gives (seed %s)",
    (seed) =>
      Effect.gen(function* () {
        const random = new Random(seed)
        const lab = yield* fanOutLab
        const model = new Model()
        const parts: Parts = new Map([["x", "one"]])
        const done: Array<string> = []
        for (let round = 0; round < 14; round++) {
          if (round > 0) for (let n = random.int(3); n >= 0; n--) done.push(edit(random, parts, lab, model))
          lab.write(Object.fromEntries(parts))
          const known = new Set(model.lost)
          const expected = model.run(parts, idOf)
          const ran = yield* lab.run({}, { jobs: 1 + random.int(3) })
          const told = `ATLAS_SEED=${seed} round ${round}: ${done.join(", ")} (${[...known].join()})`
          assert.deepStrictEqual(ran.began, expected, told)
          assert.strictEqual(lab.read(".atlas/outputs/a/gather/all"), rebuilt(parts).all, told)
          assert.deepStrictEqual((yield* lab.run()).began, [], told)
        }
      }),
    120_000
  )
})
