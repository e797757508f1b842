/** The stages and checks of a project value, looked at without trusting their types: perhaps nobody ran tsc. */
import { type Effect, Schema } from "effect"
import { ConfigShape, ConfigStages } from "../domain/ConfigErrors.ts"
import { encodeFailure, type ErrorClass, type ErrorDocument, isCodedTag, codeOfTag, type Where } from "../domain/Failure.ts"
import type { FindingDeclaration } from "../domain/Finding.ts"
import type { Definition } from "../domain/ProjectDocument.ts"
import { nearest } from "../core/Nearest.ts"
import type { Place } from "../plugin/Place.ts"
import type { Resources } from "../plugin/Resources.ts"
import type { CellDeclaration, Grouping, OutputDeclaration, RuntimePart } from "../plugin/Stage.ts"
import { fanOutProblems, neededBy } from "./FanOut.ts"
import { resourceProblems } from "./Resources.ts"
import { fieldsOf } from "./SchemaProblems.ts"
import { toJsonSchema } from "./OptionsSchema.ts"

interface NeededStage {
  readonly stage: string
  readonly def?: { readonly outputs?: Readonly<Record<string, OutputDeclaration>>; readonly each?: EachValue }
}

interface EachValue {
  readonly of: NeededStage
  readonly output: string
}

/** A stage as the host sees it: the typed declaration with its types forgotten. */
export interface StageValue {
  readonly kind: "stage"
  readonly name: string
  readonly defaults: Readonly<Record<string, unknown>>
  readonly places: Readonly<Record<string, string>>
  readonly definedAt: ReadonlyArray<Place>
  /** Proves what is there already (`provenBy`). */
  readonly proof: ((task: unknown) => Effect.Effect<unknown, { readonly _tag: string }>) | undefined
  readonly def: Resources & {
    readonly summary?: string
    readonly target: Schema.Top
    readonly needs: ReadonlyArray<NeededStage>
    readonly each?: EachValue
    readonly options: Schema.Top
    readonly inputs: (target: unknown) => unknown
    readonly outputs: Readonly<Record<string, OutputDeclaration>>
    readonly paths?: (at: unknown) => Readonly<Record<string, string | undefined>>
    readonly findings: Readonly<Record<string, FindingDeclaration>>
    readonly errors: ReadonlyArray<ErrorClass>
    readonly across?: Readonly<Record<string, { readonly stage: string }>>
    readonly group?: Grouping
    readonly environment?: ReadonlyArray<string>
    readonly secrets?: ReadonlyArray<string>
    readonly tools?: ReadonlyArray<string>
    readonly runtime?: ReadonlyArray<RuntimePart>
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
  readonly def: Resources & {
    readonly summary?: string
    readonly on: { readonly stage: string }
    readonly options: Schema.Top
    readonly findings: Readonly<Record<string, FindingDeclaration>>
    readonly errors: ReadonlyArray<ErrorClass>
    readonly run: (task: unknown) => Effect.Effect<unknown, { readonly _tag: string }>
  }
}

const stageKeys = new Set(
  "summary each target needs options inputs outputs paths findings errors roots across group environment secrets tools runtime timeoutMs memory cpu mutex retry cell command run adopt".split(
    " "
  )
)
const checkKeys = new Set("summary on options findings errors timeoutMs memory cpu mutex retry run".split(" "))
const nameForm = /^[a-z0-9][a-z0-9-]*$/

export const whereOf = (places: ReadonlyArray<Place>): Where | undefined => places[0]

/** Where a stage or check is declared: below wrappers such as `Command`, the outermost own line. */
export const declaredWhere = (places: ReadonlyArray<Place>): Where | undefined =>
  places.findLast((place) => !place.path.includes("/node_modules/")) ?? places[0]

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
const definition = (value: unknown, kind: "stage" | "check", entry: string, at: Where | undefined, problems: Array<ErrorDocument>) => {
  if (!isObject(value) || typeof value[kind] !== "string" || !isObject(value["def"])) {
    problems.push(told(`${entry} is not a ${kind}`, at))
    return undefined
  }
  const name: string = value[kind]
  const where = declaredWhere(Array.isArray(value["definedAt"]) ? value["definedAt"] : []) ?? at
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
  const misshapen = shapeProblems(kind, name, value)
  for (const problem of misshapen) problems.push(told(problem, where))
  for (const error of Array.isArray(def.errors) ? def.errors : []) {
    const tag = tagOf(error)
    if (tag === undefined || !isCodedTag(tag))
      problems.push(told(`${name} declares an error whose tag is not of CapitalisedWords: ${String(tag)}`, where))
  }
  return misshapen.length === 0 && wanted.every((key) => def[key] !== undefined) ? value : undefined
}

const outputKinds: ReadonlyArray<unknown> = ["file", "folder", "value"]
const isStage = (value: unknown): boolean => isObject(value) && typeof value["stage"] === "string"
const isFinding = (value: unknown): boolean =>
  isObject(value) && (value["severity"] === "error" || value["severity"] === "warning") && typeof value["hint"] === "string"

/** Sentences about fields of another form than the types ask for. An absent field is told elsewhere. */
const shapeProblems = (kind: "stage" | "check", name: string, value: Record<string, any>): ReadonlyArray<string> => {
  const def = value["def"]
  const found: Array<string> = []
  const list = (field: string, of: unknown) => {
    if (of === undefined) return
    if (!Array.isArray(of)) found.push(`${field} of ${name} must be a list`)
    else for (const [i, entry] of of.entries()) if (!isStage(entry)) found.push(`entry ${i + 1} of ${field} of ${name} is not a stage`)
  }
  const record = (field: string, of: unknown, fits: (entry: unknown) => boolean, wanted: string) => {
    if (of === undefined) return
    if (!isObject(of)) found.push(`${field} of ${name} must be an object`)
    else for (const [key, entry] of Object.entries(of)) if (!fits(entry)) found.push(`${key} in ${field} of ${name} must be ${wanted}`)
  }
  const call = (field: string) => {
    if (def[field] !== undefined && typeof def[field] !== "function") found.push(`${field} of ${name} must be a function`)
  }
  call("run")
  found.push(...resourceProblems(def, name, codesOf(def.errors)))
  record("findings", def.findings, isFinding, '{ severity: "error" or "warning", hint: "…" }')
  if (def.errors !== undefined && !Array.isArray(def.errors)) found.push(`errors of ${name} must be a list`)
  if (def.options !== undefined && !Schema.isSchema(def.options)) found.push(`options of ${name} must be a Schema`)
  if (kind === "check") {
    if (def.on !== undefined && !isStage(def.on)) found.push(`on of ${name} is not a stage`)
    list("gates", value["gates"])
    return found
  }
  list("needs", def.needs)
  call("inputs")
  call("command")
  record("outputs", def.outputs, (entry) => outputKinds.includes(entry), '"file", "folder" or "value"')
  record("across", def.across, isStage, "a stage")
  if (def.each !== undefined && !(isObject(def.each) && isStage(def.each["of"]) && typeof def.each["output"] === "string"))
    found.push(`each of ${name} must be { of: a stage, output: "a folder that it makes" }`)
  if (def.target !== undefined && !Schema.isSchema(def.target)) found.push(`target of ${name} must be a Schema`)
  return found
}

/** The tag of an error class. */
export const tagOf = (error: unknown): string | undefined => {
  const { identifier, name } = error as { readonly identifier?: unknown; readonly name?: unknown }
  return typeof identifier === "string" ? identifier : typeof name === "string" ? name : undefined
}

/** Codes of the errors that a definition declares, as far as they are such. */
const codesOf = (errors: unknown): ReadonlyArray<string> =>
  Array.isArray(errors) ? errors.flatMap((error) => (isObject(error) ? [codeOfTag(tagOf(error) ?? "")] : [])) : []

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
  for (const [i, value] of (Array.isArray(stages) ? stages : []).entries()) {
    const read = definition(value, "stage", `entry ${i + 1} of stages`, at, problems)
    if (read !== undefined)
      stageValues.push({
        kind: "stage",
        name: read["stage"],
        defaults: isObject(read["defaults"]) ? read["defaults"] : {},
        places: read["places"],
        definedAt: read["definedAt"],
        proof: typeof read["proof"] === "function" ? read["proof"] : undefined,
        def: read["def"]
      })
  }
  for (const [i, value] of (Array.isArray(checks) ? checks : []).entries()) {
    const read = definition(value, "check", `entry ${i + 1} of checks`, at, problems)
    if (read !== undefined)
      checkValues.push({
        kind: "check",
        name: read["check"],
        defaults: isObject(read["defaults"]) ? read["defaults"] : {},
        gates: read["gates"] === undefined ? null : read["gates"].map((gate: { readonly stage: string }) => gate.stage),
        definedAt: read["definedAt"],
        def: read["def"]
      })
  }
  for (const value of [...stageValues, ...checkValues]) {
    const fields = fieldsOf(value.def.options)
    for (const key of fields === null ? [] : Object.keys(value.defaults))
      if (fields?.includes(key) === false) {
        const near = nearest(key, fields)
        problems.push(told(`unknown option ${key} of ${value.name}${near[0] === undefined ? "" : `; did you mean ${near[0]}?`}`, at))
      }
  }
  // these are mistakes of the list, so they stand where the project is declared
  const names = new Set(stageValues.map((stage) => stage.name))
  const seen = new Set<string>()
  for (const stage of stageValues) {
    if (seen.has(stage.name)) problems.push(told(`two stages are called ${stage.name}`, at))
    seen.add(stage.name)
    for (const need of neededBy(stage))
      if (!names.has(need.stage)) problems.push(told(`${stage.name} needs ${need.stage}, which is not in stages`, at))
    for (const [role, other] of Object.entries(stage.def.across ?? {}))
      if (!names.has(other.stage)) problems.push(told(`${stage.name} needs ${other.stage} as ${role}, which is not in stages`, at))
  }
  for (const { stage, message } of fanOutProblems(stageValues)) problems.push(told(message, declaredWhere(stage.definedAt) ?? at))
  for (const check of checkValues) {
    if (seen.has(check.name)) problems.push(told(`two definitions are called ${check.name}`, at))
    seen.add(check.name)
    if (!names.has(check.def.on.stage)) problems.push(told(`${check.name} is on ${check.def.on.stage}, which is not in stages`, at))
    for (const gate of check.gates ?? [])
      if (!names.has(gate)) problems.push(told(`${check.name} gates ${gate}, which is not in stages`, at))
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
  definedAt: declaredWhere(value.definedAt) ?? null,
  modules: [...new Set(value.definedAt.map((place) => place.path))]
})
