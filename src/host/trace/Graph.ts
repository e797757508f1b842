/** The modules that belong to an evaluation, out of all that this process has loaded. */
import { dirname, isAbsolute, join, resolve } from "node:path"
import { isBuiltin } from "node:module"
import { existsSync, realpathSync, statSync } from "node:fs"
import type { LoadedModule, ModuleEdge, PackageLookup, SeenPath } from "../../domain/ConfigEvidence.ts"
import { stoodIn } from "../effect/Bundle.ts"
import { allImports, type Import, placeOf, sourceOf } from "./Watch.ts"

export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export interface Reached {
  readonly modules: ReadonlyArray<LoadedModule>
  readonly edges: ReadonlyArray<ModuleEdge>
  /** Loaded before the watch began. */
  readonly unwatched: ReadonlyArray<string>
  /** Loaded again with another content: which one ran for whom is not known. */
  readonly changed: boolean
  /** Of each, the number of the watch it was loaded under. */
  readonly watchOf: (path: string) => number
}

/** What a module would have imported whose place the bundle of `effect` took. */
const importsWithin = (path: string): ReadonlyArray<Import> => {
  const module = stoodIn(path)
  if (module === null) return []
  return module.imports.map(([specifier, to]) => ({ from: path, specifier, to: to.startsWith("node:") ? to : join(module.folder, to) }))
}

/** All that `roots` import, directly or not. */
export const reach = (roots: ReadonlyArray<string>): Reached => {
  const byParent = new Map<string, Array<Import>>()
  for (const one of allImports()) {
    const list = byParent.get(one.from)
    if (list === undefined) byParent.set(one.from, [one])
    else list.push(one)
  }
  const found = new Set(roots)
  const edges: Array<ModuleEdge> = []
  for (const path of found)
    for (const edge of byParent.get(path) ?? importsWithin(path)) {
      edges.push(edge)
      if (edge.to !== null && isAbsolute(edge.to)) found.add(edge.to)
    }
  const modules: Array<LoadedModule> = []
  const unwatched: Array<string> = []
  let changed = false
  for (const path of found) {
    const source = sourceOf(path)
    const [sha256, ...others] = source?.sha256 ?? []
    if (sha256 === undefined) unwatched.push(path)
    else modules.push({ path, sha256 })
    if (others.length > 0) changed = true
  }
  return {
    modules: modules.sort((a, b) => compareTexts(a.path, b.path)),
    edges: edges.sort((a, b) => compareTexts(a.from, b.from) || compareTexts(a.specifier, b.specifier)),
    unwatched: unwatched.sort(compareTexts),
    changed,
    watchOf: (path) => sourceOf(path)?.watch ?? 0
  }
}

/** A folder and all above it, nearest first. */
export const upwards = function* (from: string): Generator<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    yield folder
    if (dirname(folder) === folder) return
  }
}

/** The package that a bare specifier names; null for one that is relative, a URL, Node's own or internal to a package (`#x`). */
export const packageOf = (specifier: string): string | null => {
  if (/^[./#]/.test(specifier) || isBuiltin(specifier) || /^[a-z][a-z0-9+.-]*:/i.test(specifier)) return null
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** Looks for a package the way Node does. */
export const lookUp = (folder: string, name: string): PackageLookup => {
  const absent: Array<string> = []
  for (const above of upwards(folder)) {
    if (above.endsWith("/node_modules")) continue
    const link = join(above, "node_modules", name)
    if (isFolder(link)) return { folder, name, absent, link, real: realpathSync(link) }
    absent.push(link)
  }
  return { folder, name, absent, link: null, real: null }
}

/** Where a relative specifier was looked for: what was not there before what was, and the links on the way. */
export const relativePaths = ({ from, specifier, to }: ModuleEdge): ReadonlyArray<SeenPath> => {
  const asked = specifier.startsWith("file:") ? placeOf(specifier) : resolve(dirname(from), specifier.replace(/[?#].*$/s, ""))
  if (to === null) return [{ path: asked, is: "absent" }]
  if (asked === to) return []
  if (existsSync(asked) && realpathSync(asked) === to) return [{ path: asked, is: `real:${to}` }]
  // only require() tries endings
  const seen: Array<SeenPath> = []
  for (const ending of ["", ".js", ".json", ".node"]) {
    const candidate = asked + ending
    if (existsSync(candidate) && !isFolder(candidate)) {
      seen.push({ path: candidate, is: `real:${realpathSync(candidate)}` })
      break
    }
    if (ending !== "") seen.push({ path: candidate, is: "absent" })
  }
  return seen
}
