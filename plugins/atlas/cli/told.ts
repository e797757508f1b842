/** Findings and failures as people read them: a sentence, labelled facts, a hint and the code. */
import type { ErrorDocument } from "atlas-run/plugin"
import type { Schema } from "effect"
import { lineRanges } from "../format/ingest/line-ranges.ts"
import type { ToldFinding } from "./documents.ts"
import { columns, counted, grouped, labelled, oneLine, type Telling } from "./text.ts"

/** `errors`: told one by one; `ranges`: of lines of further ones; `places`: of one finding; `fact`: characters. All are told with --verbose. */
const Limits = { errors: 20, places: 5, fact: 300, ranges: 500 } as const

/** `data/x.gff3:12:5`, which terminals and editors open. */
const placeText = ({ path, line, column, byte }: NonNullable<ErrorDocument["where"]>): string =>
  [path, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(":") +
  (byte === undefined ? "" : ` (byte ${grouped(byte)})`)

const factText = (value: Schema.Json): string =>
  typeof value === "string"
    ? value
    : Array.isArray(value) && value.every((item) => typeof item === "string")
      ? value.join("; ")
      : JSON.stringify(value)

const isTold = (value: Schema.Json): boolean => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0)

/** Facts about the program rather than about its subject. */
const insides = new Set(["trace", "stack"])

const errorLines = ({ message, where, details, hint, code }: ErrorDocument, telling: Telling): ReadonlyArray<string> => {
  const { style, verbose } = telling
  const facts = Object.entries(details)
    .filter(([label, value]) => isTold(value) && value !== where?.path && (verbose || !insides.has(label)))
    .map(([label, value]): readonly [string, string] => {
      const text = factText(value)
      return [label, verbose || text.length <= Limits.fact ? text : `${text.slice(0, Limits.fact)}…`]
    })
  const at: ReadonlyArray<readonly [string, string]> = where === undefined ? [] : [["at", placeText(where)]]
  return labelled(`${style.red("✗")} ${style.bold(oneLine(message))}`, [...at, ...facts, ["hint", hint], ["code", code]], telling)
}

/** Errors that differ in their sentence alone are told with one hint. */
const isAlike = (a: ErrorDocument, b: ErrorDocument | undefined): boolean =>
  b !== undefined &&
  a.code === b.code &&
  a.hint === b.hint &&
  [a, b].every((e) => e.where === undefined && Object.keys(e.details).length === 0)

export const failureLines = (errors: ReadonlyArray<ErrorDocument>, telling: Telling): ReadonlyArray<string> => {
  const shown = telling.verbose ? errors : errors.slice(0, Limits.errors)
  const untold = errors.slice(shown.length)
  const lines = [...new Set(untold.flatMap(({ where }) => where?.line ?? []))].sort((a, b) => a - b)
  const places = lines.length === 0 ? "" : `, on ${lines.length === 1 ? "line" : "lines"} ${lineRanges(lines, Limits.ranges)}`
  return [
    ...shown.flatMap((error, i) => errorLines(error, telling).slice(0, isAlike(error, shown[i + 1]) ? 1 : undefined)),
    ...(untold.length > 0 ? [`  … and ${counted(untold.length, "error")} more${places} (--verbose tells all)`] : [])
  ]
}

/** `2 errors · 1 warning`; empty if nothing was found. */
export const findingCounts = (findings: ReadonlyArray<ToldFinding>): string =>
  (["error", "warning"] as const)
    .map((severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const)
    .filter(([n]) => n > 0)
    .map(([n, severity]) => counted(n, severity))
    .join(" · ")

/** Findings of one name together, errors first, in the order they were found. */
export const findingLines = (findings: ReadonlyArray<ToldFinding>, telling: Telling): ReadonlyArray<string> => {
  const { style, verbose } = telling
  const groups = new Map<string, Array<ToldFinding>>()
  for (const severity of ["error", "warning"])
    for (const finding of findings) {
      if (finding.severity !== severity) continue
      const group = groups.get(finding.name)
      if (group === undefined) groups.set(finding.name, [finding])
      else group.push(finding)
    }
  return [...groups].flatMap(([name, group]) => {
    const [{ severity, hint }] = group as [ToldFinding]
    const shown = verbose ? group : group.slice(0, Limits.places)
    const paint = severity === "error" ? style.red : style.yellow
    return [
      `  ${paint(severity)}  ${style.bold(oneLine(name))}${group.length === 1 ? "" : ` ×${grouped(group.length)}`}`,
      ...columns(
        shown.map(({ at, message }) => [oneLine(at), oneLine(message)]),
        4
      ),
      ...(group.length > shown.length ? [`    … and ${grouped(group.length - shown.length)} more (--verbose tells all)`] : []),
      ...(hint === "" ? [] : [`    ${style.dim("hint")}  ${oneLine(hint)}`])
    ]
  })
}
