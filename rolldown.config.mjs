/**
 * Bundles the programs into dist/: each entry a small first chunk, `effect` inside; and `effect` by itself, for hosts. src/host stays as
 * it is: it is imported at run time by its URL.
 */
import { hash } from "node:crypto"
import { chmodSync, existsSync, readFileSync, realpathSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { defineConfig, VERSION } from "rolldown"

const root = import.meta.dirname
const programs = { bin: "src/bin.ts", "atlas-dataset": "plugins/atlas/cli/main.ts" }

const executable = {
  name: "executable",
  writeBundle: ({ dir }, bundle) => {
    for (const { type, isEntry, fileName } of Object.values(bundle)) if (type === "chunk" && isEntry) chmodSync(join(dir, fileName), 0o755)
  }
}

const effect = realpathSync(join(root, "node_modules", "effect"))
const effectFolder = join(root, "dist", "node_modules", "effect")
const digestOf = (path) => hash("sha256", readFileSync(path))
/** What makes the bundle of effect beside the package itself. */
const by = hash("sha256", `${VERSION} ${digestOf(import.meta.filename)}`)

/** It takes longer than the programs, and is another one only if the package is. */
const effectStands = () => {
  try {
    const found = JSON.parse(readFileSync(join(effectFolder, "bundle.json"), "utf8"))
    const { version } = JSON.parse(readFileSync(join(effect, "package.json"), "utf8"))
    return (
      found.by === by &&
      found.version === version &&
      found.sha256 === digestOf(join(effectFolder, "core.mjs")) &&
      found.modules.every(({ path, sha256 }) => sha256 === digestOf(join(effect, path)))
    )
  } catch {
    return false
  }
}

/** What a module imports, and the names of variables that it exports and may change later. */
const readModule = (parseSync, path) => {
  const { program, module } = parseSync(path, readFileSync(path, "utf8"))
  if (module.dynamicImports.length > 0) throw new Error(`${path} imports what cannot be bundled`)
  const changing = program.body.flatMap((node) => {
    const { type, kind, declarations } = node.declaration ?? node
    return type === "VariableDeclaration" && kind !== "const" ? declarations.map(({ id }) => id.name) : []
  })
  const exported = module.staticExports.flatMap(({ entries }) => entries)
  return {
    specifiers: new Set([...module.staticImports, ...exported].flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
    live: exported.flatMap(({ localName, exportName, moduleRequest }) =>
      moduleRequest == null && changing.includes(localName.name) ? [exportName.name] : []
    )
  }
}

/** All that importing `effect` loads, by path. */
const effectModules = async () => {
  const { parseSync } = await import("oxc-parser")
  const found = new Map([[join(effect, "dist", "index.js"), null]])
  for (const path of found.keys()) {
    const { specifiers, live } = readModule(parseSync, path)
    const imports = [...specifiers].map((specifier) => {
      if (specifier.startsWith("node:")) return [specifier, specifier]
      const to = specifier.startsWith("effect/")
        ? join(effect, "dist", `${specifier.slice("effect/".length)}.js`)
        : resolve(dirname(path), specifier)
      if (!found.has(to)) found.set(to, null)
      return [specifier, relative(effect, to)]
    })
    const exports = Object.keys(await import(pathToFileURL(path).href))
    found.set(path, { path: relative(effect, path), sha256: digestOf(path), imports, exports, live, lines: null })
  }
  return found
}

const entry = "effect for hosts"

/** One module that exports all of them; `bundle.json` beside it tells what is in it (src/host/effect/Bundle.ts). */
const effectForHosts = async () => {
  const modules = await effectModules()
  const exported = [...modules].flatMap(([path, { live }], number) => [
    `export * as m${number} from ${JSON.stringify(path)}`,
    ...live.map((name) => `export { ${name} as m${number}_${name} } from ${JSON.stringify(path)}`)
  ])
  return {
    name: "effect-for-hosts",
    resolveId: (id) => (id === entry ? id : null),
    load: (id) => (id === entry ? exported.join("\n") : null),
    generateBundle(_options, bundle) {
      const [{ code, modules: rendered }] = Object.values(bundle)
      let at = 0
      let line = 1
      const advance = (to) => {
        for (; at < to; at++) if (code.charCodeAt(at) === 10) line++
        return line
      }
      for (const [path, part] of Object.entries(rendered)) {
        const module = modules.get(path)
        const begins = part.code ? code.indexOf(part.code, at) : -1
        if (module !== undefined && begins >= 0) module.lines = [advance(begins), advance(begins + part.code.length)]
      }
      const { version } = JSON.parse(readFileSync(join(effect, "package.json"), "utf8"))
      const told = { by, version, sha256: hash("sha256", code), modules: [...modules.values()] }
      this.emitFile({ type: "asset", fileName: "bundle.json", source: JSON.stringify(told) })
    }
  }
}

const programsConfig = {
  cwd: root,
  input: Object.fromEntries(Object.entries(programs).filter(([, path]) => existsSync(join(root, path)))),
  platform: "node",
  // Native addons cannot be bundled.
  external: [/^node:/, /^oxc-parser(\/|$)/, /\.node$/],
  plugins: [executable],
  output: {
    dir: join(root, "dist"),
    format: "esm",
    entryFileNames: "[name].mjs",
    chunkFileNames: "chunks/[name].mjs",
    minify: false,
    sourcemap: false
  }
}

const effectConfig = async () => ({
  cwd: root,
  input: { core: entry },
  platform: "node",
  external: [/^node:/],
  plugins: [await effectForHosts()],
  output: { dir: effectFolder, format: "esm", entryFileNames: "[name].mjs", minify: false, comments: false, sourcemap: false }
})

export default defineConfig(effectStands() ? [programsConfig] : [programsConfig, await effectConfig()])
