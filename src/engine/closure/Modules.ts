/** What a module declares, imports and exports, read from its text; nothing is executed. */
import { hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { declaredBy, definitionAt, isNode, type Reading, readSyntax, type SyntaxNode } from "./Syntax.ts"

/** `name` is the export asked for; null takes the whole module. */
export interface Import {
  readonly specifier: string
  readonly name: string | null
}

/** A top-level declaration or statement. */
export interface Unit extends Omit<Reading, "opaque" | "called" | "acts"> {
  /** What it declares first, else `line N`. */
  readonly name: string
  readonly declares: ReadonlyArray<string>
  /** From 1, both inclusive. */
  readonly lines: readonly [number, number]
  readonly digest: string
  /** It does something when the module is loaded, so that whoever uses the module uses it. */
  readonly runs: boolean
  /** Line of an `import()` that cannot be told. */
  readonly opaque: number | null
}

/** An export is a local name, or comes from elsewhere. */
export type Export = { readonly local: string } | { readonly from: Import }

export interface ModuleRecord {
  readonly units: ReadonlyArray<Unit>
  /** Units that declare a name, and those that change its value. */
  readonly declaring: ReadonlyMap<string, ReadonlyArray<Unit>>
  readonly assigning: ReadonlyMap<string, ReadonlyArray<Unit>>
  /** By local name. */
  readonly imports: ReadonlyMap<string, Import>
  readonly exports: ReadonlyMap<string, Export>
  /** Specifiers of `export * from`. */
  readonly stars: ReadonlyArray<string>
  /** Specifiers of `import "x"`. */
  readonly sideEffects: ReadonlyArray<string>
  /** All that its text imports for sure; a run may show more. */
  readonly specifiers: ReadonlySet<string>
  /** The expression at a place of the text as a unit of its own; null if nothing is called there. `column` is from 1. */
  readonly definitionAt: (line: number, column: number) => Unit | null
}

/** A native addon, and only wanted where code was evaluated anew. */
let parser: typeof import("oxc-parser") | undefined
const parseSync = (path: string, text: string) =>
  (parser ??= createRequire(import.meta.url)("oxc-parser") as typeof import("oxc-parser")).parseSync(path, text)

const code = /\.[cm]?[jt]sx?$/
/** Name of what `export default` gives. */
const theDefault = "*default*"

const digestOf = (text: string | Uint8Array): string => hash("sha256", text).slice(0, 32)

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

const byName = (units: ReadonlyArray<Unit>, names: (unit: Unit) => Iterable<string>): ReadonlyMap<string, ReadonlyArray<Unit>> => {
  const found = new Map<string, Array<Unit>>()
  for (const unit of units)
    for (const name of names(unit)) {
      const list = found.get(name)
      if (list === undefined) found.set(name, [unit])
      else list.push(unit)
    }
  return found
}

const empty = {
  declaring: new Map(),
  assigning: new Map(),
  imports: new Map(),
  exports: new Map(),
  stars: [],
  sideEffects: [],
  specifiers: new Set<string>()
}

/** Data, and modules without import or export: one piece that counts as it is. */
const whole = (content: string | Uint8Array, reading: Reading | null, lines: number): ModuleRecord => ({
  ...empty,
  units: [
    {
      name: "all",
      declares: [],
      lines: [1, lines],
      digest: digestOf(content),
      runs: true,
      names: new Set(),
      assigned: new Set(),
      imports: reading?.imports ?? [],
      files: reading?.files ?? [],
      opaque: reading?.opaque == null ? null : 1
    }
  ],
  definitionAt: () => null
})

const textOf = (node: unknown): string => {
  const { name, value } = node as { readonly name?: string; readonly value?: unknown }
  return name ?? String(value)
}

const read = (path: string): ModuleRecord => {
  const bytes = readFileSync(path)
  if (!code.test(path)) return whole(bytes, null, 1)
  const text = bytes.toString("utf8")
  const parsed = parseSync(path, text)
  const program = parsed.program as unknown as SyntaxNode
  const starts = lineStarts(text)
  const body = program["body"] as ReadonlyArray<SyntaxNode>
  if (!body.some(({ type }) => /^(?:Im|Ex)port/.test(type))) return whole(text, readSyntax(program), starts.length)

  const imports = new Map<string, Import>()
  const exports = new Map<string, Export>()
  const stars: Array<string> = []
  const sideEffects: Array<string> = []
  const declarations: Array<{ readonly node: SyntaxNode; readonly declares: ReadonlyArray<string>; readonly statement: boolean }> = []

  const importing = (node: SyntaxNode): void => {
    const specifier = textOf(node["source"])
    const bindings = node["specifiers"] as ReadonlyArray<SyntaxNode>
    if (node["importKind"] === "type") return
    if (bindings.length === 0) sideEffects.push(specifier)
    for (const binding of bindings) {
      if (binding["importKind"] === "type") continue
      const name =
        binding.type === "ImportDefaultSpecifier"
          ? "default"
          : binding.type === "ImportNamespaceSpecifier"
            ? null
            : textOf(binding["imported"])
      imports.set(textOf(binding["local"]), { specifier, name })
    }
  }
  const declare = (node: SyntaxNode, exported: boolean, asDefault = false): void => {
    if (
      node["declare"] === true ||
      (node.type.startsWith("TS") && node.type !== "TSEnumDeclaration" && node.type !== "TSModuleDeclaration")
    )
      return
    const declares =
      node.type === "VariableDeclaration"
        ? (node["declarations"] as ReadonlyArray<SyntaxNode>).flatMap((one) => declaredBy(one["id"]))
        : isNode(node["id"]) && node.type.endsWith("Declaration")
          ? [textOf(node["id"])]
          : []
    const names = asDefault ? [...declares, theDefault] : declares
    if (exported) for (const name of declares) exports.set(name, { local: name })
    if (asDefault) exports.set("default", { local: theDefault })
    declarations.push({ node, declares: names, statement: !asDefault && !/(?:Variable|Function|Class)Declaration$/.test(node.type) })
  }
  for (const node of body) {
    if (node.type === "ImportDeclaration") importing(node)
    else if (node.type === "ExportAllDeclaration") {
      if (node["exportKind"] === "type") continue
      const specifier = textOf(node["source"])
      if (isNode(node["exported"])) exports.set(textOf(node["exported"]), { from: { specifier, name: null } })
      else stars.push(specifier)
    } else if (node.type === "ExportDefaultDeclaration") declare(node["declaration"] as SyntaxNode, false, true)
    else if (node.type === "ExportNamedDeclaration") {
      if (node["exportKind"] === "type") continue
      if (isNode(node["declaration"])) declare(node["declaration"], true)
      for (const one of node["specifiers"] as ReadonlyArray<SyntaxNode>) {
        if (one["exportKind"] === "type") continue
        const local = textOf(one["local"])
        const from = isNode(node["source"]) ? { from: { specifier: textOf(node["source"]), name: local } } : { local }
        exports.set(textOf(one["exported"]), from)
      }
    } else declare(node, false)
  }

  const own = new Set(declarations.flatMap(({ declares }) => declares))
  for (const [local, { specifier }] of imports) if (/^[./#]/.test(specifier)) own.add(local)
  const unitOf = (node: SyntaxNode, declares: ReadonlyArray<string>, statement: boolean): Unit => {
    const { called, acts, opaque, ...reading } = readSyntax(node)
    const line = lineAt(starts, node.start)
    return {
      ...reading,
      name: declares[0] === theDefault ? "default" : (declares[0] ?? `line ${line}`),
      declares,
      lines: [line, lineAt(starts, node.end)],
      digest: digestOf(text.slice(node.start, node.end)),
      runs: statement || acts || [...called].some((name) => own.has(name)),
      opaque: opaque === null ? null : lineAt(starts, opaque)
    }
  }
  const specifiers = new Set([...Array.from(imports.values(), ({ specifier }) => specifier), ...stars, ...sideEffects])
  for (const one of exports.values()) if ("from" in one) specifiers.add(one.from.specifier)
  const units = declarations.map(({ node, declares, statement }) => unitOf(node, declares, statement))
  for (const unit of units) for (const specifier of unit.imports) specifiers.add(specifier)
  return {
    units,
    declaring: byName(units, ({ declares }) => declares),
    assigning: byName(units, ({ assigned }) => assigned),
    imports,
    exports,
    stars,
    sideEffects,
    specifiers,
    definitionAt: (line, column) => {
      const node = definitionAt(program, (starts[line - 1] ?? 0) + column - 1)
      return node === null ? null : { ...unitOf(node, [], false), runs: false }
    }
  }
}

/** What a module imports or passes on, literal `import()` among it; empty for what is no code or is gone. Far cheaper than all of it. */
export const specifiersOf = (path: string): ReadonlySet<string> => {
  const found = new Set<string>()
  if (!code.test(path)) return found
  let text: string
  try {
    text = readFileSync(path, "utf8")
  } catch {
    return found
  }
  const { module } = parseSync(path, text)
  for (const { moduleRequest, entries } of module.staticImports)
    if (entries.length === 0 || entries.some(({ isType }) => !isType)) found.add(moduleRequest.value)
  for (const { entries } of module.staticExports)
    for (const { moduleRequest, isType } of entries) if (moduleRequest !== null && !isType) found.add(moduleRequest.value)
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^\s*(["'`])([^"'`$\\]*)\1\s*$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[2]
    if (literal !== undefined) found.add(literal)
  }
  return found
}

/** Reads each module once. A module that is gone, or that is no file, has no record. */
export const moduleReader = (looked: Set<string> = new Set()): ((path: string) => ModuleRecord | null) => {
  const records = new Map<string, ModuleRecord | null>()
  return (path) => {
    const known = records.get(path)
    if (known !== undefined) return known
    looked.add(path)
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
