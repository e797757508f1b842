/** Variables that user code meets: whoever starts a run, hosts have the same few, and a config sees more only while it is imported. */
import { hostVariables } from "./Wire.ts"

/** The same in all hosts: a time zone and letters that do not depend on who started the run. */
export const fixedVariables = { TZ: "UTC", LANG: "C.UTF-8", LC_ALL: "C.UTF-8" } as const

/** What is fixed in hosts, and what is meant for one process alone. */
const own: ReadonlySet<string> = new Set([...hostVariables, "NODE_OPTIONS", "NODE_COMPILE_CACHE"])

/** What a config is imported with beside what hosts have: all of this process, or those of `names`. */
export const lentVariables = (names: ReadonlyArray<string> | null): Readonly<Record<string, string>> => {
  const wanted = names === null ? null : new Set(names)
  const given: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && !own.has(name) && (wanted === null || wanted.has(name))) given[name] = value
  return given
}

/** What a config would find now while it is evaluated. */
export const evaluatedVariables = (): Readonly<Record<string, string>> => ({
  PATH: process.env["PATH"] ?? "",
  ...fixedVariables,
  ...lentVariables(null)
})
