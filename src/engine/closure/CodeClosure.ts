/**
 * The code that a definition's result depends on, by bindings (docs/explanation/code-closure.md): an imported binding is followed to
 * the module that provides it, a module that only re-exports is transparent, types do not count, and a binding whose value is
 * another definition is a need, not code.
 */
import { createHash } from "node:crypto"
import { relative } from "node:path"
import type { Definition } from "../../domain/ProjectDocument.ts"
import { moduleReader } from "./Modules.ts"
import { resolveSpecifier } from "./Resolve.ts"

/** A module or package; `via` is the module that brought it in, null for where the definition stands. */
export interface ClosureEntry {
  readonly subject: string
  readonly value: string
  readonly via: string | null
}

export interface CodeClosure {
  readonly digest: string
  readonly entries: ReadonlyArray<ClosureEntry>
}

interface Wanted {
  readonly path: string
  readonly name: string | null
  readonly via: string | null
}

/**
 * Closures of all definitions. `root` is the folder that module paths are told relative to; modules below `engine` belong to the
 * engine itself and count by its version.
 */
export const codeClosures = (
  definitions: ReadonlyArray<Definition>,
  { root, engine }: { readonly root: string; readonly engine: string }
): ReadonlyMap<string, CodeClosure> => {
  const read = moduleReader()
  const places = new Map<string, Array<number>>()
  for (const { definedAt } of definitions)
    if (definedAt?.line !== undefined) places.set(definedAt.path, [...(places.get(definedAt.path) ?? []), definedAt.line])

  const isDefinition = (path: string, lines: readonly [number, number]): boolean =>
    (places.get(path) ?? []).some((line) => lines[0] <= line && line <= lines[1])

  const closureOf = (definition: Definition): CodeClosure => {
    const found = new Map<string, ClosureEntry>()
    const followed = new Set<string>()
    const queue: Array<Wanted> = definition.modules.map((path) => ({ path, name: null, via: null }))
    const ask = (specifier: string, name: string | null, from: string): void => {
      const to = resolveSpecifier(specifier, from)
      if (to.to === "file") queue.push({ path: to.path, name, via: from })
      else if (to.to === "package" && !found.has(to.name))
        found.set(to.name, { subject: `package ${to.name}`, value: to.identity, via: relative(root, from) })
      else if (to.to === "nowhere") found.set(specifier, { subject: `package ${specifier}`, value: "missing", via: relative(root, from) })
    }
    for (let wanted = queue.pop(); wanted !== undefined; wanted = queue.pop()) {
      const { path, name, via } = wanted
      if (path.startsWith(`${engine}/`)) continue
      const key = `${path}\0${name ?? ""}`
      if (followed.has(key)) continue
      followed.add(key)
      const record = read(path)
      const exported = name === null ? undefined : record?.exports.get(name)
      if (exported !== undefined && exported.from === null && isDefinition(path, exported.lines)) continue
      if (exported !== undefined && exported.from !== null) {
        ask(exported.from.specifier, exported.from.name, path)
        continue
      }
      if (record !== null && name !== null && exported === undefined && record.stars.length > 0) {
        // one of the starred modules provides it; asking those that do not adds them, which is safe
        for (const star of record.stars) ask(star, name, path)
        continue
      }
      if (found.has(path)) continue
      found.set(path, {
        subject: relative(root, path),
        value: record === null ? "missing" : `sha256:${record.sha256}`,
        via: via === null ? null : relative(root, via)
      })
      for (const one of record?.imports ?? []) ask(one.specifier, one.name, path)
      if (record?.opaque === true)
        for (const other of definitions) for (const module of other.modules) queue.push({ path: module, name: null, via: path })
    }
    const entries = [...found.values()].sort((a, b) => (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0))
    const hash = createHash("sha256")
    for (const { subject, value } of entries) hash.update(`${subject.length}:${subject}${value.length}:${value}`)
    return { digest: hash.digest("hex"), entries }
  }
  return new Map(definitions.map((definition) => [definition.name, closureOf(definition)]))
}
