/**
 * The code that a definition's result depends on, by bindings (docs/explanation/code-closure.md): from the declaration that makes it,
 * each name it uses is followed to the declaration that gives it. A module that only passes a name on is transparent, types do not
 * count, and a name whose value is another definition is a need, not code: it counts by its outputs.
 */
import { hash } from "node:crypto"
import { relative, sep } from "node:path"
import { compareText } from "../../core/Cause.ts"
import type { ClosureEntry, ClosurePart, CodeClosure } from "../../domain/CodeClosure.ts"
import type { ConfigEvidence } from "../../domain/ConfigEvidence.ts"
import type { Definition, ProjectDocument } from "../../domain/ProjectDocument.ts"
import { contractsOf } from "./Contract.ts"
import { type Import, moduleReader, type ModuleRecord, type Unit } from "./Modules.ts"
import { makePackages } from "./Packages.ts"
import { makeResolver, type Package } from "./Resolve.ts"

export type { CodeClosure } from "../../domain/CodeClosure.ts"

/** How something was come to: from a module, through others that pass it on. */
interface Way {
  readonly via: string | null
  readonly through: ReadonlyArray<string>
}

interface Found extends Way {
  readonly path: string
  /** Null for a module that is not there. */
  readonly record: ModuleRecord | null
  readonly units: Set<Unit>
}

interface Ask extends Way {
  readonly path: string
  /** Null asks for the whole module. */
  readonly name: string | null
  /** Definitions in it too: not as needs but as code. */
  readonly definitions?: true
}

export interface ClosureSettings {
  /** The engine's own `src`: what lies there counts by the engine's version. */
  readonly engine: string
  /** What the evaluation saw; without it modules are resolved and packages told as far as their texts say. */
  readonly evidence: ConfigEvidence | null
  /** Takes the path of each module whose text was asked for, there or not. */
  readonly looked?: Set<string>
}

/** Closures of all definitions of a project, by name. */
export const codeClosures = (project: ProjectDocument, { engine, evidence, looked }: ClosureSettings): ReadonlyMap<string, CodeClosure> => {
  const { root, config, definitions } = project
  const read = moduleReader(looked)
  const resolver = makeResolver(evidence)
  const packages = makePackages(definitions, resolver, evidence)
  const contracts = contractsOf(project)
  const ofEngine = (path: string): boolean => path.startsWith(engine + sep)
  /** Own modules that ran, for what cannot be told otherwise. */
  const ran = (evidence?.modules.map(({ path }) => path) ?? definitions.flatMap(({ modules }) => modules)).filter(
    (path) => !ofEngine(path) && packages.of(path) === null
  )
  const seenOf = new Map<string, Array<string>>()
  for (const { from, specifier } of evidence?.edges ?? []) seenOf.set(from, [...(seenOf.get(from) ?? []), specifier])

  const subjects = new Map<string, string>()
  const subjectOf = (path: string): string => {
    const known = subjects.get(path)
    if (known !== undefined) return known
    const below = relative(root, path)
    const home = below.startsWith("..") ? resolver.packageOf(path) : null
    const subject = home === null ? below : `${home.name}/${relative(home.folder, path)}`
    subjects.set(path, subject)
    return subject
  }

  const madeAt = new Map<string, Array<Definition>>()
  for (const definition of definitions)
    if (definition.definedAt !== null) madeAt.set(definition.definedAt.path, [...(madeAt.get(definition.definedAt.path) ?? []), definition])
  const definitionsIn = (path: string, { lines }: Unit): ReadonlyArray<Definition> =>
    (madeAt.get(path) ?? []).filter(({ definedAt }) => lines[0] <= (definedAt?.line ?? 0) && (definedAt?.line ?? 0) <= lines[1])

  const closureOf = (definition: Definition): CodeClosure => {
    const modules = new Map<string, Found>()
    const entered = new Map<string, { readonly found: Package; readonly entries: Set<string>; readonly way: Way }>()
    const plain = new Map<string, ClosureEntry>()
    const opaque = new Set<string>()
    const asked = new Set<string>()
    const queue: Array<Ask> = []

    const enter = (found: Package, entry: string, way: Way): void => {
      const known = entered.get(found.folder)
      if (known === undefined) entered.set(found.folder, { found, entries: new Set([entry]), way })
      else if (known.entries.has(entry)) return
      else known.entries.add(entry)
      for (const [other, at] of packages.beyond(entry)) enter(other, at, { via: found.name, through: [] })
    }

    const follow = ({ specifier, name }: Import, from: string, way: Way): void => {
      const to = resolver.resolve(specifier, from)
      if (to === null) return
      if ("missing" in to) {
        plain.set(`missing ${to.missing}`, {
          kind: "package",
          subject: to.missing,
          value: "missing",
          ...way,
          through: [...way.through],
          parts: []
        })
        return
      }
      if (ofEngine(to.path)) return
      const found = packages.of(to.path)
      if (found === null) queue.push({ path: to.path, name, ...way })
      else enter(found, to.path, way)
    }

    const need = ({ name }: Definition, way: Way): void => {
      const key = `need ${name}`
      if (name !== definition.name && !plain.has(key))
        plain.set(key, { kind: "need", subject: name, value: contracts.get(name) ?? "none", ...way, through: [...way.through], parts: [] })
    }

    const moduleAt = (path: string, way: Way): Found => {
      const known = modules.get(path)
      if (known !== undefined) return known
      const found: Found = { path, record: read(path), units: new Set(), ...way }
      modules.set(path, found)
      for (const specifier of found.record?.sideEffects ?? [])
        follow({ specifier, name: null }, path, { via: subjectOf(path), through: [] })
      // what was imported here without its text saying so: require(), or import() of a value
      const record = found.record
      if (record !== null)
        for (const specifier of seenOf.get(path) ?? [])
          if (!record.specifiers.has(specifier)) follow({ specifier, name: null }, path, { via: subjectOf(path), through: [] })
      // what a config runs is its project: nothing that a definition's result could hang on
      if (path !== config)
        for (const unit of record?.units ?? []) if (unit.runs && definitionsIn(path, unit).length === 0) include(found, unit)
      return found
    }

    const include = (found: Found, unit: Unit): void => {
      const { path, record, units } = found
      if (record === null || units.has(unit)) return
      units.add(unit)
      const way: Way = { via: subjectOf(path), through: [] }
      if (unit.opaque !== null && !opaque.has(`${subjectOf(path)}:${unit.opaque}`)) {
        opaque.add(`${subjectOf(path)}:${unit.opaque}`)
        const anything = { name: null, definitions: true, via: way.via, through: [`import() at line ${unit.opaque}`] } as const
        for (const other of ran) queue.push({ path: other, ...anything })
      }
      for (const specifier of unit.imports) follow({ specifier, name: null }, path, way)
      for (const file of unit.files) follow({ specifier: file.startsWith(".") ? file : `./${file}`, name: null }, path, way)
      for (const name of unit.names) {
        const imported = record.imports.get(name)
        if (imported !== undefined) follow(imported, path, way)
        for (const other of record.declaring.get(name) ?? []) if (other !== unit) use(found, other, way)
      }
      for (const name of unit.declares) for (const other of record.assigning.get(name) ?? []) use(found, other, way)
    }

    /** A declaration that is used: if it makes definitions, they are needs. */
    const use = (found: Found, unit: Unit, way: Way): void => {
      const made = definitionsIn(found.path, unit)
      if (made.length === 0) include(found, unit)
      else for (const one of made) need(one, way)
    }

    const provide = ({ path, name, definitions, via, through }: Ask): void => {
      const way: Way = { via, through }
      const record = read(path)
      if (record === null) return void moduleAt(path, way)
      const passing: Way = { via, through: [...through, subjectOf(path)] }
      const passOn = (to: Import): void => {
        if (record.units.some(({ runs }) => runs) || record.sideEffects.length > 0) moduleAt(path, way)
        follow(to, path, passing)
      }
      if (name === null) {
        const found = moduleAt(path, way)
        for (const unit of record.units)
          if (definitions === true) include(found, unit)
          else use(found, unit, way)
        for (const one of record.exports.values()) if ("from" in one) follow(one.from, path, passing)
        for (const star of record.stars) follow({ specifier: star, name: null }, path, passing)
        return
      }
      const exported = record.exports.get(name)
      if (exported === undefined) {
        const star = record.stars.find((specifier) => gives(specifier, path, name, new Set()))
        if (star !== undefined) return passOn({ specifier: star, name })
        // data, or a module whose exports its text does not tell
        const found = moduleAt(path, way)
        for (const unit of record.units) if (record.exports.size === 0 && record.stars.length === 0) include(found, unit)
        return
      }
      if ("from" in exported) return passOn(exported.from)
      const imported = record.imports.get(exported.local)
      if (imported !== undefined) return passOn(imported)
      for (const unit of record.declaring.get(exported.local) ?? []) {
        const made = definitionsIn(path, unit)
        if (made.length > 0) for (const one of made) need(one, way)
        else include(moduleAt(path, way), unit)
      }
    }

    /** Whether `export * from specifier` gives `name`. */
    const gives = (specifier: string, from: string, name: string, looked: Set<string>): boolean => {
      const to = resolver.resolve(specifier, from)
      if (to === null || "missing" in to || looked.has(to.path)) return false
      looked.add(to.path)
      const record = read(to.path)
      if (record === null) return false
      return record.exports.has(name) || record.stars.some((star) => gives(star, to.path, name, looked))
    }

    const follows = (): void => {
      for (let at = 0; at < queue.length; at++) {
        const next = queue[at] as Ask
        const key = `${next.path}\0${next.name ?? ""}\0${next.definitions ?? false}`
        if (asked.has(key)) continue
        asked.add(key)
        provide(next)
      }
    }

    const start: Way = { via: null, through: [] }
    const { definedAt } = definition
    if (definedAt?.line !== undefined) {
      const { path, line, column } = definedAt
      const record = read(path)
      // a config holds targets and options too: of it only the expression that makes the definition counts
      const narrow = path === config ? record?.definitionAt(line, column ?? 1) : undefined
      const unit = narrow ?? record?.units.find(({ lines }) => lines[0] <= line && line <= lines[1])
      if (record !== null && unit !== undefined) include(moduleAt(path, start), unit)
      else queue.push({ path, name: null, ...start })
    }
    follows()
    // who wrapped it counts too; mostly it has been come to already
    for (const path of definition.modules)
      if (!modules.has(path) && path !== config && !ofEngine(path)) follow({ specifier: path, name: null }, path, start)
    follows()

    const entries: Array<ClosureEntry> = [...plain.values()]
    for (const { found, entries: at, way } of entered.values())
      entries.push({
        kind: "package",
        subject: found.name,
        value: packages.identity(found, at),
        via: way.via,
        through: [...way.through],
        parts: []
      })
    for (const { path, record, units, via, through } of modules.values()) {
      const parts: ReadonlyArray<ClosurePart> = record === null ? [] : record.units.filter((unit) => units.has(unit)).map(partOf)
      const narrow = [...units].filter((unit) => record?.units.includes(unit) !== true).map(partOf)
      const all = [...narrow, ...parts]
      const value = record === null ? "missing" : `sha256:${hash("sha256", all.map(({ digest }) => `${digest}\n`).join(""))}`
      if (record === null || all.length > 0)
        entries.push({ kind: "module", subject: subjectOf(path), value, via, through: [...through], parts: all })
    }
    entries.sort((a, b) => compareText(a.subject, b.subject) || compareText(a.kind, b.kind))
    const content = entries.map(({ kind, subject, value }) => `${kind}\0${subject}\0${value}\n`).join("")
    return { atlas: "code-closure/1", definition: definition.name, digest: hash("sha256", content), opaque: [...opaque].sort(), entries }
  }
  return new Map(definitions.map((definition) => [definition.name, closureOf(definition)]))
}

const partOf = ({ name, digest }: Unit): ClosurePart => ({ name, digest })
