/** Where a specifier leads: an own file, a package, or Node itself. Packages count by name, version and package.json. */
import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { isBuiltin } from "node:module"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

export type Resolved =
  | { readonly to: "file"; readonly path: string }
  | { readonly to: "package"; readonly name: string; readonly identity: string }
  | { readonly to: "builtin" }
  | { readonly to: "nowhere" }

interface Package {
  readonly folder: string
  readonly name: string
  readonly version: string
  readonly sha256: string
  readonly exports: unknown
}

const packages = new Map<string, Package | null>()

const readPackage = (folder: string): Package | null => {
  const known = packages.get(folder)
  if (known !== undefined) return known
  const file = join(folder, "package.json")
  let found: Package | null = null
  if (existsSync(file)) {
    const bytes = readFileSync(file)
    const json = JSON.parse(bytes.toString("utf8")) as { name?: string; version?: string; exports?: unknown }
    found = {
      folder,
      name: json.name ?? "",
      version: json.version ?? "",
      sha256: createHash("sha256").update(bytes).digest("hex"),
      exports: json.exports
    }
  }
  packages.set(folder, found)
  return found
}

const parents = function* (from: string): Generator<string> {
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

/** A package's own name inside it: only plain texts in `exports` are understood. */
const selfReference = (specifier: string, from: string): string | null => {
  for (const folder of parents(dirname(from))) {
    const own = readPackage(folder)
    if (own === null) continue
    if (own.name !== nameOf(specifier) || typeof own.exports !== "object" || own.exports === null) return null
    const target = (own.exports as Record<string, unknown>)[`.${specifier.slice(own.name.length)}`]
    return typeof target === "string" ? resolve(own.folder, target) : null
  }
  return null
}

export const resolveSpecifier = (specifier: string, from: string): Resolved => {
  if (isBuiltin(specifier)) return { to: "builtin" }
  if (specifier.startsWith("file:")) return { to: "file", path: fileURLToPath(specifier) }
  if (specifier.startsWith(".") || specifier.startsWith("/")) return { to: "file", path: resolve(dirname(from), specifier) }
  const self = selfReference(specifier, from)
  if (self !== null) return { to: "file", path: self }
  const name = nameOf(specifier)
  for (const folder of parents(dirname(from))) {
    const found = readPackage(join(folder, "node_modules", name))
    if (found !== null) return { to: "package", name, identity: `${found.version} sha256:${found.sha256}` }
  }
  return { to: "nowhere" }
}
