/** Adds to the evidence what modules import that had been loaded before anyone watched: as their texts say. */
import { hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { compareText } from "../../core/Cause.ts"
import type { ConfigEvidence, LoadedModule, ModuleEdge } from "../../domain/ConfigEvidence.ts"
import { specifiersOf } from "./Modules.ts"
import { makeResolver } from "./Resolve.ts"

const digestOf = (path: string): string | null => {
  try {
    return hash("sha256", readFileSync(path))
  } catch {
    return null
  }
}

/** The same evidence where nothing was unwatched. Static imports only: what such modules did when they ran is not known. */
export const complete = (evidence: ConfigEvidence): ConfigEvidence => {
  if (evidence.unwatched.length === 0) return evidence
  const resolver = makeResolver(evidence)
  const modules = new Map<string, LoadedModule>(evidence.modules.map((one) => [one.path, one]))
  const edges = new Map<string, ModuleEdge>(evidence.edges.map((one) => [`${one.from}\0${one.specifier}`, one]))
  const walked = new Set(evidence.unwatched)
  for (const path of walked) {
    const sha256 = digestOf(path)
    if (sha256 === null) continue
    if (!modules.has(path)) modules.set(path, { path, sha256 })
    for (const specifier of specifiersOf(path)) {
      const to = resolver.resolve(specifier, path)
      if (to === null || "missing" in to) continue
      edges.set(`${path}\0${specifier}`, { from: path, specifier, to: to.path })
      if (!modules.has(to.path)) walked.add(to.path)
    }
  }
  return {
    ...evidence,
    modules: [...modules.values()].sort((a, b) => compareText(a.path, b.path)),
    edges: [...edges.values()].sort((a, b) => compareText(a.from, b.from) || compareText(a.specifier, b.specifier)),
    unwatched: []
  }
}
