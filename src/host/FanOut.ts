/** Stages that are one task for each entry of a folder: what of it is known while the config is evaluated. */
import { nearest } from "../core/Nearest.ts"
import type { ProjectTask } from "../domain/ProjectDocument.ts"
import { token } from "../domain/Tokens.ts"
import type { StageValue } from "./Definitions.ts"
import { blame } from "./Frames.ts"
import { named } from "./Named.ts"

/** All stages that a stage needs, the source of its items among them. */
export const neededBy = ({ def }: StageValue): StageValue["def"]["needs"] =>
  def.each === undefined || def.needs.some(({ stage }) => stage === def.each?.of.stage) ? def.needs : [...def.needs, def.each.of]

/** What is wrong with how stages are fanned out, each with the stage that it is about. */
export const fanOutProblems = (
  stages: ReadonlyArray<StageValue>
): ReadonlyArray<{ readonly stage: StageValue; readonly message: string }> => {
  const fanned = new Set(stages.filter(({ def }) => def.each !== undefined).map(({ name }) => name))
  return stages.flatMap((stage) => {
    const { name, def } = stage
    const found: Array<string> = []
    for (const [role, other] of Object.entries(def.across ?? {}))
      if (fanned.has(other.stage))
        found.push(`${name} reads ${other.stage} as ${role}, which is one task for each item: let a stage gather them`)
    if (def.each !== undefined) {
      const { of, output } = def.each
      const outputs = of.def?.outputs ?? {}
      const folders = Object.keys(outputs).filter((known) => outputs[known] === "folder")
      if (!folders.includes(output)) {
        const near = nearest(output, folders)
        found.push(
          `${name} is each of ${of.stage}.${output}, which is no folder that ${of.stage} makes${near[0] === undefined ? "" : `; did you mean ${near[0]}?`}`
        )
      }
      if (of.stage === name || fanned.has(of.stage))
        found.push(`${name} is each of ${of.stage}.${output}, but ${of.stage} is one task for each item itself`)
      if (def.cell !== undefined) found.push(`${name} is one task for each item and owns a cell: let a stage that gathers them own it`)
      if (def.group !== undefined) found.push(`${name} is one task for each item and one a group: only one of both is possible`)
    }
    return found.map((message) => ({ stage, message }))
  })
}

/** What a stage sees, with its item: while that is not known, stand-ins. Without `each` to ask for one is a mistake with a sentence. */
export const withItem = <A extends object>(
  { name, def }: StageValue,
  view: A,
  item: Readonly<Record<string, string>> = { name: token("item", "name"), path: token("item", "path") }
): A => {
  if (def.each !== undefined) return { ...view, item: named("item", item) }
  const get = (): never => {
    throw blame(`${name} has no item: it does not say each: { of, output }`, get)
  }
  return Object.defineProperty(view, "item", { get, enumerable: false })
}

/** The folder in the default place of an output. */
export const placeOf = (stage: StageValue): string => (stage.def.each === undefined ? stage.name : `${stage.name}/${token("item", "name")}`)

/** Why a place of an output will not do for each item. */
export const placeProblem = ({ name, def }: StageValue, output: ProjectTask["outputs"][number]): string | null => {
  if (def.each === undefined || output.kind === "value") return null
  if (output.path.includes(token("item", "path"))) return `${name}: the place of ${output.name} cannot hold item.path: use item.name`
  return output.path.includes(token("item", "name"))
    ? null
    : `${name}: the place of ${output.name} must hold item.name, or all its tasks would write one place`
}

/** Edges to what a stage needs of its own target; those that lead to fan-outs lead to what stands for all items. */
export const needsOf = (stage: StageValue, target: string): ProjectTask["needs"] => {
  const { each, needs } = stage.def
  const edges = needs.map((need): ProjectTask["needs"][number] => ({
    name: need.stage,
    task: `${target}:${need.stage}`,
    ...(need.stage === each?.of.stage ? { part: { part: "others", output: each.output } as const } : {})
  }))
  return each === undefined
    ? edges
    : [{ name: each.of.stage, task: `${target}:${each.of.stage}`, part: { part: "entry", output: each.output } }, ...edges]
}

/** What a stage's needs are called in the words of a command. */
export const wordsOfNeeds = (stage: StageValue): Readonly<Record<string, Readonly<Record<string, string>>>> => {
  const own = stage.def.each
  const wordsOf = (need: StageValue["def"]["needs"][number]): Readonly<Record<string, string>> => {
    const their = need.def?.each
    const gathered = their !== undefined && !(own?.of.stage === their.of.stage && own.output === their.output)
    const seen = Object.keys(need.def?.outputs ?? {}).filter((output) => own?.of.stage !== need.stage || output !== own.output)
    return named(
      `needs.${need.stage}`,
      Object.fromEntries(seen.map((output) => [output, token(gathered ? "members" : "need", `${need.stage}.${output}`)]))
    )
  }
  return named("needs", Object.fromEntries(stage.def.needs.map((need) => [need.stage, wordsOf(need)])))
}
