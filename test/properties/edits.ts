/** What may happen between two runs. Each edit changes the world and the files alike; what it gives back undoes it, null where nothing can. */
import { execFileSync } from "node:child_process"
import { chmodSync, copyFileSync, existsSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import type { Random } from "../core/simulation/Random.ts"
import { content, days } from "./graph.ts"
import type { PropertyLab } from "./lab.ts"

export type Undo = (() => void) | null
export type Edit = (lab: PropertyLab, random: Random) => Undo

const changed = (lab: PropertyLab, change: () => void, back: () => void): Undo => {
  change()
  lab.lay()
  return () => {
    back()
    lab.lay()
  }
}
const inMap =
  <K, V>(map: (lab: PropertyLab) => Map<K, V>, value: (random: Random, before: V) => V): Edit =>
  (lab, random) => {
    const of = map(lab)
    if (of.size === 0) return null
    const key = random.pick([...of.keys()])
    const before = of.get(key) as V
    const to = value(random, before)
    return changed(
      lab,
      () => of.set(key, to),
      () => of.set(key, before)
    )
  }
const files = (lab: PropertyLab) => lab.world.files
const oneTarget = (lab: PropertyLab, random: Random) => random.pick(lab.world.targets)

/** An input that is there. */
const input = (lab: PropertyLab, random: Random): string | null => {
  const there = [...lab.world.files].flatMap(([path, text]) => (text === null ? [] : [path]))
  return there.length === 0 ? null : random.pick(there)
}
/** An output that is there, as it was recorded, with its task. */
const output = (lab: PropertyLab, random: Random): { readonly path: string; readonly task: string } | null => {
  const there = [...lab.outputs()].filter(([task, path]) => !lab.memory.damaged.has(task) && existsSync(lab.at(path)))
  if (there.length === 0) return null
  const [task, path] = random.pick(there)
  return { task, path }
}
const onOutput =
  (change: (lab: PropertyLab, path: string) => void): Edit =>
  (lab, random) => {
    const found = output(lab, random)
    if (found === null) return null
    change(lab, lab.at(found.path))
    lab.memory.damaged.add(found.task)
    return null
  }
const onCell =
  (change: (lab: PropertyLab, task: string, path: string) => void): Edit =>
  (lab, random) => {
    const cells = [...lab.cells()]
    if (cells.length === 0) return null
    const [task, path] = random.pick(cells)
    change(lab, task, path)
    return null
  }

export const edits: Readonly<Record<string, Edit>> = {
  nothing: () => null,
  "an input has other lines": inMap(files, content),
  "an input has another comment": inMap(files, (random, before) =>
    before === null ? null : `# other ${random.int(1000)}\n${before.replaceAll(/^#.*\n/gm, "")}`
  ),
  "an input is gone": inMap(files, () => null),
  "an input is touched": (lab, random) => {
    const path = input(lab, random)
    if (path !== null) utimesSync(lab.at(path), random.int(2_000_000_000), random.int(4_000_000_000))
    return null
  },
  "an input has another byte under the same size and mtime": (lab, random) => {
    const path = input(lab, random)
    const text = path === null ? null : (lab.world.files.get(path) as string)
    if (path === null || text === null || !/line \d/.test(text)) return null
    lab.world.files.set(
      path,
      text.replace(/line (\d)/, (_, digit: string) => `line ${(Number(digit) + 1) % 5}`)
    )
    execFileSync("cp", ["-p", lab.at(path), lab.at("twin")])
    writeFileSync(lab.at(path), lab.world.files.get(path) as string)
    execFileSync("touch", ["-r", lab.at("twin"), lab.at(path)])
    return null
  },
  "an input is another inode, or a link to a copy": (lab, random) => {
    const path = input(lab, random)
    if (path === null) return null
    const copy = lab.at(`copy${random.int(1_000_000)}`)
    copyFileSync(lab.at(path), copy)
    rmSync(lab.at(path))
    if (random.chance(0.5)) symlinkSync(copy, lab.at(path))
    else execFileSync("mv", [copy, lab.at(path)])
    return null
  },
  "a target reads another file": (lab, random) => {
    const { inputs } = oneTarget(lab, random)
    return inMap(
      () => inputs,
      (from) => from.pick([...lab.world.files.keys()].filter((path) => path.startsWith("in/")))
    )(lab, random)
  },
  "an option is another": (lab, random) =>
    inMap(
      () => oneTarget(lab, random).marks,
      (from) => `m${from.int(3)}`
    )(lab, random),
  "a severity is another": (lab, random) =>
    inMap(
      () => oneTarget(lab, random).severity,
      (_, before) => (before === "error" ? "warning" : "error")
    )(lab, random),
  "a waiver comes, goes or ends on another day": (lab, random) => {
    const { until } = oneTarget(lab, random)
    if (lab.world.checks.length === 0) return null
    const { name } = random.pick(lab.world.checks)
    const before = until.get(name)
    const put = (to: string | undefined) => (to === undefined ? until.delete(name) : until.set(name, to))
    const to = random.pick([...days, undefined])
    return changed(
      lab,
      () => put(to),
      () => put(before)
    )
  },
  "it is another day": (lab, random) => {
    const before = lab.world.now
    lab.world.now = random.pick(days)
    return () => (lab.world.now = before)
  },
  "code is another": inMap(
    (lab) => lab.world.code,
    (random, { remark }) => ({ value: random.int(3), remark })
  ),
  "code does the same in other words": inMap(
    (lab) => lab.world.code,
    (random, { value }) => ({ value, remark: random.int(1000) })
  ),
  "a constant behind a barrel is another": inMap(
    (lab) => lab.world.words,
    (random) => random.int(3)
  ),
  "a variable is another": inMap(
    (lab) => lab.world.environment,
    (random) => `e${random.int(3)}`
  ),
  "targets stand in another order": (lab, random) => {
    lab.world.targets = random.shuffled(lab.world.targets)
    lab.lay()
    return null
  },
  "the config has another remark": (lab, random) => {
    lab.world.remark = random.int(1000)
    lab.lay()
    return null
  },
  "a target takes another's outputs, or none": (lab, random) => {
    const target = oneTarget(lab, random)
    const number = Number(target.id.slice(1))
    const before = target.previous
    const to = number === 0 || random.chance(0.3) ? null : `t${random.int(number)}`
    return changed(
      lab,
      () => (target.previous = to),
      () => (target.previous = before)
    )
  },
  "an output has more bytes": onOutput((_, path) => writeFileSync(path, "x", { flag: "a" })),
  "an output has another byte under the same size and mtime": onOutput((lab, path) => {
    execFileSync("cp", ["-p", path, lab.at("twin")])
    const bytes = readFileSync(path)
    bytes[0] = (bytes[0] as number) ^ 1
    writeFileSync(path, bytes)
    execFileSync("touch", ["-r", lab.at("twin"), path])
  }),
  "an output is gone": onOutput((_, path) => rmSync(path)),
  "an output is a link to a copy": onOutput((lab, path) => {
    copyFileSync(path, lab.at("twin"))
    rmSync(path)
    symlinkSync(lab.at("twin"), path)
  }),
  "an output is read-only": (lab, random) => {
    const found = output(lab, random)
    if (found !== null) chmodSync(lab.at(found.path), 0o444)
    return null
  },
  "someone writes a cell": onCell((lab, task, path) => {
    lab.write(path, "foreign")
    lab.memory.live.set(task, "foreign")
  }),
  "someone removes a cell": onCell((lab, task, path) => {
    lab.remove(path)
    lab.memory.live.delete(task)
  })
}
