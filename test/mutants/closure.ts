/** §2: which code a definition's result depends on. */
import type { Mutant } from "./mutant.ts"

const closure = { file: "src/engine/closure/CodeClosure.ts", test: "test/engine/closure/rules.test.ts" }
const modules = { ...closure, file: "src/engine/closure/Modules.ts" }
const syntax = { ...closure, file: "src/engine/closure/Syntax.ts" }
const packages = { file: "src/engine/closure/Packages.ts", test: "test/engine/closure/atlas.test.ts" }

export const closures: ReadonlyArray<Mutant> = [
  {
    ...closure,
    rule: "§2.1 a binding is followed to the module that provides it",
    name: "imported names are not followed",
    find: "if (imported !== undefined) follow(imported, path, way)",
    replace: "",
    named: "a binding to the module that declares it"
  },
  {
    ...closure,
    rule: "§2.1 a module that only re-exports is transparent",
    name: "a barrel brings all that it passes on",
    find: "follow(to, path, passing)\n      }",
    replace: "follow(to, path, passing)\n        queue.push({ path, name: null, ...way })\n      }",
    named: "what is used and nothing beside it"
  },
  {
    ...closure,
    rule: "§2.1 a module that only re-exports is transparent",
    name: "names of `export *` are not found",
    find: "if (star !== undefined) return passOn",
    replace: "if (false) return passOn",
    named: "a binding to the module that declares it"
  },
  {
    ...closure,
    rule: "§2.1 a binding, not a file",
    name: "a module that is reached counts as a whole",
    find: "else include(moduleAt(path, way), unit)\n      }\n    }\n\n    /** Whether",
    replace: "else for (const each of record.units) include(moduleAt(path, way), each)\n      }\n    }\n\n    /** Whether",
    named: "what is used and nothing beside it"
  },
  {
    ...modules,
    rule: "§2.1 type-only imports do not count",
    name: "`import type` counts",
    find: 'if (node["importKind"] === "type") return',
    replace: "",
    named: "no types, also where a value has the name of one"
  },
  {
    ...modules,
    rule: "§2.1 type-only imports do not count, also `import { type A }`",
    name: "`import { type A }` counts",
    find: 'if (binding["importKind"] === "type") continue',
    replace: "",
    named: "no types, also where a value has the name of one"
  },
  {
    ...modules,
    rule: "§2.1 type-only imports do not count: passed on",
    name: "`export type { A } from` counts",
    find: 'else if (node.type === "ExportNamedDeclaration") {\n      if (node["exportKind"] === "type") continue',
    replace: 'else if (node.type === "ExportNamedDeclaration") {',
    named: "no types, also where a value has the name of one"
  },
  {
    ...modules,
    rule: "§2.1 type-only imports do not count: passed on",
    name: "`export type *` counts",
    find: 'else if (node.type === "ExportAllDeclaration") {\n      if (node["exportKind"] === "type") continue',
    replace: 'else if (node.type === "ExportAllDeclaration") {',
    named: "no types, also where a value has the name of one"
  },
  {
    ...closure,
    rule: "§2.2 a stage or check is a need, not code",
    name: "an imported definition is code",
    find: "if (made.length > 0) for (const one of made) need(one, way)\n        else",
    replace: "",
    named: "a definition no further: it is a need"
  },
  {
    ...closure,
    rule: "§2.2 its output contract is a row instead",
    name: "the contract of a need does not count",
    find: 'value: contracts.get(name) ?? "none"',
    replace: 'value: "none"',
    named: "a need by the names and kinds of what it gives"
  },
  {
    ...closure,
    file: "src/engine/closure/Contract.ts",
    rule: "§2.2 its output contract is a row instead",
    name: "a contract is names alone",
    find: "`${name}\\0${kind}\\n`",
    replace: "`${name}\\n`",
    named: "a need by the names and kinds of what it gives"
  },
  {
    ...modules,
    rule: "§2.3 `import * as` takes the whole module",
    name: "a namespace is taken for a name",
    find: 'binding.type === "ImportNamespaceSpecifier"\n            ? null',
    replace: 'binding.type === "ImportNamespaceSpecifier"\n            ? "one"',
    named: "a namespace, a side effect and a literal import()"
  },
  {
    ...modules,
    rule: "§2.3 default imports are followed to what they mean",
    name: "a default has no declaration",
    find: 'if (asDefault) exports.set("default", { local: theDefault })',
    replace: "",
    named: "a default, renamed and passed-on import to what it means"
  },
  {
    ...modules,
    rule: "§2.3 side-effect imports take the whole module",
    name: "imports for their effects are passed over",
    find: "if (bindings.length === 0) sideEffects.push(specifier)",
    replace: "",
    named: "a namespace, a side effect and a literal import()"
  },
  {
    ...closure,
    rule: "§2.3 side-effect imports take the whole module: on the way too",
    name: "effects of a barrel are passed over",
    find: "if (record.units.some(({ runs }) => runs) || record.sideEffects.length > 0)",
    replace: "if (false)",
    named: "a module on the way that does something when it is loaded"
  },
  {
    ...modules,
    rule: "§2.3 what a module does when it is loaded counts",
    name: "calls at load do nothing",
    find: "runs: statement || acts || [...called].some((name) => own.has(name))",
    replace: "runs: false",
    named: "what a module does when it is loaded"
  },
  {
    ...syntax,
    rule: "§2.3 literal dynamic imports are followed",
    name: "import() of a literal is passed over",
    find: "else imports.push(specifier)",
    replace: "",
    named: "a namespace, a side effect and a literal import()"
  },
  {
    ...syntax,
    rule: "§2.3 a non-literal dynamic import makes the closure all modules",
    name: "import() of a value is passed over",
    find: "if (specifier === null) opaque = node.start",
    replace: "if (specifier === null) break",
    named: "what cannot be told to all modules, and says where"
  },
  {
    ...closure,
    rule: "§2.3 a non-literal dynamic import makes the closure all modules, definitions too",
    name: "import() of a value brings no definitions",
    find: "name: null, definitions: true, via",
    replace: "name: null, via",
    named: "what cannot be told to all modules, and says where"
  },
  {
    ...closure,
    file: "src/engine/closure/Change.ts",
    rule: "§2.3 and `why` says so",
    name: "it is not told where an import() cannot be told",
    find: '(subject.startsWith("import() ") ? subject : `${subject} (re-export)`)',
    replace: "`${subject} (re-export)`",
    named: "what cannot be told to all modules, and says where"
  },
  {
    ...closure,
    rule: "§2.4 roots: a wrapper counts",
    name: "modules of wrappers are not looked at",
    find: "for (const path of definition.modules)",
    replace: "for (const path of [])",
    named: "a wrapper that made the definition"
  },
  {
    ...closure,
    rule: "§2.4 roots: the config only by the expression of the definition",
    name: "a definition in the config has its whole statement as code",
    find: "const narrow = path === config ? record?.definitionAt(line, column ?? 1) : undefined",
    replace: "const narrow = undefined",
    named: "counts by one expression of a list"
  },
  {
    ...closure,
    rule: "§2.4 roots: the config only if it holds a function of the definition",
    name: "the config counts as a wrapper",
    find: "if (!modules.has(path) && path !== config &&",
    replace: "if (!modules.has(path) &&",
    named: "a wrapper that made the definition"
  },
  {
    ...closure,
    rule: "§2.4 the config is its project: what it runs is no code",
    name: "statements of the config are code",
    find: "if (path !== config)\n",
    replace: "if (true)\n",
    named: "counts by the expression that makes the definition"
  },
  {
    ...packages,
    rule: "§2.5 a package is name@version",
    name: "versions of packages do not count",
    find: "`${found.name}@${found.version} sha256",
    replace: "`${found.name} sha256",
    named: "counts by name, version and what is loaded of it"
  },
  {
    ...packages,
    rule: "§2.5 and the digest of its loaded files",
    name: "contents of packages do not count",
    find: "\\0${digestOf(path)}\\n`",
    replace: "\\n`",
    named: "counts by name, version and what is loaded of it"
  },
  {
    ...packages,
    rule: "§2.5 no paths",
    name: "the key of a package has its folder in it",
    find: "`${relative(found.folder, path)}\\0",
    replace: "`${path}\\0",
    named: "is the same wherever it is installed"
  },
  {
    ...packages,
    rule: "§2.5 `effect` is one row",
    name: "modules of effect count one by one",
    find: "return found === null || plugins.has(found.folder) ? null : found",
    replace: 'return found === null || found.name === "effect" || plugins.has(found.folder) ? null : found',
    named: "holds effect as one row"
  },
  {
    ...closure,
    rule: "§2 the engine's modules count by its version",
    name: "modules of the engine are code",
    find: "const ofEngine = (path: string): boolean => path.startsWith(engine + sep)",
    replace: "const ofEngine = (_: string): boolean => false",
    named: "nothing of the engine, which counts by its version"
  },
  {
    ...closure,
    file: "src/engine/closure/Change.ts",
    rule: "§2 `why` names the module and how it is reached",
    name: "the way to a module is not told",
    find: "change.reached.length < 2 ? named(change)",
    replace: "true ? named(change)",
    named: "is told by declaration, module and the way to it"
  },
  {
    ...closure,
    rule: "§2.2 a stage or check is a need, not code: in the same module too",
    name: "definitions of the same module are code",
    find: "if (made.length === 0) include(found, unit)",
    replace: "if (true) include(found, unit)",
    named: "a definition no further, also in its own module"
  },
  {
    ...closure,
    rule: "§2 editing verify.ts makes verify run and nothing else code-stale",
    name: "needs are followed into their stages",
    find: "if (made.length > 0) for (const one of made) need(one, way)\n        else",
    replace: "",
    test: "test/engine/closure/atlas.test.ts",
    named: "is stale for verify alone"
  },
  {
    ...closure,
    rule: "§2 adding a stage to the barrel runs nothing",
    name: "a barrel brings all that it passes on",
    find: "follow(to, path, passing)\n      }",
    replace: "follow(to, path, passing)\n        queue.push({ path, name: null, ...way })\n      }",
    test: "test/engine/closure/atlas.test.ts",
    named: "stays when a stage is added to the barrel"
  }
]
