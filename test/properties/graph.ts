/** A made-up project: which stages and checks it has, and all that edits may change of it. Edges lead to lower positions only. */
import type { Random } from "../core/simulation/Random.ts"

export interface StageShape {
  readonly name: string
  /** A program, code in a host, or code that owns a cell. */
  readonly kind: "command" | "code" | "cell"
  readonly needs: ReadonlyArray<number>
  /** The stage whose output of another target it takes, in the role `previous`. */
  readonly across: number | null
  /** Fields of a target that name its input files. */
  readonly fields: ReadonlyArray<string>
  /** How many characters of a digest it makes: 0 makes one of two values, so that much is cut off. */
  readonly width: number
  readonly variable: string | null
  /** A constant of a module that it reaches through a barrel. */
  readonly word: string | null
  /** How it comes to files that no target names. */
  readonly found: "glob" | "optional" | "discovered" | null
}

export interface CheckShape {
  readonly name: string
  readonly on: number
  readonly gates: ReadonlyArray<number>
}

export interface TargetState {
  readonly id: string
  readonly inputs: Map<string, string>
  readonly marks: Map<string, string>
  readonly severity: Map<string, "error" | "warning">
  /** Last day of a waiver of all that a check finds; absent: none. */
  readonly until: Map<string, string>
  previous: string | null
}

export interface Code {
  /** Goes into what the stage makes. */
  value: number
  /** Does not. */
  remark: number
}

export interface World {
  readonly stages: ReadonlyArray<StageShape>
  readonly checks: ReadonlyArray<CheckShape>
  targets: Array<TargetState>
  /** Null is absent. */
  readonly files: Map<string, string | null>
  readonly code: Map<string, Code>
  readonly words: Map<string, number>
  readonly environment: Map<string, string>
  now: string
  remark: number
}

const numbered = (prefix: string, count: number): ReadonlyArray<string> => Array.from({ length: count }, (_, i) => `${prefix}${i}`)
const some = <A>(random: Random, items: ReadonlyArray<A>, most: number): ReadonlyArray<A> =>
  random.shuffled(items).slice(0, random.int(Math.min(most, items.length) + 1))

export const variables = numbered("LAB_V", 2)
export const words = numbered("w", 2)
/** What the ways of finding files lead to. */
export const places = {
  glob: ["globbed/a.txt", "globbed/b.txt", "globbed/c.txt"],
  optional: ["maybe.txt"],
  discovered: ["found.txt"]
} as const
export const days = ["2030-01-01", "2030-06-30", "2030-07-01", "2031-01-01"]
export const content = (random: Random): string =>
  `# remark ${random.int(100)}\n${random.chance(0.06) ? "fail" : `line ${random.int(5)}`}\n`

const stageAt = (random: Random, position: number, before: ReadonlyArray<StageShape>): StageShape => {
  const producers = before.flatMap(({ kind }, index) => (kind === "cell" ? [] : [index]))
  const kind = position > 1 && random.chance(0.15) ? "cell" : random.chance(0.4) ? "code" : "command"
  const near = random.chance(0.7) ? producers.slice(-4) : producers
  const needs = kind === "cell" ? [random.pick(near)] : some(random, near, 3)
  return {
    name: `s${position}`,
    kind,
    needs,
    across: kind === "code" && producers.length > 0 && random.chance(0.5) ? random.pick(producers) : null,
    fields: kind === "cell" ? [] : numbered(`f${position}_`, needs.length === 0 ? 1 + random.int(2) : random.int(2)),
    width: random.pick([0, 1, 1, 8, 8]),
    variable: random.chance(0.3) ? random.pick(variables) : null,
    word: kind === "code" && random.chance(0.5) ? random.pick(words) : null,
    found: kind === "code" && random.chance(0.6) ? random.pick(["glob", "optional", "discovered"] as const) : null
  }
}

export const makeWorld = (random: Random, large = false): World => {
  const stages: Array<StageShape> = []
  const count = large ? 18 : 4 + random.int(5)
  for (let i = 0; i < count; i++) stages.push(stageAt(random, i, stages))
  const producers = stages.flatMap(({ kind }, index) => (kind === "cell" ? [] : [index]))
  const checks = numbered("k", large ? 2 : random.int(3)).map((name) => {
    const on = random.pick(producers)
    return {
      name,
      on,
      gates: some(
        random,
        stages.flatMap((_, index) => (index > on ? [index] : [])),
        2
      )
    }
  })
  const files = new Map<string, string | null>(numbered("in/x", large ? 12 : 5).map((name) => [name, content(random)] as const))
  const inputs = [...files.keys()]
  for (const path of Object.values(places).flat()) files.set(path, random.chance(0.4) ? null : content(random))
  const targets = numbered("t", large ? 10 : 2 + random.int(2)).map((id, at): TargetState => {
    const fields = stages.flatMap((stage) => stage.fields)
    return {
      id,
      inputs: new Map(fields.map((field) => [field, random.pick(inputs)])),
      marks: new Map(stages.map(({ name }) => [name, "m0"])),
      severity: new Map(checks.map(({ name }) => [name, random.pick(["error", "warning"] as const)])),
      until: new Map(),
      previous: at > 0 && random.chance(0.7) ? `t${random.int(at)}` : null
    }
  })
  return {
    stages,
    checks,
    targets,
    files,
    code: new Map([...stages, ...checks].map(({ name }) => [name, { value: 0, remark: 0 }])),
    words: new Map(words.map((word) => [word, 0])),
    environment: new Map(variables.map((name) => [name, "e0"])),
    now: days[0] as string,
    remark: 0
  }
}
