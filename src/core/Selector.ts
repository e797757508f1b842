/**
 * Selectors of the command line: `[TARGET-GLOB][:STAGE[:CHECK]][+]`, `label=value`, `@state`.
 *
 * - `*` is any text (also across `/`), `?` one character; a backslash makes the next character stand for itself, so that a target
 *   may hold `=`, `:` or a leading `-` or `@`.
 * - `TARGET` is all its tasks; `:STAGE` the stage *and the checks on it*; `:STAGE:` the stage alone; `:STAGE:CHECK` one check.
 *   An empty target is any target. Globs may stand in every part, also in a label's value.
 * - A task's id, as `plan` prints it, means that task although it may hold `*`; of a stage also its checks, as above.
 * - A trailing `+` adds all that depends on what matches; a leading `-` excludes, after everything else, with or without `+`.
 * - Several selectors are united; none, or only exclusions, start from all tasks.
 * - Excluding keeps a task from being asked for; what a selected task needs or is gated by comes along all the same.
 */
/** Words that may follow `@`: decisions, verdicts and last outcomes. */
export const StateWords = [
  "fresh",
  "stale",
  "pending",
  "blocked",
  "drifted",
  "held",
  "passed",
  "warned",
  "waived",
  "failed",
  "executed",
  "restored",
  "reused",
  "tainted",
  "cancelled"
] as const
export type StateWord = (typeof StateWords)[number]

export interface SelectableTask {
  readonly task: string
  readonly target: string
  readonly stage: string
  readonly check: string | null
  readonly labels: Readonly<Record<string, string>>
}

export type SelectorProblem =
  | {
      readonly problem: "unknown-target" | "unknown-stage" | "unknown-check" | "unknown-label" | "unknown-value" | "unknown-state"
      readonly selector: string
      readonly name: string
      readonly nearest: ReadonlyArray<string>
    }
  /** Every part exists, but no task has them together. */
  | { readonly problem: "no-task"; readonly selector: string; readonly nearest: ReadonlyArray<string> }
  | { readonly problem: "malformed"; readonly selector: string; readonly reason: string }

/** Parts of a task id, as written: null is any. */
export interface Place {
  readonly by: "place"
  readonly target: string | null
  readonly stage: string | null
  /** Empty for the stage alone. */
  readonly check: string | null
}

/** A selector as read; names are not looked up yet. */
export interface Selector {
  readonly text: string
  readonly exclude: boolean
  readonly dependents: boolean
  readonly what:
    | Place
    | { readonly by: "task"; readonly task: string }
    | { readonly by: "label"; readonly key: string; readonly value: string }
    | { readonly by: "state"; readonly state: string }
}

/** Where `character` first stands without a backslash before it; -1 if nowhere. */
const unescaped = (text: string, character: string): number => {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") i++
    else if (text[i] === character) return i
  }
  return -1
}

const endsBare = (text: string, character: string): boolean => {
  if (!text.endsWith(character)) return false
  let backslashes = 0
  while (text[text.length - 2 - backslashes] === "\\") backslashes++
  return backslashes % 2 === 0
}

const anyPlace = { by: "place", target: null, stage: null, check: null } as const

const whatOf = (body: string): { readonly ok: Selector["what"] } | { readonly reason: string } => {
  if (body === "") return { reason: "nothing is named" }
  if (body.startsWith("@")) return { ok: { by: "state", state: body.slice(1) } }
  const equals = unescaped(body, "=")
  if (equals === 0) return { reason: "a label's name is missing before =" }
  if (equals > 0) return { ok: { by: "label", key: body.slice(0, equals), value: body.slice(equals + 1) } }
  const first = unescaped(body, ":")
  if (first < 0) return { ok: { ...anyPlace, target: body } }
  const target = first === 0 ? null : body.slice(0, first)
  const rest = body.slice(first + 1)
  const second = unescaped(rest, ":")
  const stage = second < 0 ? rest : rest.slice(0, second)
  const check = second < 0 ? null : rest.slice(second + 1)
  if (stage === "") return { reason: "a stage's name is missing after :" }
  if (check !== null && unescaped(check, ":") >= 0) return { reason: "at most three parts are possible: TARGET:STAGE:CHECK" }
  return { ok: { by: "place", target, stage, check } }
}

/** Reads one selector. `idOf` tells texts that are ids of the project: their `-`, `+`, `@`, `=` and `:` are only letters (a target's `*` and `?` stay globs). */
export const parse = (
  text: string,
  idOf: (text: string) => "task" | "target" | null = () => null
): { readonly ok: Selector } | { readonly problem: SelectorProblem } => {
  const read = (body: string, exclude: boolean, dependents: boolean): { readonly ok: Selector } | null => {
    const id = idOf(body)
    if (id === null) return null
    return { ok: { text, exclude, dependents, what: id === "task" ? { by: "task", task: body } : { ...anyPlace, target: body } } }
  }
  const exclude = text.startsWith("-")
  const signed = exclude ? text.slice(1) : text
  const dependents = endsBare(signed, "+")
  const body = dependents ? signed.slice(0, -1) : signed
  const id = read(text, false, false) ?? read(signed, exclude, false) ?? read(body, exclude, dependents)
  if (id !== null) return id
  const what = whatOf(body)
  return "reason" in what
    ? { problem: { problem: "malformed", selector: text, reason: what.reason } }
    : { ok: { text, exclude, dependents, what: what.ok } }
}
