/** The targets of a project value: who they are, and what each stage and check makes of them. */
import { ConfigOption, ConfigShape, ConfigTarget } from "../domain/ConfigErrors.ts"
import { codeOfTag, encodeFailure, type ErrorDocument, type Where } from "../domain/Failure.ts"
import type { Severity, Waiver } from "../domain/Finding.ts"
import { nearest } from "../core/Nearest.ts"
import type { Place } from "../plugin/Place.ts"
import type { Resources } from "../plugin/Resources.ts"
import { type CheckValue, type StageValue, tagOf, unknownKey, whereOf } from "./Definitions.ts"
import { resourceKeys, resourceProblems } from "./Resources.ts"
import { fieldsOf } from "./SchemaProblems.ts"

export interface WaiveEntry extends Omit<Waiver, "until"> {
  readonly check: string
  readonly until: string | null
}

export interface TargetValue {
  readonly target: string
  readonly labels: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, unknown>>
  readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly severity: Readonly<Record<string, Readonly<Record<string, Severity>>>>
  readonly waive: ReadonlyArray<WaiveEntry>
  readonly across: Readonly<Record<string, string>>
  /** By stage or check. */
  readonly resources: Readonly<Record<string, Resources>>
  readonly where: Where | undefined
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value)
const treatmentKeys = ["id", "labels", "options", "severity", "waive", "across", "resources"]
const waiverKeys = ["check", "finding", "at", "because", "until"]
/** No control characters, no `:` (it ends the target's name in a task id), no leading `-` or `@` (selectors). */
const idForm = /^[^\p{Cc}:@+\s-][^\p{Cc}:\s]*$/u
const day = /^\d{4}-\d{2}-\d{2}$/

const isDay = (text: string): boolean => {
  if (!day.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/** Reads what `target(...)` made; pushes every problem. */
export const readTargets = (
  placed: unknown,
  stages: ReadonlyArray<StageValue>,
  checks: ReadonlyArray<CheckValue>,
  at: Where | undefined,
  problems: Array<ErrorDocument>
): ReadonlyArray<TargetValue> => {
  const shape = (message: string, where: Where | undefined) =>
    problems.push(encodeFailure(new ConfigShape({ message, nearest: [], ...(where === undefined ? {} : { where }) })))
  if (!Array.isArray(placed)) {
    shape("targets must be a function that returns a list: targets: (target) => [target({…})]", at)
    return []
  }
  const wanted = new Set(stages.flatMap((stage) => fieldsOf(stage.def.target) ?? []))
  const byName = new Map<string, StageValue | CheckValue>([...stages, ...checks].map((value) => [value.name, value]))
  const values: Array<TargetValue> = []
  const seen = new Map<string, Where | undefined>()
  for (const [index, entry] of placed.entries()) {
    const inner = isRecord(entry) ? (entry["~placed"] as { wants: unknown; how: unknown; at: ReadonlyArray<Place> } | undefined) : undefined
    if (inner === undefined || !isRecord(inner.wants)) {
      shape(`entry ${index + 1} of targets was not made by target({…})`, at)
      continue
    }
    const where = whereOf(inner.at) ?? at
    const how = isRecord(inner.how) ? inner.how : {}
    for (const key of Object.keys(how)) if (!treatmentKeys.includes(key)) problems.push(unknownKey(key, "a target", treatmentKeys, where))
    const named = isRecord(inner.wants["~target"]) ? (inner.wants["~target"] as { id: string; labels: Record<string, string> }) : undefined
    const id = typeof how["id"] === "string" ? how["id"] : named?.id
    if (id === undefined) {
      shape(`entry ${index + 1} of targets has no name: give it one as target({…}, { id: "…" })`, where)
      continue
    }
    if (!idForm.test(id)) shape(`target name ${JSON.stringify(id)} must not hold blanks, control characters or ":"`, where)
    if (seen.has(id)) shape(`two targets are called ${id}`, where)
    seen.set(id, where)
    const fields = Object.fromEntries(Object.entries(inner.wants).filter(([key, value]) => key !== "~target" && value !== undefined))
    for (const key of Object.keys(fields))
      if (!wanted.has(key)) {
        const near = nearest(key, [...wanted])
        problems.push(
          encodeFailure(
            new ConfigTarget({
              target: id,
              message: `${id}: no stage wants ${key}${near[0] === undefined ? "" : `; did you mean ${near[0]}?`}`,
              ...(where === undefined ? {} : { where })
            })
          )
        )
      }
    values.push({
      target: id,
      labels: { ...named?.labels, ...(isRecord(how["labels"]) ? (how["labels"] as Record<string, string>) : {}) },
      fields,
      ...treatment(id, how, byName, stages, where, problems),
      where
    })
  }
  return values
}

type Treated = Pick<TargetValue, "options" | "severity" | "waive" | "across" | "resources">

const treatment = (
  target: string,
  how: Record<string, unknown>,
  byName: ReadonlyMap<string, StageValue | CheckValue>,
  stages: ReadonlyArray<StageValue>,
  where: Where | undefined,
  problems: Array<ErrorDocument>
): Treated => {
  const refuse = (message: string, near: ReadonlyArray<string> = []) =>
    problems.push(
      encodeFailure(
        new ConfigOption({
          target,
          message: `${target}: ${message}${near[0] === undefined ? "" : `; did you mean ${near[0]}?`}`,
          nearest: [...near],
          ...(where === undefined ? {} : { where })
        })
      )
    )
  const options = isRecord(how["options"]) ? (how["options"] as Record<string, Record<string, unknown>>) : {}
  for (const [name, given] of Object.entries(options)) {
    const value = byName.get(name)
    const fields = value === undefined ? null : fieldsOf(value.def.options)
    if (value === undefined) refuse(`options for ${name}, which is neither a stage nor a check`, nearest(name, [...byName.keys()]))
    else if (fields !== null && fields.length === 0) refuse(`${name} has no options`)
    else if (!isRecord(given)) refuse(`options of ${name} must be an object`)
    else if (fields !== null)
      for (const key of Object.keys(given)) if (!fields.includes(key)) refuse(`unknown option ${key} of ${name}`, nearest(key, fields))
  }
  const severity = isRecord(how["severity"]) ? (how["severity"] as Record<string, Record<string, Severity>>) : {}
  for (const [name, given] of Object.entries(severity)) {
    const value = byName.get(name)
    if (value === undefined) refuse(`severity for ${name}, which is neither a stage nor a check`, nearest(name, [...byName.keys()]))
    else
      for (const [finding, to] of Object.entries(given)) {
        const known = Object.keys(value.def.findings)
        if (!known.includes(finding)) refuse(`unknown finding ${finding} of ${name}`, nearest(finding, known))
        if (to !== "error" && to !== "warning") refuse(`severity of ${name} ${finding} must be "error" or "warning"`)
      }
  }
  const waive: Array<WaiveEntry> = []
  for (const [index, entry] of (Array.isArray(how["waive"]) ? how["waive"] : []).entries()) {
    if (!isRecord(entry)) {
      refuse(`waiver ${index + 1} must be an object`)
      continue
    }
    for (const key of Object.keys(entry)) if (!waiverKeys.includes(key)) refuse(`unknown key ${key} in a waiver`, nearest(key, waiverKeys))
    const { check, finding, at, because, until } = entry
    if (typeof check !== "string" || typeof finding !== "string" || typeof at !== "string" || typeof because !== "string") {
      refuse(`waiver ${index + 1} needs check, finding, at and because`)
      continue
    }
    if (because.trim() === "") refuse(`waiver ${index + 1} gives no reason`)
    if (until !== undefined && (typeof until !== "string" || !isDay(until)))
      refuse(`waiver ${index + 1}: until must be a day like 2027-06-30`)
    const value = byName.get(check)
    const known = value === undefined ? [] : Object.keys(value.def.findings)
    if (value === undefined) refuse(`waiver on ${check}, which is neither a stage nor a check`, nearest(check, [...byName.keys()]))
    else if (!known.includes(finding)) refuse(`waiver of unknown finding ${finding} of ${check}`, nearest(finding, known))
    waive.push({ check, finding, at, because, until: typeof until === "string" ? until : null })
  }
  const across = isRecord(how["across"]) ? (how["across"] as Record<string, string>) : {}
  const roles = stages.flatMap((stage) => Object.keys(stage.def.across ?? {}))
  for (const role of Object.keys(across)) if (!roles.includes(role)) refuse(`unknown role ${role}`, nearest(role, roles))
  const resources = isRecord(how["resources"]) ? (how["resources"] as Record<string, Record<string, unknown>>) : {}
  for (const [name, given] of Object.entries(resources)) {
    const value = byName.get(name)
    if (value === undefined) refuse(`resources for ${name}, which is neither a stage nor a check`, nearest(name, [...byName.keys()]))
    else if (!isRecord(given)) refuse(`resources of ${name} must be an object`)
    else {
      for (const key of Object.keys(given))
        if (!resourceKeys.includes(key)) refuse(`unknown key ${key} in resources of ${name}`, nearest(key, resourceKeys))
      const declared = value.def.errors.map((error) => codeOfTag(tagOf(error) ?? ""))
      for (const problem of resourceProblems(given, name, declared)) refuse(problem)
    }
  }
  return { options, severity, waive, across, resources }
}
