/** Imports a config and tells in one clear error why that did not work. */
import { readFileSync, statSync } from "node:fs"
import { pathToFileURL } from "node:url"
import { ConfigImport, ConfigImpure, ConfigNotFound, ConfigSyntax, ConfigThrew } from "../domain/ConfigErrors.ts"
import { encodeFailure, type ErrorDocument, type Where } from "../domain/Failure.ts"
import { ownFrame, pathOf } from "./Frames.ts"
import { impureProblem } from "./trace/Evaluation.ts"
import { Impurity } from "./trace/Observed.ts"
import { allImports } from "./trace/Watch.ts"

export type Loaded = { readonly exports: Record<string, unknown> } | { readonly problem: ErrorDocument }

/** `PATH:LINE` and a caret line, as Node prints above a syntax error. */
const printedPlace = (stack: string): Where | undefined => {
  const lines = stack.split("\n")
  const match = /^((?:file:\/\/)?\/.*):(\d+)$/.exec(lines[0] ?? "")
  if (match?.[1] === undefined) return undefined
  const caret = lines.slice(1, 4).find((line) => /^\s*\^+\s*$/.test(line))
  return { path: pathOf(match[1]), line: Number(match[2]), ...(caret === undefined ? {} : { column: caret.indexOf("^") + 1 }) }
}

/** Where `specifier` stands in `path`: Node does not say. */
const importPlace = (path: string, specifier: string): Where => {
  try {
    const lines = readFileSync(path, "utf8").split("\n")
    const at = lines.findIndex((line) => line.includes(specifier))
    if (at >= 0) return { path, line: at + 1, column: (lines[at] ?? "").indexOf(specifier) + 1 }
  } catch {
    // the importer may be gone too: its path is still the best place known
  }
  return { path }
}

/** Node's sentences about an import that cannot be resolved: what is missing, and what to say. */
const refusals: ReadonlyArray<readonly [RegExp, (name: string) => string]> = [
  [/^Cannot find (?:module|package) '(.*?)'/, (name) => `${name} cannot be found`],
  [/^Directory import '(.*?)'/, (name) => `${name} is a folder: import a file in it`],
  [/^Package subpath '(?:\.\/)?(.*?)'/, (name) => `${name} is no entry of its package`]
]

const importProblem = (message: string, config: string): ErrorDocument => {
  const importer = / imported from (.*)$/s.exec(message)?.[1]
  const path = importer === undefined ? config : pathOf(importer)
  for (const [form, tell] of refusals) {
    const missing = form.exec(message)?.[1]
    if (missing === undefined) continue
    const written = missing.startsWith("/") ? (missing.split("/").at(-1) ?? missing) : missing
    return encodeFailure(new ConfigImport({ message: tell(missing), where: importPlace(path, written), specifier: missing }))
  }
  return encodeFailure(new ConfigImport({ message, where: { path }, specifier: "" }))
}

/** Node loads an addon for an `import` by itself: nobody's line is on the stack. */
const addonPlace = (config: string): Where => {
  for (const { from, specifier, to } of allImports()) if (to?.endsWith(".node") === true) return importPlace(from, specifier)
  return { path: config }
}

/** The one problem that kept `config` from being evaluated. */
export const problemOf = (error: unknown, config: string): ErrorDocument => {
  if (!(error instanceof Error)) return encodeFailure(new ConfigThrew({ message: String(error), where: { path: config } }))
  if (error instanceof Impurity) return impureProblem(error, config)
  const { code, message, name, stack } = error as NodeJS.ErrnoException
  const text = stack ?? ""
  if (code === "ERR_ACCESS_DENIED") {
    const { permission = "", resource = "" } = error as { readonly permission?: string; readonly resource?: string }
    const wanted = permission === "" ? message : resource === "" ? permission : `${permission} of ${resource}`
    const does = `needs a permission that evaluating has not: ${wanted}`
    return encodeFailure(new ConfigImpure({ message: `the config ${does}`, does, where: ownFrame(text) ?? { path: config } }))
  }
  if (code === "ERR_DLOPEN_DISABLED") {
    const does = "loads native code"
    return encodeFailure(new ConfigImpure({ message: `the config ${does}: ${message}`, does, where: ownFrame(text) ?? addonPlace(config) }))
  }
  if (code === "ERR_MODULE_NOT_FOUND" || code === "ERR_UNSUPPORTED_DIR_IMPORT" || code === "ERR_PACKAGE_PATH_NOT_EXPORTED")
    return importProblem(message, config)
  if (name === "SyntaxError") {
    const where = printedPlace(text) ?? { path: config }
    const absent = /does not provide an export named '(.*?)'/.exec(message)
    return absent === null
      ? encodeFailure(new ConfigSyntax({ message, where }))
      : encodeFailure(new ConfigImport({ message, where, specifier: absent[1] ?? "" }))
  }
  return encodeFailure(new ConfigThrew({ message, where: ownFrame(text) ?? { path: config } }))
}

/** Imports `config`, an absolute path. Never throws. */
export const load = async (config: string): Promise<Loaded> => {
  const stat = statSync(config, { throwIfNoEntry: false })
  if (stat === undefined || !stat.isFile()) {
    return { problem: encodeFailure(new ConfigNotFound({ message: `there is no config file ${config}`, where: { path: config } })) }
  }
  try {
    return { exports: (await import(/* @vite-ignore */ pathToFileURL(config).href)) as Record<string, unknown> }
  } catch (error) {
    return { problem: problemOf(error, config) }
  }
}
