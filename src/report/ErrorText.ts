/** A failure as people read it: sentence, labelled facts, hint, and the code to look up. */
import { relative } from "node:path"
import type { Schema } from "effect"
import { oneLine } from "../core/Excerpt.ts"
import type { ErrorDocument, Where } from "../domain/Failure.ts"
import { clip, padEnd, widest } from "../core/Layout.ts"
import type { Style } from "../core/Style.ts"

const Limits = { fact: 400, lines: 12 } as const

export interface Telling {
  readonly style: Style
  /** Paths below this folder are told relative to it. */
  readonly folder: string
  /** Tells everything: all places of a finding, stacks, causes. */
  readonly verbose: boolean
}

export const pathText = (path: string, folder: string): string => {
  const near = relative(folder, path)
  return oneLine(path.startsWith("/") && near !== "" && !near.startsWith("..") ? near : path)
}

/** `data/x:12:5`, which terminals and editors open. */
export const whereText = (where: Where, folder: string): string =>
  [pathText(where.path, folder), where.line, where.line === undefined ? undefined : where.column]
    .filter((part) => part !== undefined)
    .join(":") + (where.byte === undefined ? "" : ` (byte ${where.byte})`)

const factText = (value: Schema.Json): ReadonlyArray<string> => {
  if (typeof value === "string") return value.split("\n").filter((line) => line.trim() !== "")
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return [value.join(", ")]
  return [JSON.stringify(value)]
}

/** Facts about the program rather than about its subject. */
const insides = new Set(["stack", "trace"])

/** Values that say nothing are not told. */
const isTold = (value: Schema.Json): boolean => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0)

/** Facts of one line each, or of several below their label; long ones are cut unless everything is to be told. */
const facts = (error: ErrorDocument, { folder, verbose }: Telling): ReadonlyArray<readonly [string, ReadonlyArray<string>]> => {
  const told: Array<readonly [string, ReadonlyArray<string>]> = []
  if (error.where !== undefined) told.push(["at", [whereText(error.where, folder)]])
  for (const [label, value] of Object.entries(error.details)) {
    if (!isTold(value) || (insides.has(label) && !verbose)) continue
    const lines = factText(value).map((line) => (verbose ? oneLine(line) : clip(oneLine(line), Limits.fact)))
    const shown =
      verbose || lines.length <= Limits.lines ? lines : [`… ${lines.length - Limits.lines} lines more`, ...lines.slice(-Limits.lines)]
    if (shown.length > 0) told.push([oneLine(label), shown])
  }
  if (error.hint !== "") told.push(["hint", [oneLine(error.hint)]])
  told.push(["code", [`${oneLine(error.code)} (atlas-run explain ${oneLine(error.code)})`]])
  return told
}

/** The sentence on the first line or lines, its facts indented below. */
export const errorLines = (error: ErrorDocument, telling: Telling): ReadonlyArray<string> => {
  const { style } = telling
  const told = facts(error, telling)
  const width = widest(told.map(([label]) => label))
  return [
    ...error.message.split("\n").map((line) => style.bold(oneLine(line))),
    ...told.flatMap(([label, lines]) =>
      lines.map((line, i) => `  ${style.dim(padEnd(i === 0 ? label : "", width))}  ${label === "code" ? style.dim(line) : line}`)
    )
  ]
}

export const indented = (lines: ReadonlyArray<string>, by: number): ReadonlyArray<string> =>
  lines.map((line) => (line === "" ? line : " ".repeat(by) + line))
