/** Every module that is loaded and every import that is resolved, from the moment of watching on (`module.registerHooks`). */
import { hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"

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

export const sourceOf = (path: string): Source | undefined => sources.get(path)
export const allImports = (): Iterable<Import> => imports.values()
export const builtins = new Set<string>()

const read = readFileSync

const loaded = (path: string, source: unknown): void => {
  const bytes = typeof source === "string" || source instanceof Uint8Array ? source : read(path)
  const sha256 = hash("sha256", bytes)
  const known = sources.get(path)
  if (known === undefined) sources.set(path, { sha256: new Set([sha256]), watch: watches })
  else known.sha256.add(sha256)
}

const resolved = (parent: string | undefined, specifier: string, to: string | null): void => {
  if (parent === undefined) return
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
        const result = next(specifier, context)
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
      const result = next(url, context)
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
