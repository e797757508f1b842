/** From what a trace saw to the evidence that proves a project document current. */
import { hash, randomBytes } from "node:crypto"
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import type { ConfigEvidence, LoadedPackage, PackageLookup, SeenFact, SeenPath } from "../../domain/ConfigEvidence.ts"
import { evaluatorBuild } from "./Build.ts"
import { packageFolder, sideOf } from "./Callers.ts"
import { namesDigest, saltedDigest } from "./Digest.ts"
import { factNow } from "./Facts.ts"
import { compareTexts, lookUp, packageOf, reach, relativePaths, upwards } from "./Graph.ts"
import { type Asked, follows, rowNow } from "./Observed.ts"
import type { Traced } from "./Trace.ts"

/** Modules of the host: what they are decides what a config evaluates to as well. */
const hostModule = join(packageFolder, "src", "host", "index.ts")

const answerOf = ({ path, ask }: Asked): string => {
  try {
    if (ask === "link") return `link:${readlinkSync(path)}`
    if (ask === "real") return `real:${realpathSync(path)}`
    if (ask === "entry") {
      const text = linkText(path)
      if (text !== null) return `link:${text}`
    }
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return "absent"
    if (stat.isDirectory()) return ask === "names" ? namesDigest(readdirSync(path)) : "folder"
    if (ask === "content" && stat.isFile()) return `sha256:${hash("sha256", readFileSync(path))}`
    return ask === "there" ? "file" : `file of ${stat.size} bytes`
  } catch {
    return "absent"
  }
}

const linkText = (path: string): string | null => {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

/** Rows of the package.json that decide how a folder's modules are read, and of the nearer ones that are not there. */
const scopes = (
  folders: Iterable<string>
): { readonly paths: ReadonlyArray<SeenPath>; readonly packages: ReadonlyArray<LoadedPackage> } => {
  const paths = new Map<string, SeenPath>()
  const packages = new Map<string, LoadedPackage>()
  for (const start of folders)
    for (const folder of upwards(start)) {
      if (folder.endsWith("/node_modules")) break
      const path = join(folder, "package.json")
      if (!paths.has(path)) {
        if (!existsSync(path)) paths.set(path, { path, is: "absent" })
        else {
          const bytes = readFileSync(path)
          paths.set(path, { path, is: `sha256:${hash("sha256", bytes)}` })
          const { name, version } = JSON.parse(bytes.toString("utf8")) as { readonly name?: unknown; readonly version?: unknown }
          if (typeof name === "string") packages.set(folder, { name, version: typeof version === "string" ? version : "", folder })
        }
      }
      if (paths.get(path)?.is !== "absent") break
    }
  return { paths: [...paths.values()], packages: [...packages.values()].sort((a, b) => compareTexts(a.folder, b.folder)) }
}

const lookups = (edges: ConfigEvidence["edges"], packages: ReadonlyArray<LoadedPackage>): ReadonlyArray<PackageLookup> => {
  const found = new Map<string, PackageLookup>()
  const scopeOf = (path: string) => [...upwards(dirname(path))].map((folder) => packages.find((one) => one.folder === folder)).find(Boolean)
  for (const { from, specifier } of edges) {
    const name = packageOf(specifier)
    const folder = dirname(from)
    const key = `${folder}\0${name}`
    // a package's own name inside it is answered by its package.json
    if (name !== null && !found.has(key) && scopeOf(from)?.name !== name) found.set(key, lookUp(folder, name))
  }
  return [...found.values()].sort((a, b) => compareTexts(a.folder, b.folder) || compareTexts(a.name, b.name))
}

const facts = (salt: string, values: Iterable<readonly [string, string | null | undefined]>): ReadonlyArray<SeenFact> =>
  [...values]
    .map(([name, value]) => ({ name, value: value === undefined || value === null ? null : saltedDigest(salt, name, value) }))
    .sort((a, b) => compareTexts(a.name, b.name))

const unique = (paths: ReadonlyArray<SeenPath>): ReadonlyArray<SeenPath> =>
  [...new Map(paths.map((seen) => [`${seen.path}\0${seen.is}`, seen])).values()].sort(
    (a, b) => compareTexts(a.path, b.path) || compareTexts(a.is, b.is)
  )

/**
 * The evidence of `config`'s evaluation; null where it is not known what ran: another loader brought the modules in, they had been
 * loaded before, or something moved meanwhile.
 */
export const collect = (config: string, { seen, watch }: Pick<Traced<unknown>, "seen" | "watch">): ConfigEvidence | null => {
  const real = realpathSync(config)
  const { modules, edges, unwatched, changed, watchOf } = reach([real, hostModule])
  if (changed || watchOf(real) !== watch) return null
  // what ran in an earlier evaluation did not tell this one what it read
  if (modules.some(({ path }) => sideOf(path) === "user" && watchOf(path) !== watch)) return null
  for (const { path, ask, row } of seen.paths.values()) if (rowNow(path, follows(ask)) !== row) return null
  const salt = randomBytes(16).toString("hex")
  const { paths, packages } = scopes(new Set([...modules.map(({ path }) => path), ...unwatched].map((path) => dirname(path))))
  const relative = edges.filter(({ specifier }) => /^(?:\.|\/|file:)/.test(specifier)).flatMap(relativePaths)
  return {
    atlas: "config-evidence/1",
    config,
    build: evaluatorBuild(packageFolder),
    salt,
    modules,
    edges,
    unwatched,
    packages,
    lookups: lookups(edges, packages),
    paths: unique([
      ...(real === config ? [] : [{ path: config, is: `real:${real}` }]),
      ...paths,
      ...relative,
      ...Array.from(seen.paths.values(), (asked) => ({ path: asked.path, is: answerOf(asked) }))
    ]),
    environment: facts(salt, seen.environment),
    environmentNames: seen.environmentListed ? namesDigest(Object.keys(process.env)) : null,
    machine: facts(
      salt,
      Array.from(seen.machine, (name) => [name, factNow(name)] as const)
    )
  }
}
