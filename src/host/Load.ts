/** Imports a config and tells in one clear error why that did not work. */
import { readFileSync, statSync } from "node:fs"
import { fileURLToPath, pathToFileURL } from "node:url"
import { ConfigImport, ConfigNotFound, ConfigSyntax, ConfigThrew } from "../domain/ConfigErrors.ts"
import { encodeFailure, type ErrorDocument, type Where } from "../domain/Failure.ts"

export type Loaded = { readonly exports: Record<string, unknown> } | { readonly problem: ErrorDocument }

const pathOf = (text: string): string => (text.startsWith("file://") ? fileURLToPath(text) : text)

/** `PATH:LINE` and a caret line, as Node prints above a syntax error. */
const printedPlace = (stack: string): Where | undefined => {
  const lines = stack.split("\n")
  const match = /^((?:file:\/\/)?\/.*):(\d+)$/.exec(lines[0] ?? "")
  if (match?.[1] === undefined) return undefined
  const caret = lines.slice(1, 4).find((line) => /^\s*\^+\s*$/.test(line))
  return { path: pathOf(match[1]), line: Number(match[2]), ...(caret === undefined ? {} : { column: caret.indexOf("^") + 1 }) }
}

const ownFrame = (stack: string): Where | undefined => {
  for (const line of stack.split("\n")) {
    const match = /(?:\(|at )(file:\/\/[^)]*?):(\d+):(\d+)\)?$/.exec(line)
    if (match?.[1] !== undefined && !match[1].includes("/node_modules/"))
      return { path: pathOf(match[1]), line: Number(match[2]), column: Number(match[3]) }
  }
  return undefined
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

const importProblem = (message: string, code: string): ErrorDocument => {
  const names = /^Cannot find (?:module|package) '(.*?)'(?: imported from (.*))?$/.exec(message)
  const importer = names?.[2] === undefined ? undefined : pathOf(names[2])
  const missing = names?.[1] ?? ""
  if (importer === undefined) return encodeFailure(new ConfigImport({ message: `${message} (${code})`, specifier: missing }))
  const base = missing.split("/").slice(-1)[0] ?? missing
  const place = importPlace(importer, missing.startsWith("/") ? base : missing)
  return encodeFailure(new ConfigImport({ message: `${missing} cannot be found`, where: place, specifier: missing }))
}

const problemOf = (error: unknown, config: string): ErrorDocument => {
  const { code, message, name, stack } = (error instanceof Error ? error : new Error(String(error))) as NodeJS.ErrnoException
  const text = stack ?? ""
  if (code === "ERR_MODULE_NOT_FOUND" || code === "ERR_UNSUPPORTED_DIR_IMPORT" || code === "ERR_PACKAGE_PATH_NOT_EXPORTED")
    return importProblem(message, code)
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
