/** What may happen to a lab between two runs. Each edit gives what undoes it; null where there was nothing to edit. */
import { chmodSync, lstatSync, readFileSync, utimesSync, writeFileSync } from "node:fs"
import { basename } from "node:path"
import type { Random } from "../core/simulation/Random.ts"
import { checks, gather, kit, measure, shape, type TargetWish } from "./property-config.ts"
import type { PropertyLab } from "./property-lab.ts"

export type Edit = (lab: PropertyLab, random: Random) => (() => void) | null

const inputs = ["texts/shared.txt", "texts/b.txt", "texts/d.txt", "sides/1.txt", "sides/2.txt", "sides/3.txt"]
/** What no input names alone: files of a glob, one that may be absent, one of which a line counts, what a list tells of. */
const gathered = ["patches/a.tab", "patches/deep/b.tab", "patches/old/c.tab", "maybe.tab", "first.tab", "told/one.tab", "told/two.tab"]
const content = (random: Random): string =>
  Array.from({ length: 1 + random.int(3) }, (_, at) => `${at === 0 && random.chance(0.8) ? "odd" : "word"}${random.int(10)}`).join("\n")

const rewritten =
  (path: (lab: PropertyLab, random: Random) => string | undefined, text: (random: Random) => string): Edit =>
  (lab, random) => {
    const at = path(lab, random)
    if (at === undefined) return null
    const undo = lab.keeping(at)
    lab.write(at, text(random))
    return undo
  }

/** Other bytes of the same number, in place, all times but the one that nobody can set put back. */
const flip = (lab: PropertyLab, path: string, random: Random): (() => void) | null => {
  const at = lab.at(path)
  const stat = lstatSync(at, { throwIfNoEntry: false })
  if (stat === undefined || stat.size === 0 || !stat.isFile()) return null
  const undo = lab.keeping(path)
  const bytes = readFileSync(at)
  const which = random.int(bytes.length)
  bytes[which] = (bytes[which] as number) ^ 1
  writeFileSync(at, bytes)
  utimesSync(at, stat.atime, stat.mtime)
  return undo
}

const asLink = (lab: PropertyLab, path: string, random: Random): (() => void) | null => {
  if (lstatSync(lab.at(path), { throwIfNoEntry: false })?.isFile() !== true) return null
  const undo = lab.keeping(path)
  const copy = `elsewhere/${random.int(1_000_000)}-${basename(path)}`
  lab.write(copy, readFileSync(lab.at(path)))
  lab.link(path, lab.at(copy))
  return undo
}

const existing = (lab: PropertyLab, paths: ReadonlyArray<string>, random: Random): string | undefined => {
  const there = paths.filter((path) => lstatSync(lab.at(path), { throwIfNoEntry: false }) !== undefined)
  return there.length === 0 ? undefined : random.pick(there)
}

const oneInput = (lab: PropertyLab, random: Random) => existing(lab, inputs, random)
const oneGathered = (lab: PropertyLab, random: Random) => existing(lab, gathered, random)
const oneOutput = (lab: PropertyLab, random: Random) => existing(lab, lab.files(".atlas/outputs"), random)
const oneOf = (pick: typeof oneInput, change: (lab: PropertyLab, path: string, random: Random) => (() => void) | null): Edit => {
  return (lab, random) => {
    const path = pick(lab, random)
    return path === undefined ? null : change(lab, path, random)
  }
}
const deleted = (lab: PropertyLab, path: string) => {
  const undo = lab.keeping(path)
  lab.remove(path)
  return undo
}
const touched = (lab: PropertyLab, path: string, random: Random) => (
  utimesSync(lab.at(path), 1 + random.int(1_000_000), 1 + random.int(1_000_000)),
  null
)
const wish =
  (change: (random: Random, before: TargetWish) => Partial<TargetWish>): Edit =>
  (lab, random) => {
    const which = random.int(lab.wishes.length)
    const before = lab.wishes[which] as TargetWish
    const put = (to: TargetWish) => {
      lab.wishes[which] = to
      lab.configure()
    }
    put({ ...before, ...change(random, before) })
    return () => put({ ...before })
  }
const variable =
  (name: string): Edit =>
  (lab, random) => {
    const before = process.env[name]
    lab.set(name, random.pick(["one", "two", undefined]))
    return () => lab.set(name, before)
  }
const state = [".atlas/fast", ".atlas/project", ".atlas/stat-cache.json"]
const oneState = (lab: PropertyLab, random: Random) => existing(lab, state, random)
const oneTrace = (lab: PropertyLab, random: Random) => existing(lab, lab.files(".atlas/traces"), random)

export const edits: Readonly<Record<string, Edit>> = {
  nothing: () => null,
  "an input has other content": rewritten(oneInput, content),
  "an input has other content of the same size, its mtime put back": oneOf(oneInput, flip),
  "an input is touched": oneOf(oneInput, touched),
  "an input is deleted": oneOf(oneInput, deleted),
  "an input is a link to a copy": oneOf(oneInput, asLink),
  "a gathered file has other content": rewritten(oneGathered, content),
  "a gathered file has other content of the same size, its mtime put back": oneOf(oneGathered, flip),
  "a gathered file is touched": oneOf(oneGathered, touched),
  "a gathered file is a link to a copy": oneOf(oneGathered, asLink),
  // without the two that are inputs by name: they would only fail
  "a gathered file comes or goes": (lab, random) => {
    const path = random.pick([
      ...gathered.filter((one) => one !== "first.tab"),
      "patches/new/d.tab",
      "patches/.hidden.tab",
      "patches/x.txt"
    ])
    const undo = lab.keeping(path)
    if (lstatSync(lab.at(path), { throwIfNoEntry: false }) === undefined) lab.write(path, content(random))
    else lab.remove(path)
    return undo
  },
  "a folder of a glob is elsewhere, behind a link": (lab) => {
    if (lstatSync(lab.at("patches/deep"), { throwIfNoEntry: false })?.isDirectory() !== true) return null
    lab.write("elsewhere/deep/b.tab", "elsewhere")
    lab.link("patches/deep", lab.at("elsewhere/deep"))
    return () => {
      lab.remove("patches/deep")
      lab.write("patches/deep/b.tab", "back")
    }
  },
  "a file is listed that was not": rewritten(
    () => "list.txt",
    (random) => `told/${random.pick(["one", "two", "three"])}.tab\n`
  ),
  "only what does not count is another": rewritten(
    () => "first.tab",
    (random) => `first.tab\nmore ${random.int(5)}`
  ),
  "an output is altered": oneOf(oneOutput, (lab, path) => (writeFileSync(lab.at(path), "x", { flag: "a" }), null)),
  "an output is altered, its size and mtime as before": oneOf(oneOutput, (lab, path, random) => (flip(lab, path, random), null)),
  "an output is deleted": oneOf(oneOutput, (lab, path) => (lab.remove(path), null)),
  "an output is a link to a copy": oneOf(oneOutput, (lab, path, random) => (asLink(lab, path, random), null)),
  "an output's folder has another file": oneOf(oneOutput, (lab, path) => {
    const more = `${path.slice(0, -basename(path).length)}more`
    lab.write(more, "")
    return () => lab.remove(more)
  }),
  "an output's mode is another": oneOf(oneOutput, (lab, path, random) => (chmodSync(lab.at(path), random.pick([0o600, 0o755])), null)),
  "an option is another": wish((random) => ({ mark: `mark ${random.int(3)}` })),
  "a severity is another": wish((_, { severity }) => ({ severity: severity === "error" ? "warning" : "error" })),
  "a waiver ends on another day, or is none": wish((random) => ({ until: random.pick(["2097-01-01", "2098-12-31", "2020-01-01", null]) })),
  "a target has another input": wish((random) => ({ text: random.pick(inputs.slice(0, 3)) })),
  "a target depends on another, or not any more": wish((random, { id }) => ({
    previous: id === "d" ? random.pick(["a", "c"]) : id === "b" ? random.pick(["a", "c"]) : "b"
  })),
  "a target is gone": (lab, random) => {
    const before = [...lab.wishes]
    const used = new Set(before.map(({ previous }) => previous))
    const free = before.filter(({ id }) => !used.has(id))
    if (before.length < 3 || free.length === 0) return null
    const gone = random.pick(free)
    lab.wishes = before.filter((one) => one !== gone)
    lab.configure()
    return () => {
      lab.wishes = before
      lab.configure()
    }
  },
  "the config has another remark": (lab, random) => {
    lab.remark = `remark ${random.int(1000)}`
    lab.configure()
    return null
  },
  "a stage's code is another": rewritten(
    () => "plugins/shape.ts",
    (random) => shape(random.int(4), "")
  ),
  "a stage has a remark": rewritten(
    () => "plugins/shape.ts",
    (random) => shape(1, `remark ${random.int(4)}`)
  ),
  "a content's code has a remark": rewritten(
    () => "plugins/gather.ts",
    (random) => gather(`remark ${random.int(4)}`)
  ),
  "a check has a remark": rewritten(
    () => "plugins/checks.ts",
    (random) => checks(`remark ${random.int(4)}`)
  ),
  "a module beside them is another": rewritten(
    () => "plugins/beside.ts",
    (random) => `export const word = "beside ${random.int(4)}"\n`
  ),
  "a module is another that is only loaded while a stage runs": rewritten(
    () => "plugins/lazy.ts",
    (random) => `export const lazy = "lazy ${random.int(4)}"\n`
  ),
  "a linked package leads elsewhere": (lab, random) => {
    lab.link("node_modules/kit", lab.at(`kits/${1 + random.int(2)}`))
    return () => lab.link("node_modules/kit", lab.at("kits/1"))
  },
  "a linked package's own file is another": rewritten(
    () => "kits/1/index.js",
    (random) => `export const kit = "kit 1.${random.int(4)}"\n`
  ),
  "a nearer package of the same name appears": (lab) => {
    for (const [name, text] of Object.entries(kit(3))) lab.write(`plugins/node_modules/kit/${name}`, text)
    return () => lab.remove("plugins/node_modules")
  },
  "a package.json appears": (lab) => {
    lab.write("package.json", '{ "type": "module" }')
    return () => lab.remove("package.json")
  },
  "a program is another": (lab, random) => {
    const undo = lab.keeping("bin/measure")
    lab.write("bin/measure", measure(random.int(4)), 0o755)
    return undo
  },
  "a program may not be run any more": (lab) => {
    chmodSync(lab.at("bin/measure"), 0o644)
    return () => chmodSync(lab.at("bin/measure"), 0o755)
  },
  "a program appears in an earlier folder": (lab, random) => {
    lab.remove("early/measure")
    lab.write("early/measure", measure(9), random.chance(0.5) ? 0o755 : 0o644)
    return () => lab.remove("early/measure")
  },
  "a variable that a task declares is another": variable("LAB_DECLARED"),
  "a variable that the config asks for is another": variable("LAB_ASKED"),
  "a file that the config reads is another": rewritten(
    () => "words.txt",
    (random) => `words ${random.int(4)}`
  ),
  "a file appears that the config looked for": (lab) => {
    lab.write("absent.txt", "")
    return () => lab.remove("absent.txt")
  },
  "what the config looked for is a link, to nothing at first": (lab) => {
    const there = lstatSync(lab.at("absent.txt"), { throwIfNoEntry: false })
    if (there === undefined) lab.link("absent.txt", lab.at("later.txt"))
    else if (there.isSymbolicLink()) lab.write("later.txt", "")
    else return null
    return () => {
      lab.remove("absent.txt")
      lab.remove("later.txt")
    }
  },
  "a folder that the config listed has another name": (lab, random) => {
    const path = `listed/${random.int(4)}`
    lab.write(path, "")
    return () => lab.remove(path)
  },
  "a cell is changed by someone else": oneOf(
    (lab, random) => existing(lab, lab.files("store"), random),
    (lab, path) => {
      const undo = lab.keeping(path)
      lab.write(path, JSON.stringify({ value: "of someone else" }))
      return undo
    }
  ),
  "a cell is gone": oneOf(
    (lab, random) => existing(lab, lab.files("store"), random),
    (lab, path) => (lab.remove(path), null)
  ),
  "a trace is gone": oneOf(oneTrace, (lab, path) => (lab.remove(path), null)),
  "a file of the state is gone": oneOf(oneState, (lab, path) => (lab.remove(path), null)),
  "a file of the state is cut": oneOf(oneState, (lab, path, random) => {
    const bytes = readFileSync(lab.at(path))
    writeFileSync(lab.at(path), bytes.subarray(0, random.int(bytes.length)))
    return null
  }),
  "a file of the state has a flipped bit": oneOf(oneState, (lab, path, random) => (flip(lab, path, random), null)),
  "a killed run left something": (lab) => (lab.write(".atlas/scratch/20200101T000000-00000000/x", ""), null),
  "all state is gone": (lab, random) => (random.chance(0.3) ? (lab.remove(".atlas"), null) : null)
}

/** Edits that may concern any task of the project. */
export const wide: ReadonlySet<string> = new Set(
  Object.keys(edits).filter((name) =>
    /option|severity|waiver|target|config|code|remark|module|package|program|variable|state|trace/.test(name)
  )
)
