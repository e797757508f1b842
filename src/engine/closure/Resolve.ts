/** Where a specifier leads: as the evaluation saw it, else as Node would find it. */
import { readFileSync, realpathSync, statSync } from "node:fs"
import { isBuiltin } from "node:module"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import type { ConfigEvidence } from "../../domain/ConfigEvidence.ts"

export interface Package {
  readonly folder: string
  readonly name: string
  readonly version: string
  readonly exports: unknown
  readonly main: string | null
  readonly bytes: Buffer
}

/** `from` and what it imports give an absolute path; null for Node's own modules and for what cannot be found. */
export interface Resolver {
  readonly resolve: (specifier: string, from: string) => { readonly path: string } | { readonly missing: string } | null
  /** The package that a path lies in; null outside of any. */
  readonly packageOf: (path: string) => Package | null
}

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null)

const upwards = function* (from: string): Generator<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    yield folder
    if (dirname(folder) === folder) return
  }
}

const nameOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")

const real = (path: string): string | null => {
  try {
    const found = realpathSync(path)
    return statSync(found).isFile() ? found : null
  } catch {
    return null
  }
}

const conditions = new Set(["node", "import", "module-sync", "node-addons", "default"])

/** The first target of an `exports` value whose conditions hold. Depth is what a package.json writes. */
const targetOf = (value: unknown, star: string): string | null => {
  if (typeof value === "string") return value.replaceAll("*", star)
  if (Array.isArray(value)) return value.map((one) => targetOf(one, star)).find((target) => target !== null) ?? null
  if (typeof value !== "object" || value === null) return null
  for (const [condition, inner] of Object.entries(value)) {
    const target = conditions.has(condition) ? targetOf(inner, star) : null
    if (target !== null) return target
  }
  return null
}

/** PACKAGE_EXPORTS_RESOLVE of Node's documentation, for `subpath` such as `.` or `./x`. */
const exportOf = (exports: unknown, subpath: string): string | null => {
  const table = (
    typeof exports === "object" && exports !== null && !Array.isArray(exports) && Object.keys(exports).some((key) => key.startsWith("."))
      ? exports
      : { ".": exports }
  ) as Record<string, unknown>
  if (Object.hasOwn(table, subpath) && !subpath.includes("*")) return targetOf(table[subpath], "")
  let best: string | null = null
  for (const key of Object.keys(table)) {
    const at = key.indexOf("*")
    if (at < 0 || !subpath.startsWith(key.slice(0, at)) || !subpath.endsWith(key.slice(at + 1)) || subpath.length < key.length) continue
    if (best === null || key.indexOf("*") > best.indexOf("*")) best = key
  }
  if (best === null) return null
  const at = best.indexOf("*")
  return targetOf(table[best], subpath.slice(at, subpath.length - (best.length - at - 1)))
}

const entryOf = (found: Package, specifier: string): string | null => {
  const subpath = `.${specifier.slice(nameOf(specifier).length)}`
  if (found.exports !== undefined && found.exports !== null) {
    const target = exportOf(found.exports, subpath)
    return target === null ? null : real(join(found.folder, target))
  }
  const at = join(found.folder, subpath === "." ? (found.main ?? "index.js") : subpath)
  return [at, `${at}.js`, join(at, "index.js")].map(real).find((path) => path !== null) ?? null
}

export const makeResolver = (evidence: ConfigEvidence | null): Resolver => {
  const seen = new Map<string, string | null>(evidence?.edges.map(({ from, specifier, to }) => [`${from}\0${specifier}`, to]) ?? [])
  const packages = new Map<string, Package | null>()

  const readPackage = (folder: string): Package | null => {
    const known = packages.get(folder)
    if (known !== undefined) return known
    let found: Package | null = null
    try {
      const bytes = readFileSync(join(folder, "package.json"))
      const json = JSON.parse(bytes.toString("utf8")) as Record<string, unknown>
      found = {
        folder,
        name: textOrNull(json["name"]) ?? "",
        version: textOrNull(json["version"]) ?? "",
        exports: json["exports"],
        main: textOrNull(json["main"]),
        bytes
      }
    } catch {
      // none here, or none that could be used
    }
    packages.set(folder, found)
    return found
  }

  const scopeOf = (path: string): Package | null => {
    for (const folder of upwards(dirname(path))) {
      if (folder.endsWith("/node_modules")) return null
      const found = readPackage(folder)
      if (found !== null) return found
    }
    return null
  }

  const bare = (specifier: string, from: string): string | null => {
    const name = nameOf(specifier)
    const own = scopeOf(from)
    if (own !== null && own.name === name && own.exports !== undefined) return entryOf(own, specifier)
    for (const folder of upwards(dirname(from))) {
      if (folder.endsWith("/node_modules")) continue
      const found = readPackage(join(folder, "node_modules", name))
      if (found !== null) return entryOf(found, specifier)
    }
    return null
  }

  return {
    packageOf: (path) => {
      for (const folder of upwards(dirname(path))) {
        if (folder.endsWith("/node_modules")) return null
        const found = readPackage(folder)
        if (found !== null && found.name !== "") return found
      }
      return null
    },
    resolve: (specifier, from) => {
      if (isBuiltin(specifier)) return null
      const known = seen.get(`${from}\0${specifier}`)
      if (known !== undefined && known !== null) return known.startsWith("/") ? { path: known } : null
      if (specifier.startsWith("file:")) return { path: fileURLToPath(specifier) }
      if (specifier.startsWith(".") || specifier.startsWith("/")) {
        const asked = resolve(dirname(from), specifier.replace(/[?#].*$/s, ""))
        return { path: real(asked) ?? asked }
      }
      if (/^[a-z][a-z0-9+.-]*:/i.test(specifier)) return null
      const path = bare(specifier, from)
      return path === null ? { missing: specifier } : { path }
    }
  }
}
