/**
 * What a run in which nothing was stale rests on, as stat rows: while all of them stand, the next one needs no engine (`fast/`).
 * Null where something cannot be said by a stat row, or changed so lately that its row proves nothing yet (the racy rule).
 */
import { hash, randomBytes } from "node:crypto"
import { type BigIntStats, lstatSync, statSync } from "node:fs"
import { Effect } from "effect"
import { FileDigests } from "../ports/FileDigests.ts"
import { evaluatingNow, expectedRows, stillCurrent } from "./ConfigCurrent.ts"
import { delimiter, dirname, isAbsolute, join, parse, resolve } from "node:path"
import type { Expected } from "../fast/Columns.ts"
import { configNames } from "../fast/ConfigNames.ts"
import { machine } from "../fast/Machine.ts"
import type { AnalyzedProject } from "./Analyzer.ts"
import type { Standing } from "./Commands.ts"
import type { Assessment } from "./Assessor.ts"
import { engineFolder } from "./Analyzer.ts"

/** Coarsest tick of a file system that is in use, ns: what is older cannot have been written since without another row. */
const tick = 2_000_000_000n
const options = { bigint: true, throwIfNoEntry: false } as const

interface Place {
  readonly path: string
  readonly follow: boolean
}

/** Where a program is looked for before it is found: none of these may appear. */
const toolPlaces = (name: string, root: string): ReadonlyArray<Place> => {
  if (name.includes("/")) return [{ path: resolve(root, name), follow: true }]
  const places: Array<Place> = []
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (!isAbsolute(folder)) continue
    const path = join(folder, name)
    places.push({ path, follow: true })
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) break
  }
  return places
}

/** The programs and libraries of the engine itself. */
const enginePlaces = (): ReadonlyArray<Place> => {
  const home = dirname(engineFolder())
  return ["dist/bin.mjs", "dist/chunks/main.mjs", "dist/chunks/Atlas.mjs", "package.json"].map((path) => ({
    path: join(home, path),
    follow: true
  }))
}

const taskPlaces = (project: AnalyzedProject, assessments: ReadonlyMap<number, Assessment>): Array<Place> | null => {
  const { root } = project.document
  const places: Array<Place> = []
  const tools = new Set<string>()
  for (const [index, { own, trace, cell }] of assessments) {
    const task = project.tasks[index]
    if (task === undefined) return null
    for (const input of own.inputs) {
      if (input.folder) return null
      places.push({ path: input.path, follow: true })
    }
    for (const tool of task.tools) tools.add(tool)
    if (task.cell !== null) {
      if (cell === null || cell.witnesses.length === 0) return null
      for (const path of cell.witnesses) places.push({ path, follow: false })
      continue
    }
    for (const output of trace?.outputs ?? []) {
      if (output.kind === "value") continue
      const at = resolve(root, output.path)
      for (const file of output.files) places.push({ path: file.path === "" ? at : join(at, file.path), follow: false })
    }
  }
  for (const tool of tools) places.push(...toolPlaces(tool, root))
  return places
}

const rowOf = ({ path, follow }: Place): BigIntStats | null => {
  try {
    return (follow ? statSync(path, options) : lstatSync(path, options)) ?? null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return null
    throw error
  }
}

const settled = (row: BigIntStats | null, now: bigint): boolean =>
  row === null || ((row.mtimeNs > row.ctimeNs ? row.mtimeNs : row.ctimeNs) + tick < now && row.mtimeNs < now)

/** Facts of the machine that the fast path compares itself. */
const compared = new Set(["cwd"])

/** Places that prove the project document current, or null where it has to be evaluated again each time. */
const configPlaces = Effect.fnUntraced(function* ({ evidence, document }: AnalyzedProject) {
  if (evidence === null || document.config === null || evidence.environmentNames !== null) return null
  if (evidence.machine.some(({ name }) => !compared.has(name))) return null
  const digests = yield* FileDigests
  // also reads what the stat cache does not know yet
  const { current } = yield* stillCurrent(evidence, digests, evaluatingNow(document.config, engineFolder()))
  if (!current) return null
  const places: Array<Place> = []
  for (const expected of expectedRows(evidence, digests)) {
    if (expected.is === "other" || (expected.is === "file" && expected.row === null)) return null
    places.push({ path: expected.path, follow: expected.is !== "absent" })
  }
  return places
})

export interface StandingRequest {
  readonly project: AnalyzedProject
  readonly assessments: ReadonlyMap<number, Assessment>
  readonly now: string
}

/** Looks at every place once. */
export const standing = Effect.fnUntraced(function* ({ project, assessments, now }: StandingRequest) {
  const config = yield* configPlaces(project)
  if (config === null || project.document.config === null) return null
  const tasks = taskPlaces(project, assessments)
  if (tasks === null) return null
  const { dir, base } = parse(project.document.config)
  if (!configNames.some((name) => name === base) || dir !== project.document.root) return null
  const candidates = configNames.map((name) => ({ path: join(dir, name), follow: true }))
  const environment = (project.evidence?.environment ?? []).map(({ name }) => name)
  const { root } = project.document
  const seen = new Set<string>()
  const expected: Array<Expected> = []
  const clock = BigInt(Date.now()) * 1_000_000n
  for (const place of [...candidates, ...config, ...enginePlaces(), { path: join(root, ".atlas", "traces"), follow: false }, ...tasks]) {
    const key = `${place.follow ? "f" : "l"}${place.path}`
    if (seen.has(key)) continue
    seen.add(key)
    const row = rowOf(place)
    if (!settled(row, clock)) return null
    expected.push({ ...place, row })
  }
  const names = new Set([...environment, ...project.tasks.flatMap((task) => task.environment), "PATH"])
  const salt = randomBytes(16).toString("hex")
  let until: string | null = null
  for (const { judgement } of assessments.values()) {
    const next = judgement?.nextExpiry ?? null
    if (next !== null && (until === null || next < until)) until = next
  }
  const found: Standing = {
    expected,
    header: {
      atlas: "fast/1",
      root,
      config: base,
      machine: machine(),
      environment: [...names].sort().map((name) => {
        const value = process.env[name]
        return [name, value === undefined ? null : hash("sha256", `${salt}\0${name}\0${value}`)] as const
      }),
      salt,
      from: now,
      until
    }
  }
  return found
})
