/**
 * What a run leaves for the next one to start from (`fast/`): the stat row of all that its result rests on, by group of connected
 * tasks. Rows are taken first and the contents behind them confirmed after, so that whatever moves meanwhile shows. A group is proven
 * only if each of its tasks is fresh now, is confirmed, and its rows are no younger than the file system's tick (the racy rule).
 */
import { hash, randomBytes } from "node:crypto"
import { type BigIntStats, lstatSync, statSync } from "node:fs"
import { delimiter, isAbsolute, join, parse, resolve } from "node:path"
import { Effect } from "effect"
import type { Row } from "../../core/Rows.ts"
import type { ConfigEvidence } from "../../domain/ConfigEvidence.ts"
import type { TaskFinished } from "../../domain/RunDocuments.ts"
import type { TracedOutput } from "../../domain/Trace.ts"
import { columnsOf, type Expected, expectedOf, type Header, unreachable } from "../../fast/Columns.ts"
import { configNames } from "../../fast/ConfigNames.ts"
import { machine } from "../../fast/Machine.ts"
import { absent, FileDigests } from "../../ports/FileDigests.ts"
import { rowOf } from "../../ports/FileStat.ts"
import type { Witness } from "../../ports/Observations.ts"
import { resolveTool } from "../../ports/Tools.ts"
import { type AnalyzedProject, engineFolder } from "../project/Analyzer.ts"
import type { Standing } from "../Commands.ts"
import { evaluatingNow, expectedRows, stillCurrent } from "../project/ConfigCurrent.ts"
import type { Elsewhere } from "./Elsewhere.ts"
import { enginePrograms } from "../project/Kept.ts"
import { sameFiles, type TaskGlob, type TaskInput } from "../assess/Inputs.ts"
import { toolRows } from "../assess/Rows.ts"

const options = { bigint: true, throwIfNoEntry: false } as const
/** A larger file that is as young as the tick is left for the next run to read again, bytes. */
const rereadBytes = 64 * 1024 * 1024

/** What a task rests on that is fresh now, executed or not. */
export interface Rest {
  /** Declared and discovered. */
  readonly inputs: ReadonlyArray<TaskInput>
  readonly globs: ReadonlyArray<TaskGlob>
  readonly tools: ReadonlyArray<Row>
  /** Of its own; none for a cell. */
  readonly outputs: ReadonlyArray<TracedOutput>
  /** Of a cell: what proves it as it was observed. Null for other tasks. */
  readonly witnesses: ReadonlyArray<Witness> | null
  /** Last day on which its verdict stands; null if for ever. */
  readonly until: string | null
  /** What a run tells of it while it is fresh. */
  readonly told: TaskFinished
}

interface Place {
  readonly path: string
  readonly follow: boolean
}

/** Where a program is looked for before it is found: none of these may appear. */
export const toolPlaces = (name: string, root: string): ReadonlyArray<Place> => {
  if (name.includes("/")) return [{ path: resolve(root, name), follow: true }]
  const searched = process.env["PATH"] ?? ""
  const found = resolveTool(name, searched, root)?.path
  const places: Array<Place> = []
  for (const folder of searched.split(delimiter)) {
    if (!isAbsolute(folder)) continue
    const path = join(folder, name)
    places.push({ path, follow: true })
    if (path === found) break
  }
  return places
}

const outputPlaces = (root: string, outputs: ReadonlyArray<TracedOutput>): ReadonlyArray<Place> =>
  outputs.flatMap(({ kind, path, files }) => {
    const at = resolve(root, path)
    return kind === "value" ? [] : files.map((file) => ({ path: file.path === "" ? at : join(at, file.path), follow: false }))
  })

/** Null for what is absent. */
const statOf = ({ path, follow }: Place): BigIntStats | null | typeof unreachable => {
  try {
    return (follow ? statSync(path, options) : lstatSync(path, options)) ?? null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOTDIR" ? null : unreachable
  }
}

/** Facts of the machine that the fast path compares itself. */
const compared = new Set(["cwd"])

/** Whether an evaluation of the config would come to the same. Also reads what the stat cache does not know yet. */
const configStands = Effect.fnUntraced(function* (evidence: ConfigEvidence, config: string) {
  const { current } = yield* stillCurrent(evidence, yield* FileDigests, evaluatingNow(config, engineFolder()))
  return current
})

/** Places that prove the project document current, or null where it has to be evaluated again each time. */
const configPlaces = Effect.fnUntraced(function* ({ evidence, document }: AnalyzedProject) {
  if (evidence === null || document.config === null || evidence.environmentNames !== null) return null
  if (evidence.machine.some(({ name }) => !compared.has(name))) return null
  const { dir, base } = parse(document.config)
  if (!configNames.some((name) => name === base) || dir !== document.root) return null
  if (!(yield* configStands(evidence, document.config))) return null
  const digests = yield* FileDigests
  const places: Array<Place> = configNames.map((name) => ({ path: join(dir, name), follow: true }))
  for (const expected of expectedRows(evidence, digests)) {
    const { path, is } = expected
    if (is === "file" && expected.row === null) return null
    // whatever was asked of a path, the answer is the same while its row is
    places.push({ path, follow: !(is === "other" && expected.answer.startsWith("link:")) })
    // what a link leads to may have moved together with the link
    if (is === "same") places.push({ path: expected.real, follow: false })
  }
  return places
})

/** Whether inputs, programs and outputs still are what the task rests on. Reads what the stat cache does not vouch for. */
const confirmed = Effect.fnUntraced(function* (root: string, toolNow: ReturnType<typeof toolRows>, rest: Rest) {
  const { inputs, globs, tools, outputs, witnesses } = rest
  const digests = yield* FileDigests
  for (const { subject, value } of tools) {
    const now = yield* Effect.orElseSucceed(toolNow(subject), () => null)
    if (now?.value !== value) return false
  }
  for (const { path, row } of witnesses ?? []) {
    const stat = statOf({ path, follow: false })
    if (stat === unreachable || (stat === null ? absent : rowOf(stat)) !== row) return false
  }
  for (const { patterns, paths } of globs) if (!sameFiles(root, patterns, paths)) return false
  for (const { path, digest, folder } of inputs) {
    if (folder) return false
    const hit = digests.known(path) ?? (tooLarge(path) ? null : yield* Effect.orElseSucceed(digests.file(path), () => null))
    if (hit === null || (hit === absent ? null : `sha256:${hit.sha256}`) !== digest) return false
  }
  for (const { kind, path, digest, files } of outputs) {
    if (kind === "value") continue
    const at = resolve(root, path)
    const large = files.some(({ bytes }) => bytes > rereadBytes)
    const hit = digests.knownTree(at) ?? (large ? null : yield* Effect.orElseSucceed(digests.tree(at), () => null))
    if (hit === null || hit === absent || hit.digest !== digest) return false
  }
  return true
})

const tooLarge = (path: string): boolean => {
  const stat = statOf({ path, follow: true })
  return stat !== null && stat !== unreachable && stat.size > BigInt(rereadBytes)
}

export interface StandingRequest {
  readonly project: AnalyzedProject
  /** Of each task of the project: its group, and its place in the whole project. */
  readonly groupOf: (task: number) => number
  readonly indexOf: (task: number) => number
  /** Of groups with fan-outs: how many more tasks they have than are declared. */
  readonly fanned: ReadonlyArray<readonly [group: number, more: number]>
  readonly rests: ReadonlyMap<number, Rest>
  readonly now: string
  /** Seal of the kept project document. */
  readonly kept: string | null
  readonly groups: number
  /** The groups that were left as they are. */
  readonly elsewhere: Elsewhere | null
}

/** What says something of the whole project; null where the engine has to look each time. */
const common = Effect.fnUntraced(function* ({ project, now, kept, elsewhere }: StandingRequest, recorded: ReadonlyArray<Expected>) {
  const { root } = project.document
  const traces = { path: join(root, ".atlas", "traces"), follow: false }
  const before = elsewhere?.looked.columns
  if (before !== undefined) {
    const same = recorded.filter(({ groups, path }) => groups.length === 0 && path !== traces.path)
    const { answer: _answer, ...header } = before.header
    return { places: [traces], same, header: { ...header, from: now } }
  }
  const config = yield* configPlaces(project)
  if (config === null || project.document.config === null) return null
  const tools = [...new Set(project.tasks.flatMap((task) => task.tools))].flatMap((tool) => toolPlaces(tool, root))
  const names = new Set([
    ...(project.evidence?.environment ?? []).map(({ name }) => name),
    ...project.tasks.flatMap((task) => task.environment),
    "PATH"
  ])
  const targets = new Set(project.tasks.map(({ target }) => target))
  // the evidence keeps its salt, so that a record of the same is the same record
  const salt = project.evidence?.salt ?? randomBytes(16).toString("hex")
  const header: Omit<Header, "answer"> = {
    atlas: "fast/2",
    root,
    config: parse(project.document.config).base,
    machine: machine(),
    environment: [...names].sort().map((name) => {
      const value = process.env[name]
      return [name, value === undefined ? null : hash("sha256", `${salt}\0${name}\0${value}`)] as const
    }),
    salt,
    from: now,
    until: null,
    project: kept,
    tasks: (project.expansion?.from ?? project).tasks.length,
    // declared ones, as the engine counts: tasks of a group have a name of their own there
    targets: project.document.targets.filter(({ target }) => targets.has(target)).length,
    unproven: [],
    told: [],
    plan: null
  }
  const places = [...config, ...enginePrograms().map((path) => ({ path, follow: true })), traces, ...tools]
  return { places, same: [] as ReadonlyArray<Expected>, header }
})

const earlier = (a: string | null, b: string | null): string | null => (a === null ? b : b === null || a < b ? a : b)

/** Worth telling each time although nothing is to be done. */
const isTold = ({ outcome, verdict, findings }: TaskFinished): boolean =>
  outcome !== "fresh" || findings.length > 0 || (verdict !== null && verdict !== "passed")

/** Looks at every place once. Null where nothing can be kept. */
export const standing = Effect.fnUntraced(function* (request: StandingRequest) {
  const { project, groupOf, indexOf, rests, groups, elsewhere } = request
  const { root } = project.document
  const digests = yield* FileDigests
  const recorded = elsewhere === null ? [] : expectedOf(elsewhere.looked.columns)
  const shared = yield* common(request, recorded)
  if (shared === null) return null
  yield* digests.settle

  // a row is asked for its age as it is taken: later, what was written since might already look old
  const rowAt = (place: Place) => {
    const stat = statOf(place)
    return { stat, sure: stat === null || stat === unreachable || digests.settled(stat) }
  }
  interface Found extends ReturnType<typeof rowAt> {
    readonly place: Place
    readonly groups: Set<number> | null
  }
  const found = new Map<string, Found>()
  const add = (place: Place, group: number | null): void => {
    const key = `${place.follow ? "f" : "l"}${place.path}`
    const known = found.get(key)
    if (known === undefined) found.set(key, { place, groups: group === null ? null : new Set([group]), ...rowAt(place) })
    else if (group !== null) known.groups?.add(group)
  }
  for (const place of shared.places) add(place, null)
  const proven = new Set(elsewhere === null ? Array.from({ length: groups }, (_, group) => group) : elsewhere.looked.groups)
  for (let task = 0; task < project.tasks.length; task++) {
    const group = groupOf(task)
    const rest = rests.get(task)
    if (rest === undefined || rest.witnesses?.length === 0) proven.delete(group)
    else {
      for (const { path } of rest.inputs) add({ path, follow: true }, group)
      for (const { looked } of rest.globs) for (const path of looked) add({ path, follow: true }, group)
      for (const place of outputPlaces(root, rest.outputs)) add(place, group)
      for (const { path } of rest.witnesses ?? []) add({ path, follow: false }, group)
    }
  }
  const { config } = project.document
  if (elsewhere === null && (project.evidence === null || config === null || !(yield* configStands(project.evidence, config)))) return null
  const toolNow = toolRows(root, digests)
  for (const [task, rest] of rests) if (proven.has(groupOf(task)) && !(yield* confirmed(root, toolNow, rest))) proven.delete(groupOf(task))
  for (const { sure, groups: of } of found.values()) {
    if (sure) continue
    if (of === null) return null
    for (const group of of) proven.delete(group)
  }

  const opened = new Set(Array.from({ length: project.tasks.length }, (_, task) => groupOf(task)))
  const expected: Array<Expected> = [...shared.same]
  for (const { place, groups: of, stat } of found.values()) {
    const kept = of === null ? [] : [...of].filter((group) => proven.has(group)).sort((a, b) => a - b)
    if (of === null || kept.length > 0) expected.push({ ...place, row: columnsOf(stat), groups: kept })
  }
  for (const one of recorded) {
    const left = one.groups.filter((group) => !opened.has(group))
    if (left.length > 0) expected.push({ ...one, groups: left })
  }
  let until = shared.header.until
  const told: Array<Header["told"][number]> = shared.header.told.filter(([group]) => !opened.has(group))
  const retold = retoldTargets(
    rests,
    project.tasks.map(({ target }, task) => [target, groupOf(task)] as const),
    // written by the engine itself, in a file that proves itself
    told.map(([, , event]) => (event as TaskFinished).target)
  )
  for (const [task, rest] of rests) {
    const group = groupOf(task)
    if (!proven.has(group)) continue
    until = earlier(until, rest.until)
    if (retold.has(rest.told.target)) told.push([group, indexOf(task), rest.told])
  }
  told.sort(([, a], [, b]) => a - b)
  const unproven = [...opened].filter((group) => !proven.has(group)).sort((a, b) => a - b)
  const { fanned: before = [], ...header } = shared.header
  const fanned = [...before.filter(([group]) => !opened.has(group)), ...request.fanned]
  const counted = fanned.length === 0 ? header : { ...header, fanned }
  return { expected, header: { ...counted, until, unproven, told } } satisfies Omit<Standing, "started"> as Omit<Standing, "started">
})

/**
 * A target of which anything is told is told as a whole: how its lines are laid out depends on all of them. So of a target that is in
 * several groups all is kept, in case that another run opens one of them alone. `elsewhere` are targets that were kept so before.
 */
const retoldTargets = (
  rests: ReadonlyMap<number, Rest>,
  tasks: ReadonlyArray<readonly [target: string, group: number]>,
  elsewhere: ReadonlyArray<string>
): ReadonlySet<string> => {
  const targets = new Set(elsewhere)
  const groups = new Map<string, number>()
  for (const [target, group] of tasks) {
    if (groups.has(target) && groups.get(target) !== group) targets.add(target)
    groups.set(target, group)
  }
  for (const { told } of rests.values()) if (isTold(told)) targets.add(told.target)
  return targets
}
