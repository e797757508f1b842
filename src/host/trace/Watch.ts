/** Every module that is loaded and every import that is resolved, from the moment of watching on (`module.registerHooks`). */
import { hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"
import { bundlePath, stoodIn } from "../effect/Bundle.ts"

export interface Import {
  readonly from: string
  readonly specifier: string
  /** Real path, `node:…` or another URL; null where nothing was found. */
  readonly to: string | null
}

export interface Source {
  /** Digests of what was evaluated: several if the file was loaded again after a change. */
  readonly sha256: Set<string>
  /** Number of the watch it was first loaded under. */
  readonly watch: number
}

const sources = new Map<string, Source>()
const imports = new Map<string, Import>()
let hooks: { readonly deregister: () => void } | null = null
let watches = 0
/** Told of each builtin that is about to be imported, as `node:…`. */
let onBuiltin: (url: string) => void = () => {}

/** A path for files, else the URL as it is. */
export const placeOf = (url: string): string => (url.startsWith("file:") ? fileURLToPath(url.replace(/[?#].*$/s, "")) : url)

/** What the bundle of `effect` stands in for counts as if it had been loaded itself. */
export const sourceOf = (path: string): Source | undefined => {
  const module = stoodIn(path)
  return module === null ? sources.get(path) : { sha256: new Set([module.sha256]), watch: 0 }
}
export const allImports = (): Iterable<Import> => imports.values()
export const builtins = new Set<string>()

const read = readFileSync

let asking = 0
/** True while Node itself looks for a module or reads one: what it asks the system for then is nobody's business. */
export const nodeLoads = (): boolean => asking > 0
const byNode = <A>(ask: () => A): A => {
  asking++
  try {
    return ask()
  } finally {
    asking--
  }
}

const loaded = (path: string, source: unknown): void => {
  const bytes = typeof source === "string" || source instanceof Uint8Array ? source : read(path)
  const sha256 = hash("sha256", bytes)
  const known = sources.get(path)
  if (known === undefined) sources.set(path, { sha256: new Set([sha256]), watch: watches })
  else known.sha256.add(sha256)
}

const resolved = (parent: string | undefined, specifier: string, to: string | null): void => {
  if (parent === undefined || to === bundlePath) return
  const from = placeOf(parent)
  imports.set(`${from}\0${specifier}`, { from, specifier, to })
}

/** Begins to watch, if that has not begun; gives the number of the watch, which `unwatch` ends. */
export const watch = (tell: (url: string) => void = onBuiltin): number => {
  onBuiltin = tell
  if (hooks !== null) return watches
  watches++
  hooks = registerHooks({
    resolve: (specifier, context, next) => {
      let url: string
      try {
        const result = byNode(() => next(specifier, context))
        url = result.url
        if (url.startsWith("node:")) {
          builtins.add(url)
          onBuiltin(url)
        }
        resolved(context.parentURL, specifier, placeOf(url))
        return result
      } catch (error) {
        resolved(context.parentURL, specifier, null)
        throw error
      }
    },
    load: (url, context, next) => {
      const result = byNode(() => next(url, context))
      if (!url.startsWith("node:")) loaded(placeOf(url), result.source ?? (url.startsWith("file:") ? undefined : ""))
      return result
    }
  })
  return watches
}

export const unwatch = (): void => {
  hooks?.deregister()
  hooks = null
  onBuiltin = () => {}
}
