/** What a module imports and exports, read from its text; nothing is executed. */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { parseSync } from "oxc-parser"

/** `name` is the export asked for; null takes the whole module. */
export interface Import {
  readonly specifier: string
  readonly name: string | null
}

export interface Export {
  readonly name: string
  /** Lines of the declaration, from 1; equal where it is only a name in a list. */
  readonly lines: readonly [number, number]
  /** Null for what the module itself declares. */
  readonly from: Import | null
}

export interface ModuleRecord {
  readonly sha256: string
  readonly imports: ReadonlyArray<Import>
  readonly exports: ReadonlyMap<string, Export>
  /** Specifiers of `export * from`. */
  readonly stars: ReadonlyArray<string>
  /** It imports something that cannot be named without running it. */
  readonly opaque: boolean
}

const code = /\.[cm]?[jt]sx?$/

const lineStarts = (text: string): ReadonlyArray<number> => {
  const starts = [0]
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1)
  return starts
}

const lineAt = (starts: ReadonlyArray<number>, offset: number): number => {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] as number) <= offset) low = middle
    else high = middle - 1
  }
  return low + 1
}

const literal = /^\s*(["'`])([^"'`$]*)\1\s*$/

const read = (path: string): ModuleRecord => {
  const bytes = readFileSync(path)
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  if (!code.test(path)) return { sha256, imports: [], exports: new Map(), stars: [], opaque: false }
  const text = bytes.toString("utf8")
  const { module } = parseSync(path, text)
  const starts = lineStarts(text)
  const imports: Array<Import> = []
  const locals = new Map<string, Import>()
  for (const statement of module.staticImports) {
    const specifier = statement.moduleRequest.value
    if (statement.entries.length === 0) imports.push({ specifier, name: null })
    for (const entry of statement.entries) {
      if (entry.isType) continue
      const name =
        entry.importName.kind === "Name" ? (entry.importName.name ?? null) : entry.importName.kind === "Default" ? "default" : null
      imports.push({ specifier, name })
      locals.set(entry.localName.value, { specifier, name })
    }
  }
  let opaque = false
  for (const dynamic of module.dynamicImports) {
    const match = literal.exec(text.slice(dynamic.moduleRequest.start, dynamic.moduleRequest.end))
    if (match?.[2] === undefined) opaque = true
    else imports.push({ specifier: match[2], name: null })
  }
  const exports = new Map<string, Export>()
  const stars: Array<string> = []
  for (const statement of module.staticExports)
    for (const entry of statement.entries) {
      if (entry.isType) continue
      const request = entry.moduleRequest?.value
      if (entry.exportName.kind === "None" && request !== undefined) {
        stars.push(request)
        continue
      }
      const name = entry.exportName.kind === "Default" ? "default" : (entry.exportName.name ?? "")
      const local = entry.localName.name ?? null
      const from =
        request !== undefined
          ? { specifier: request, name: entry.importName.kind === "Name" ? (entry.importName.name ?? null) : null }
          : local === null
            ? null
            : (locals.get(local) ?? null)
      exports.set(name, { name, lines: [lineAt(starts, entry.start), lineAt(starts, entry.end)], from })
    }
  return { sha256, imports, exports, stars, opaque }
}

/** Reads each module once. A module that is gone has no record. */
export const moduleReader = (): ((path: string) => ModuleRecord | null) => {
  const records = new Map<string, ModuleRecord | null>()
  return (path) => {
    const known = records.get(path)
    if (known !== undefined) return known
    let record: ModuleRecord | null = null
    try {
      record = read(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error
    }
    records.set(path, record)
    return record
  }
}
