/** What a rebuild of everything gives, and which tasks really have to run: worked out from a world alone. */
import { createHash } from "node:crypto"
import { type CheckShape, places, type StageShape, type TargetState, type World } from "./graph.ts"

export type Truth =
  | { readonly is: "done"; readonly recipe: string; readonly made: string; readonly runs: boolean; readonly verdict: string | null }
  | { readonly is: "failed" | "blocked" | "drifted" }

/** What is known of earlier successes, kept apart from the program under test. */
export interface Memory {
  /** Of the last success of each task. */
  readonly recipes: Map<string, string>
  readonly applied: Map<string, string>
  /** Tasks whose outputs were altered since. */
  readonly damaged: Set<string>
  /** What lives in each cell, by the task that owns it; absent: nothing. */
  readonly live: Map<string, string>
}

const digested = (text: string, width: number): string => {
  const whole = createHash("sha256").update(text).digest("hex")
  return `${width === 0 ? (/[0-9]/.test(whole.slice(0, 1)) ? "0" : "1") : whole.slice(0, width)}\n`
}

export const rebuild = (world: World, memory: Memory, forced: ReadonlySet<string>): ReadonlyMap<string, Truth> => {
  const truths = new Map<string, Truth>()
  const madeBy = (task: string): string | null => {
    const truth = truths.get(task)
    return truth?.is === "done" ? truth.made : null
  }
  const runs = (task: string, recipe: string): boolean =>
    forced.has(task) || memory.damaged.has(task) || memory.recipes.get(task) !== recipe

  const stageTruth = (target: TargetState, stage: StageShape, position: number): Truth => {
    const task = `${target.id}:${stage.name}`
    const needs = stage.needs.map((need) => madeBy(`${target.id}:${(world.stages[need] as StageShape).name}`))
    const previous =
      stage.across === null || target.previous === null
        ? undefined
        : madeBy(`${target.previous}:${(world.stages[stage.across] as StageShape).name}`)
    const closed = world.checks.some(({ name, on, gates }) => {
      if (!gates.includes(position)) return false
      const truth = truths.get(`${target.id}:${(world.stages[on] as StageShape).name}:${name}`)
      return truth?.is !== "done" || truth.verdict === "failed"
    })
    if (closed || previous === null || needs.includes(null)) return { is: "blocked" }
    const code = world.code.get(stage.name) as { readonly value: number; readonly remark: number }
    if (stage.kind === "cell") {
      const desired = (needs[0] as string).trim()
      const live = memory.live.get(task)
      const done = (now: boolean): Truth => ({ is: "done", recipe: "", made: desired, runs: now, verdict: null })
      if (forced.has(task)) return done(true)
      if (live === desired) return done(false)
      return live === undefined || live === memory.applied.get(task) ? done(true) : { is: "drifted" }
    }
    const files = stage.fields.map((field) => world.files.get(target.inputs.get(field) as string) ?? null)
    if (files.includes(null)) return { is: "failed" }
    const linesOf = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
    const lines = (files as ReadonlyArray<string>).map(linesOf)
    const found = stage.found === null ? [] : places[stage.found].map((path) => [path, world.files.get(path) ?? null] as const)
    const met = found.flatMap(([path, text]) => (text === null ? [] : [{ path, lines: linesOf(text) }]))
    if ([...lines.flat(), ...met.flatMap((one) => one.lines)].some((line) => line.startsWith("fail"))) return { is: "failed" }
    const parts = [
      ...lines.map((all) => `i\n${all.map((line) => `${line}\n`).join("")}`),
      ...needs.map((made) => `n\n${made}`),
      ...(stage.across === null ? [] : [`p\n${previous ?? "none\n"}`]),
      ...(stage.word === null ? [] : [`w ${stage.word}.${world.words.get(stage.word)}\n`]),
      `o ${target.marks.get(stage.name)}\n`,
      ...(stage.variable === null ? [] : [`e ${world.environment.get(stage.variable)}\n`]),
      ...met.map((one) => `f ${stage.found === "glob" ? one.path : ""}\n${one.lines.map((line) => `${line}\n`).join("")}`),
      `c ${code.value}\n`
    ].join("")
    // a comment of an input is content too, though it comes to the same
    const recipe = JSON.stringify([parts, files, found, code.remark])
    return { is: "done", recipe, made: digested(parts, stage.width), runs: runs(task, recipe), verdict: null }
  }

  const checkTruth = (target: TargetState, { name, on }: CheckShape): Truth => {
    const subject = `${target.id}:${(world.stages[on] as StageShape).name}`
    const made = madeBy(subject)
    if (made === null) return { is: "blocked" }
    const code = world.code.get(name) as { readonly value: number; readonly remark: number }
    const recipe = JSON.stringify([made, code])
    const odd = (made.charCodeAt(0) + code.value) % 3 === 0
    const until = target.until.get(name)
    const waived = until !== undefined && world.now <= until
    const verdict = !odd ? "passed" : waived ? "waived" : target.severity.get(name) === "error" ? "failed" : "warned"
    return { is: "done", recipe, made: "", runs: runs(`${subject}:${name}`, recipe), verdict }
  }

  for (const target of world.targets.toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1))))
    for (const [position, stage] of world.stages.entries()) {
      truths.set(`${target.id}:${stage.name}`, stageTruth(target, stage, position))
      for (const check of world.checks)
        if (check.on === position) truths.set(`${target.id}:${stage.name}:${check.name}`, checkTruth(target, check))
    }
  return truths
}
