/** The stages and checks of a project value, looked at without trusting their types: perhaps nobody ran tsc. */
import type { Effect, Schema } from "effect"
import { ConfigShape, ConfigStages } from "../domain/ConfigErrors.ts"
import { encodeFailure, type ErrorClass, type ErrorDocument, isCodedTag, codeOfTag, type Where } from "../domain/Failure.ts"
import type { FindingDeclaration } from "../domain/Finding.ts"
import type { Definition } from "../domain/ProjectDocument.ts"
import { nearest } from "../core/Nearest.ts"
import type { Place } from "../plugin/Place.ts"
import type { CellDeclaration, Grouping, OutputDeclaration, RuntimePart } from "../plugin/Stage.ts"
import { toJsonSchema } from "./OptionsSchema.ts"

/** A stage as the host sees it: the typed declaration with its types forgotten. */
export interface StageValue {
  readonly kind: "stage"
  readonly name: string
  readonly defaults: Readonly<Record<string, unknown>>
  readonly places: Readonly<Record<string, string>>
  readonly definedAt: ReadonlyArray<Place>
  readonly def: {
    readonly summary?: string
    readonly target: Schema.Top
    readonly needs: ReadonlyArray<{ readonly stage: string }>
    readonly options: Schema.Top
    readonly inputs: (target: unknown) => Readonly<Record<string, string | undefined>>
    readonly outputs: Readonly<Record<string, OutputDeclaration>>
    readonly paths?: (at: unknown) => Readonly<Record<string, string | undefined>>
    readonly findings: Readonly<Record<string, FindingDeclaration>>
    readonly errors: ReadonlyArray<ErrorClass>
    readonly across?: Readonly<Record<string, { readonly stage: string }>>
    readonly group?: Grouping
    readonly environment?: ReadonlyArray<string>
    readonly tools?: ReadonlyArray<string>
    readonly runtime?: ReadonlyArray<RuntimePart>
    readonly timeoutMs?: number
    readonly cell?: CellDeclaration<unknown, unknown, unknown, Record<string, string>, { readonly _tag: string }>
    readonly command?: (at: unknown) => unknown
    readonly run?: (task: unknown) => Effect.Effect<unknown, { readonly _tag: string }>
  }
}

export interface CheckValue {
  readonly kind: "check"
  readonly name: string
  readonly defaults: Readonly<Record<string, unknown>>
  readonly gates: ReadonlyArray<string> | null
  readonly definedAt: ReadonlyArray<Place>
  readonly def: {
    readonly summary?: string
    readonly on: { readonly stage: string }
    readonly options: Schema.Top
    readonly findings: Readonly<Record<string, FindingDeclaration>>
    readonly errors: ReadonlyArray<ErrorClass>
    readonly timeoutMs?: number
    readonly run: (task: unknown) => Effect.Effect<unknown, { readonly _tag: string }>
  }
}

const stageKeys = new Set(
  "summary target needs options inputs outputs paths findings errors roots across group environment tools runtime timeoutMs cell command run".split(
    " "
  )
)
const checkKeys = new Set("summary on options findings errors timeoutMs run".split(" "))
const nameForm = /^[a-z0-9][a-z0-9-]*$/

export const whereOf = (places: ReadonlyArray<Place>): Where | undefined => places[0]

const told = (message: string, where: Where | undefined): ErrorDocument =>
  encodeFailure(new ConfigStages({ message, ...(where === undefined ? {} : { where }) }))

/** A key that is not one of `known`, with the nearest ones. */
export const unknownKey = (key: string, inside: string, known: ReadonlyArray<string>, where: Where | undefined): ErrorDocument => {
  const near = nearest(key, known)
  return encodeFailure(
    new ConfigShape({
      message: `unknown key ${key} in ${inside}${near[0] === undefined ? "" : `; did you mean ${near[0]}?`}`,
      nearest: [...near],
      ...(where === undefined ? {} : { where })
    })
  )
}

const isObject = (value: unknown): value is Record<string, any> =>
  (typeof value === "object" || typeof value === "function") && value !== null

/** Reads one entry of `stages` or `checks`; pushes what is wrong with it. */
const definition = (value: unknown, kind: "stage" | "check", at: Where | undefined, problems: Array<ErrorDocument>) => {
  if (!isObject(value) || typeof value[kind] !== "string" || !isObject(value["def"])) {
    problems.push(told(`${kind}s holds something that is not a ${kind}`, at))
    return undefined
  }
  const name: string = value[kind]
  const where = whereOf(value["definedAt"] ?? []) ?? at
  if (!nameForm.test(name)) problems.push(told(`${kind} name ${JSON.stringify(name)} must be small letters, digits and hyphens`, where))
  const def = value["def"]
  const known = kind === "stage" ? stageKeys : checkKeys
  for (const key of Object.keys(def)) if (!known.has(key)) problems.push(unknownKey(key, `${kind} ${name}`, [...known], where))
  const wanted =
    kind === "stage"
      ? ["target", "needs", "options", "inputs", "outputs", "findings", "errors"]
      : ["on", "options", "findings", "errors", "run"]
  for (const key of wanted) if (def[key] === undefined) problems.push(told(`${kind} ${name} has no ${key}`, where))
  if (kind === "stage" && def.run === undefined && def.command === undefined) problems.push(told(`stage ${name} has no run`, where))
  for (const error of def.errors ?? []) {
    const tag = tagOf(error)
    if (tag === undefined || !isCodedTag(tag))
      problems.push(told(`${name} declares an error whose tag is not of CapitalisedWords: ${String(tag)}`, where))
  }
  return wanted.every((key) => def[key] !== undefined) ? value : undefined
}

/** The tag of an error class. */
export const tagOf = (error: unknown): string | undefined => {
  const { identifier, name } = error as { readonly identifier?: unknown; readonly name?: unknown }
  return typeof identifier === "string" ? identifier : typeof name === "string" ? name : undefined
}

/** All stages and checks, and all that is wrong between them, in the words that the types use. */
export const readDefinitions = (
  stages: unknown,
  checks: unknown,
  at: Where | undefined,
  problems: Array<ErrorDocument>
): { readonly stages: ReadonlyArray<StageValue>; readonly checks: ReadonlyArray<CheckValue> } => {
  const stageValues: Array<StageValue> = []
  const checkValues: Array<CheckValue> = []
  if (!Array.isArray(stages) || stages.length === 0) problems.push(told("stages must be a list of at least one stage", at))
  if (checks !== undefined && !Array.isArray(checks)) problems.push(told("checks must be a list", at))
  for (const value of Array.isArray(stages) ? stages : []) {
    const read = definition(value, "stage", at, problems)
    if (read !== undefined)
      stageValues.push({
        kind: "stage",
        name: read["stage"],
        defaults: read["defaults"],
        places: read["places"],
        definedAt: read["definedAt"],
        def: read["def"]
      })
  }
  for (const value of Array.isArray(checks) ? checks : []) {
    const read = definition(value, "check", at, problems)
    if (read !== undefined)
      checkValues.push({
        kind: "check",
        name: read["check"],
        defaults: read["defaults"],
        gates: read["gates"] === undefined ? null : read["gates"].map((gate: { readonly stage: string }) => gate.stage),
        definedAt: read["definedAt"],
        def: read["def"]
      })
  }
  const names = new Set(stageValues.map((stage) => stage.name))
  const seen = new Set<string>()
  for (const stage of stageValues) {
    const where = whereOf(stage.definedAt)
    if (seen.has(stage.name)) problems.push(told(`two stages are called ${stage.name}`, where))
    seen.add(stage.name)
    for (const need of stage.def.needs)
      if (!names.has(need.stage)) problems.push(told(`${stage.name} needs ${need.stage}, which is not in stages`, where))
    for (const [role, other] of Object.entries(stage.def.across ?? {}))
      if (!names.has(other.stage)) problems.push(told(`${stage.name} needs ${other.stage} as ${role}, which is not in stages`, where))
  }
  for (const check of checkValues) {
    const where = whereOf(check.definedAt)
    if (seen.has(check.name)) problems.push(told(`two definitions are called ${check.name}`, where))
    seen.add(check.name)
    if (!names.has(check.def.on.stage)) problems.push(told(`${check.name} is on ${check.def.on.stage}, which is not in stages`, where))
    for (const gate of check.gates ?? [])
      if (!names.has(gate)) problems.push(told(`${check.name} gates ${gate}, which is not in stages`, where))
  }
  return { stages: stageValues, checks: checkValues }
}

/** The document form of a definition. */
export const describe = (value: StageValue | CheckValue): Definition => ({
  name: value.name,
  kind: value.kind,
  summary: value.def.summary ?? "",
  errors: value.def.errors.map((error) => ({
    code: codeOfTag(tagOf(error) ?? ""),
    summary: error.docs?.summary ?? "",
    hint: error.docs?.hint ?? "",
    example: error.docs?.example ?? ""
  })),
  findings: value.def.findings,
  options: toJsonSchema(value.def.options),
  definedAt: whereOf(value.definedAt) ?? null,
  modules: [...new Set(value.definedAt.map((place) => place.path))]
})
