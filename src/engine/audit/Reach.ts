/** What a task declares that it reaches: for an audit what it may, for a sandbox what it can. Absolute paths of files and folders. */
import { readlinkSync, realpathSync } from "node:fs"
import { basename, dirname, join, parse, resolve, sep } from "node:path"
import type { SeenPath } from "../../domain/ConfigEvidence.ts"
import type { TaskDocument } from "../../domain/TaskDocument.ts"
import { resolveTool } from "../../ports/Tools.ts"
import { type AnalyzedProject, engineFolder } from "../project/Analyzer.ts"

export interface Reach {
  readonly inputs: ReadonlyArray<string>
  readonly needs: ReadonlyArray<string>
  /** Folders that it writes in: those around its staged outputs, and its scratch folder. */
  readonly own: ReadonlyArray<string>
  /** Its programs, and what is installed beside them. */
  readonly tools: ReadonlyArray<string>
  /** Of a stage or check that a host runs: modules, packages, and what is looked at to find them. */
  readonly code: ReadonlyArray<string>
  /** Folders that the config lists when it is imported: a list is not what lies in it. */
  readonly listed: ReadonlyArray<string>
  /** Shared places, for the owner of a cell alone. */
  readonly shared: ReadonlyArray<string>
}

/** What belongs to the machine and not to any project. */
export const systemFolders: ReadonlyArray<string> =
  "/usr /lib /lib32 /lib64 /libx32 /bin /sbin /etc /opt /nix /snap /proc /sys /dev /run".split(" ")

export const liesIn = (path: string, folder: string): boolean => path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`)

/** A path, and where it really is. */
export const bothOf = (path: string): ReadonlyArray<string> => {
  try {
    const real = realpathSync.native(path)
    return real === path ? [path] : [path, real]
  } catch {
    return [path]
  }
}

const targetOf = (path: string): string | null => {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

/** Links in a row that are no loop. */
const mostLinks = 40

/** The links that a path leads through one after the other, as `npm link` and stores of packages make them. */
const linksOn = (path: string): ReadonlyArray<string> => {
  const links: Array<string> = []
  let at = parse(path).root
  const rest = path.slice(at.length).split(sep)
  for (let name = rest.shift(); name !== undefined && links.length < mostLinks; name = rest.shift()) {
    const next = join(at, name)
    const target = targetOf(next)
    if (target === null) at = next
    else {
      links.push(next)
      const led = resolve(at, target)
      at = parse(led).root
      rest.unshift(...led.slice(at.length).split(sep))
    }
  }
  return links
}

/** A program is installed with its libraries and data: `PREFIX/bin/x` with `PREFIX/lib` and the like. */
const installed = (path: string): ReadonlyArray<string> => {
  const folder = dirname(path)
  if (!["bin", "sbin", "libexec"].includes(basename(folder))) return [path]
  const prefix = dirname(folder)
  return [folder, ...["lib", "lib64", "libexec", "share", "etc"].map((name) => join(prefix, name))]
}

const toolsOf = (tools: ReadonlyArray<string>, root: string): ReadonlyArray<string> => {
  const searched = process.env["PATH"] ?? ""
  return [...new Set(tools)].flatMap((name) => {
    const found = resolveTool(name, searched, root)
    if (found === null) return []
    // what the project brings along it declares file by file
    return liesIn(found.real, root) ? [found.path, found.real] : [found.path, ...installed(found.real)]
  })
}

/** Of this package only what runs. */
const enginePlaces = (): ReadonlyArray<string> => {
  const package_ = dirname(engineFolder())
  return ["src", "plugins", "dist", "node_modules", "package.json"].map((name) => join(package_, name))
}

const above = (path: string): ReadonlyArray<string> => (dirname(path) === path ? [path] : [path, ...above(dirname(path))])

const isListing = ({ is }: SeenPath): boolean => is.startsWith("names:") || is === "folder"

const codeOf = ({ evidence, document }: AnalyzedProject): ReadonlyArray<string> => {
  const { config, root } = document
  const modules = (evidence?.modules ?? []).map(({ path }) => path)
  const folders = new Set([root, ...modules.map(dirname)].flatMap(above))
  return [
    process.execPath,
    ...(config === null ? [] : [config]),
    ...modules,
    ...(evidence?.packages ?? []).map(({ folder }) => folder),
    ...(evidence?.lookups ?? []).flatMap(({ absent, link, real }) => [
      ...absent,
      ...(link === null ? [] : [link, ...linksOn(link)]),
      ...(real === null ? [] : [real])
    ]),
    ...(evidence?.paths ?? []).flatMap((seen) => (isListing(seen) ? [] : [seen.path])),
    // packages are also imported while a task runs
    ...Array.from(folders).flatMap((folder) => [join(folder, "package.json"), join(folder, "node_modules")]),
    ...enginePlaces(),
    join(root, ".atlas", "compile-cache")
  ]
}

/** `hosted`: its code runs in a host; else it is a program. */
export const reachOf = (
  project: AnalyzedProject,
  document: TaskDocument,
  { tools, hosted }: { readonly tools: ReadonlyArray<string>; readonly hosted: boolean }
): Reach => {
  const real = (paths: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(paths.flatMap(bothOf))]
  const outputs = document.outputs.filter(({ kind }) => kind !== "value").map(({ path }) => dirname(path))
  return {
    inputs: real(document.inputs.flatMap((input) => ("paths" in input ? input.paths : (input.path ?? [])))),
    needs: real(document.needs.flatMap((need) => need.outputs.flatMap(({ path }) => path ?? []))),
    own: real([...outputs, document.scratch]),
    tools: real(toolsOf(tools, document.root)),
    code: hosted ? real(codeOf(project)) : [],
    listed: hosted ? real((project.evidence?.paths ?? []).filter(isListing).map(({ path }) => path)) : [],
    shared: document.cell === null ? [] : real(Object.values(document.roots))
  }
}
