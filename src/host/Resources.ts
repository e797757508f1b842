/** What a stage, a check or a target's treatment says of resources, read without trusting its types. */
import { nearest } from "../core/Nearest.ts"
import { codeOfTag } from "../domain/Failure.ts"
import { faults } from "../domain/Fault.ts"
import type { TaskResources } from "../domain/ProjectDocument.ts"
import type { Resources } from "../plugin/Resources.ts"

export const resourceKeys: ReadonlyArray<string> = ["cpu", "memory", "mutex", "retry", "timeoutMs"]

/** Below this not even the host itself fits, MiB. */
const leastMemoryMiB = 64
const mostCpu = 4096
const mostTimes = 100
/** What a timer can wait, ms. */
const longestMs = 2 ** 31 - 1

const isName = (value: unknown): boolean => typeof value === "string" && value !== ""
const whole = (value: unknown, least: number, most: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most

const retryProblems = (retry: unknown, of: string, declared: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (typeof retry !== "object" || retry === null) return [`retry of ${of} must be an object: { times: 2 }`]
  const found: Array<string> = []
  const { times, on, ...rest } = retry as Record<string, unknown>
  for (const key of Object.keys(rest)) found.push(`unknown key ${key} in retry of ${of}: it has times and on`)
  if (!whole(times, 1, mostTimes)) found.push(`times in retry of ${of} must be a whole number from 1 to ${mostTimes}`)
  if (on === undefined) return found
  if (!Array.isArray(on) || on.length === 0) return [...found, `on in retry of ${of} must be a list of error codes`]
  const known = [...declared, ...faults.map((fault) => codeOfTag(fault.identifier))]
  for (const code of on) {
    if (known.includes(code)) continue
    const near = nearest(String(code), known)[0]
    found.push(`retry of ${of} names ${String(code)}, which is no error of it${near === undefined ? "" : `; did you mean ${near}?`}`)
  }
  return found
}

/** Sentences on what is wrong; `declared` are the codes of the definition's own errors. */
export const resourceProblems = (value: Record<string, unknown>, of: string, declared: ReadonlyArray<string>): ReadonlyArray<string> => {
  const { cpu, memory, mutex, retry, timeoutMs } = value
  const found: Array<string> = []
  if (cpu !== undefined && !whole(cpu, 1, mostCpu)) found.push(`cpu of ${of} must be a whole number of cores from 1 to ${mostCpu}`)
  if (memory !== undefined && !whole(memory, leastMemoryMiB, Number.MAX_SAFE_INTEGER))
    found.push(`memory of ${of} must be a whole number of MiB from ${leastMemoryMiB}`)
  if (mutex !== undefined && !isName(mutex) && !(Array.isArray(mutex) && mutex.every(isName)))
    found.push(`mutex of ${of} must be a name or a list of names`)
  if (timeoutMs !== undefined && !whole(timeoutMs, 1, longestMs)) found.push(`timeoutMs of ${of} must be a whole number of ms from 1`)
  return retry === undefined ? found : [...found, ...retryProblems(retry, of, declared)]
}

const dayMs = 86_400_000
const defaultMemoryMiB = 2048

/** As a task has it: what its target says goes before what its definition says. */
export const taskResources = (
  definition: Resources,
  target: Resources = {}
): { readonly timeoutMs: number; readonly memoryMiB: number; readonly resources?: TaskResources } => {
  const { cpu, memory, mutex, retry, timeoutMs } = { ...definition, ...target }
  const resources: TaskResources = {
    ...(cpu === undefined || cpu === 1 ? {} : { cpu }),
    ...(memory === undefined ? {} : { memoryMiB: memory }),
    ...(mutex === undefined || mutex.length === 0 ? {} : { mutex: typeof mutex === "string" ? [mutex] : [...new Set(mutex)] }),
    ...(retry === undefined ? {} : { retry: { times: retry.times, ...(retry.on === undefined ? {} : { on: [...retry.on] }) } })
  }
  return {
    timeoutMs: timeoutMs ?? dayMs,
    memoryMiB: memory ?? defaultMemoryMiB,
    ...(Object.keys(resources).length === 0 ? {} : { resources })
  }
}
