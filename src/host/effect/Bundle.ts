/**
 * `effect` as one file, made by the build beside the programs (rolldown.config.mjs), and for which installed package it may stand in:
 * one whose modules are byte for byte those that were bundled. Knows no `effect`.
 */
import { hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

/** One of the package's modules; its variable in the bundle is its number among them, `m0`, `m1`, …. */
export interface BundledModule {
  /** In the package, e.g. `dist/Schema.js`. */
  readonly path: string
  /** Of the file that was bundled. */
  readonly sha256: string
  /** What it imports, as it says it, and where that leads: a path in the package, or `node:…`. */
  readonly imports: ReadonlyArray<readonly [specifier: string, to: string]>
  readonly exports: ReadonlyArray<string>
  /** Of the exports those whose value may become another one: exported by the bundle as `m0_NAME`. */
  readonly live: ReadonlyArray<string>
  /** Lines of the bundle that it has become, from 1, both inclusive; null if nothing is left of it. */
  readonly lines: readonly [number, number] | null
}

interface Manifest {
  readonly version: string
  /** Of the bundle: one that is half written, or of another build, stands for nothing. */
  readonly sha256: string
  readonly modules: ReadonlyArray<BundledModule>
}

/** Below a `node_modules/effect`, as the package itself: whoever reads stacks knows it by that. */
const bundleFolder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "dist", "node_modules", "effect")
export const bundlePath = join(bundleFolder, "core.mjs")

// Kept, since an evaluation replaces it.
const read = readFileSync

const readJson = (path: string): unknown => {
  try {
    return JSON.parse(read(path, "utf8"))
  } catch {
    return null
  }
}

const readManifest = (): Manifest | null => {
  try {
    const found = readJson(join(bundleFolder, "bundle.json")) as Manifest | null
    return found !== null && hash("sha256", read(bundlePath)) === found.sha256 ? found : null
  } catch {
    return null
  }
}

let manifest: Manifest | null | undefined
/** Null where nothing was built. */
const bundled = (): Manifest | null => (manifest === undefined ? (manifest = readManifest()) : manifest)

const proven = (folder: string, { version, modules }: Manifest): boolean => {
  const found = readJson(join(folder, "package.json")) as { readonly name?: unknown; readonly version?: unknown } | null
  if (found?.name !== "effect" || found.version !== version) return false
  try {
    return modules.every(({ path, sha256 }) => hash("sha256", read(join(folder, path))) === sha256)
  } catch {
    return false
  }
}

export interface Standing extends BundledModule {
  readonly number: number
  /** Of the package that it stands for. */
  readonly folder: string
}

const tried = new Set<string>()
const standing = new Map<string, Standing>()
let first: string | null = null

const packageModule = /^(.*\/effect)\/dist\/.*\.js$/

/** The part of the bundle that stands for the module at `path`; null where the module itself is to be loaded. */
export const standIn = (path: string): Standing | null => {
  const folder = packageModule.exec(path)?.[1]
  if (folder === undefined) return null
  const known = bundled()
  if (known === null) return null
  if (!tried.has(folder)) {
    tried.add(folder)
    if (proven(folder, known)) {
      first ??= folder
      for (const [number, module] of known.modules.entries()) standing.set(join(folder, module.path), { ...module, number, folder })
    }
  }
  return standing.get(path) ?? null
}

/** What stands in for `path`, if anything does by now. */
export const stoodIn = (path: string): Standing | null => standing.get(path) ?? null

/** Text of a module that gives what the bundle has of `module`. */
export const facade = ({ number, exports, live }: Standing): string => {
  const from = JSON.stringify(pathToFileURL(bundlePath).href)
  const fixed = exports.filter((name) => !live.includes(name))
  // an export may be called as a word of the language
  const declared = fixed.map((name, at) => `const e${at} = m[${JSON.stringify(name)}]`)
  const names = fixed.map((name, at) => `e${at} as ${name}`)
  const moving = live.map((name) => `export { m${number}_${name} as ${name} } from ${from}`)
  return [`import { m${number} as m } from ${from}`, ...declared, `export { ${names.join(", ")} }`, ...moving].join("\n")
}

/** The package's module that a line of the bundle was made of; the bundle itself for its own. */
export const originOf = (line: number): string => {
  const module = bundled()?.modules.find(({ lines }) => lines !== null && lines[0] <= line && line <= lines[1])
  return module === undefined || first === null ? bundlePath : join(first, module.path)
}
