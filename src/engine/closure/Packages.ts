/** Which code is a package's, and what a package counts as: name, version and what was loaded of it. */
import { hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { relative, sep } from "node:path"
import type { ConfigEvidence } from "../../domain/ConfigEvidence.ts"
import type { Definition } from "../../domain/ProjectDocument.ts"
import { specifiersOf } from "./Modules.ts"
import type { Package, Resolver } from "./Resolve.ts"

const inside = `${sep}node_modules${sep}`

/** The nearest package of what lies below `node_modules`; null for own and linked code. */
const installed = (path: string, { packageOf }: Resolver): Package | null => (path.includes(inside) ? packageOf(path) : null)

export interface Packages {
  /** The package that stands for a module; null for a module that counts by itself: own, linked, or beside a definition. */
  readonly of: (path: string) => Package | null
  /** What is used of a package that was entered at `entries`. */
  readonly identity: (found: Package, entries: ReadonlySet<string>) => string
  /** Packages that `entries` of a package lead to, with the module they are entered at. */
  readonly beyond: (entry: string) => ReadonlyArray<readonly [Package, string]>
}

export const makePackages = (definitions: ReadonlyArray<Definition>, resolver: Resolver, evidence: ConfigEvidence | null): Packages => {
  const plugins = new Set<string>()
  for (const { modules } of definitions)
    for (const path of modules) {
      const found = installed(path, resolver)
      if (found !== null) plugins.add(found.folder)
    }
  const digests = new Map<string, string>(evidence?.modules.map(({ path, sha256 }) => [path, sha256]) ?? [])
  const targets = new Map<string, Array<string>>()
  for (const { from, to } of evidence?.edges ?? []) {
    if (to === null || !to.startsWith("/")) continue
    const list = targets.get(from)
    if (list === undefined) targets.set(from, [to])
    else list.push(to)
  }

  /** What a module of a package imports: as it was seen, else as its text says. */
  const importsOf = (path: string): ReadonlyArray<string> => {
    if (digests.has(path)) return targets.get(path) ?? []
    const found: Array<string> = []
    for (const specifier of specifiersOf(path)) {
      const to = resolver.resolve(specifier, path)
      if (to !== null && "path" in to) found.push(to.path)
    }
    return found
  }

  interface Walked {
    readonly files: ReadonlyArray<string>
    readonly beyond: ReadonlyArray<readonly [Package, string]>
  }
  const walks = new Map<string, Walked>()
  const walk = (entry: string): Walked => {
    const known = walks.get(entry)
    if (known !== undefined) return known
    const home = installed(entry, resolver)
    const files = new Set([entry])
    const beyond = new Map<string, readonly [Package, string]>()
    for (const path of files)
      for (const to of importsOf(path)) {
        const other = installed(to, resolver)
        if (other?.folder === home?.folder) files.add(to)
        else if (other !== null) beyond.set(to, [other, to])
      }
    const walked = { files: [...files], beyond: [...beyond.values()] }
    walks.set(entry, walked)
    return walked
  }

  const digestOf = (path: string): string => {
    const known = digests.get(path)
    if (known !== undefined) return known
    let digest = "missing"
    try {
      digest = hash("sha256", readFileSync(path))
    } catch {
      // a part that is not there is told as such
    }
    digests.set(path, digest)
    return digest
  }

  const identities = new Map<string, string>()
  return {
    of: (path) => {
      const found = installed(path, resolver)
      return found === null || plugins.has(found.folder) ? null : found
    },
    identity: (found, entries) => {
      const sorted = [...entries].sort()
      const key = sorted.join("\0")
      const known = identities.get(key)
      if (known !== undefined) return known
      // nobody watched: walking a large package at each start would cost more than it tells
      const files = evidence === null ? [] : [...new Set(sorted.flatMap((entry) => walk(entry).files))].sort()
      const content =
        evidence === null
          ? found.bytes.toString("utf8")
          : files.map((path) => `${relative(found.folder, path)}\0${digestOf(path)}\n`).join("")
      const identity = `${found.name}@${found.version} sha256:${hash("sha256", content)}`
      identities.set(key, identity)
      return identity
    },
    beyond: (entry) => (evidence === null ? [] : walk(entry).beyond)
  }
}
