/** Executes one task: staging, the border, proof that inputs kept still, outputs into their places. `Recorder` makes it last. */
import { hash } from "node:crypto"
import { mkdirSync, rmSync } from "node:fs"
import { basename, isAbsolute, join } from "node:path"
import { Effect } from "effect"
import { type Row, sameRows, sortRows } from "../../core/Rows.ts"
import { maskOf, masked } from "../../core/Mask.ts"
import { restoredTrace } from "../../domain/CacheDocuments.ts"
import { encodeFailure, type ErrorDocument } from "../../domain/Failure.ts"
import {
  CommandFailed,
  PublishConflict,
  TaskLeftovers,
  TaskLost,
  TaskMemory,
  TaskOutputMissing,
  TaskTainted,
  TaskTimeout,
  ToolMissing
} from "../../domain/Fault.ts"
import type { Command, ProjectTask } from "../../domain/ProjectDocument.ts"
import type { HostEvent, Need, ResultDocument, TaskDocument } from "../../domain/TaskDocument.ts"
import type { Trace, TracedOutput } from "../../domain/Trace.ts"
import { absent, FileDigests } from "../../ports/FileDigests.ts"
import { Cache } from "../../ports/Cache.ts"
import { cacheKey } from "../../ports/CacheKey.ts"
import { Confinement } from "../../ports/Confinement.ts"
import { Host } from "../../ports/Host.ts"
import { Outputs } from "../../ports/Outputs.ts"
import { Programs } from "../../ports/Programs.ts"
import { endedAdoptions } from "../upkeep/Adoptions.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import { asked, type Assessment, cellOutputs } from "../assess/Assessor.ts"
import { claimsOf } from "../project/Claimed.ts"
import { contentCounter } from "../assess/Contents.ts"
import { commandWords, knowsItsFolder } from "./CommandWords.ts"
import { machineMemoryMiB } from "./Resources.ts"
import type { OwnRows } from "../assess/Rows.ts"
import { beginning, discover, hostDiscoveries, noDiscoveries, programDiscoveries } from "../assess/Discovered.ts"
import { type InputLook, lookAtDiscovered, movedInputs, type TaskInput } from "../assess/Inputs.ts"
import { NeedFiles } from "./NeedFiles.ts"
import { unwrittenProblem } from "./Unwritten.ts"

export type Executed =
  | {
      readonly outcome: "executed" | "restored"
      readonly trace: Trace
      /** What it read beside its inputs. */
      readonly discovered: ReadonlyArray<TaskInput>
      readonly peakMiB: number | null
    }
  | {
      readonly outcome: "failed" | "tainted"
      readonly errors: ReadonlyArray<ErrorDocument>
      readonly findings: ResultDocument["findings"]
      readonly peakMiB: number | null
    }

/** How a program ended, as part of a result. */
type CommandEnd = Pick<ResultDocument, "errors" | "peakMiB">

export interface ExecuteRequest {
  readonly project: AnalyzedProject
  readonly index: number
  readonly run: string
  readonly assessment: Assessment
  readonly needs: ReadonlyArray<Need>
  readonly needRows: ReadonlyArray<Row>
  /** It was asked for by name: what the cache holds does not do. */
  readonly forced: boolean
  readonly tell: (event: HostEvent) => void
}

const failed = (errors: ReadonlyArray<ErrorDocument>, { findings, peakMiB }: Partial<ResultDocument> = {}): Executed => ({
  outcome: "failed",
  errors,
  findings: findings ?? [],
  peakMiB: peakMiB ?? null
})

/** What the engine answers itself, without asking a host. */
const refused = (task: ProjectTask, { cell, own, errors, decided }: Assessment): ReadonlyArray<ErrorDocument> => {
  if (errors.length > 0) return errors
  const problems: Array<ErrorDocument> = [...own.problems]
  if (cell !== null && task.cell !== null) {
    const { live, desired } = cell
    if (desired === null || live === null)
      problems.push(encodeFailure(new TaskLost({ message: `${task.task} could not look at ${task.cell.cell}` })))
    else if (
      decided.causes.some((cause) => cause.kind === "conflict") ||
      (task.cell.immutable && live.state === "present" && live.value !== desired)
    )
      problems.push(
        encodeFailure(
          new PublishConflict({
            message: `${task.cell.cell} already holds another value, and it never changes`,
            cell: task.cell.cell,
            desired,
            live: live.state === "present" ? live.value : live.state
          })
        )
      )
  }
  return problems
}

/** The system ended it, or a program that it ran, since there was no memory left. */
const starved = (task: ProjectTask, program: string): ErrorDocument =>
  encodeFailure(
    new TaskMemory({
      message: `the system ended ${program} of ${task.task}: its memory was full`,
      limitMiB: task.resources?.memoryMiB ?? machineMemoryMiB(),
      hint:
        task.resources?.memoryMiB === undefined
          ? "Declare the stage's `memory` (MiB), so that less runs beside it."
          : "Raise the stage's `memory` (MiB), so that less runs beside it."
    })
  )

const commandProblem = (
  task: ProjectTask,
  argv: ReadonlyArray<string>,
  exit: number | null,
  signal: string | null,
  stderr: string
): ErrorDocument =>
  encodeFailure(
    new CommandFailed({
      message: `${argv[0]} of ${task.task} ${signal === null ? `ended with status ${exit}` : `was ended by ${signal}`}`,
      argv: [...argv],
      exit,
      signal,
      stderr: stderr.slice(-2000)
    })
  )

const timeout = (task: ProjectTask): ErrorDocument =>
  encodeFailure(
    new TaskTimeout({
      message: `${task.task} was still running after ${task.timeoutMs.toLocaleString("en")} ms`,
      limitMs: task.timeoutMs
    })
  )

/** Runs the program or the host of one task, in the way that `Confinement` says; its document says where it reads and writes. */
export const worker = Effect.gen(function* () {
  const host = yield* Host
  const programs = yield* Programs

  const runCommand = Effect.fnUntraced(function* (
    task: ProjectTask,
    command: Command,
    document: TaskDocument,
    tell: (event: HostEvent) => void
  ) {
    const { argv, stdout } = commandWords(command, document)
    const env: Record<string, string> = { PATH: process.env["PATH"] ?? "", LC_ALL: "C.UTF-8", TZ: "UTC" }
    for (const [name, value] of Object.entries(document.environment)) if (value !== null) env[name] = value
    const confinement = yield* Confinement
    const result = yield* programs.run({
      argv: confinement === null ? argv : confinement.command(argv, document, task.tools),
      cwd: document.root,
      env,
      timeoutMs: task.timeoutMs,
      ...(stdout === undefined ? {} : { stdout }),
      onLine: (stream, line) => tell({ event: "log", level: stream === "stderr" ? "warning" : "info", message: line })
    })
    const peak = result.peakBytes === null ? {} : { peakMiB: Math.ceil(result.peakBytes / 1024 ** 2) }
    const ended = (errors: ReadonlyArray<ErrorDocument>): CommandEnd => ({ errors, ...peak })
    if (result.timedOut) return ended([timeout(task)])
    if (result.starved) return ended([starved(task, argv[0] ?? "")])
    if (result.exit !== 0) return ended([commandProblem(task, argv, result.exit, result.signal, result.stderrTail)])
    if (!result.leftovers) return ended([])
    const message = `${argv[0]} of ${task.task} ended and left processes behind, which were ended too`
    return ended([encodeFailure(new TaskLeftovers({ message }))])
  })

  const work = (task: ProjectTask, document: TaskDocument, tell: (event: HostEvent) => void) => {
    const empty: ResultDocument = { atlas: "result/1", task: task.task, errors: [], findings: [], values: {}, summary: null }
    if (task.command !== null)
      return runCommand(task, task.command, document, tell).pipe(
        Effect.catchTag("ProgramNotStarted", (error) =>
          Effect.succeed<CommandEnd>({ errors: [encodeFailure(new ToolMissing({ message: error.message, tool: error.program }))] })
        ),
        Effect.map((end): ResultDocument => ({ ...empty, ...end }))
      )
    return host.execute(document, tell).pipe(
      Effect.timeoutOrElse({
        duration: task.timeoutMs,
        orElse: () => Effect.succeed<ResultDocument>({ ...empty, errors: [timeout(task)] })
      })
    )
  }

  /** What a task tells, with its secrets hidden: from here on everything is printed and kept. */
  return (task: ProjectTask, document: TaskDocument, tell: (event: HostEvent) => void) => {
    const mask = maskOf((task.secrets ?? []).map((name) => process.env[name] ?? ""))
    if (mask === null) return work(task, document, tell)
    return Effect.map(
      work(task, document, (event) => tell(masked(event, mask))),
      (result): ResultDocument => ({
        ...result,
        errors: masked(result.errors, mask),
        findings: masked(result.findings, mask),
        summary: masked(result.summary, mask)
      })
    )
  }
})

/** What a task is told; `outputs` are the places of its files and folders. */
export const documentOf = (
  project: AnalyzedProject,
  task: ProjectTask,
  {
    run,
    own,
    needs,
    outputs,
    scratch,
    cell
  }: Pick<TaskDocument, "run" | "needs" | "outputs" | "scratch" | "cell"> & { readonly own: OwnRows }
): TaskDocument => ({
  atlas: "task/1",
  run,
  ...asked(project, task, needs),
  inputs: own.paths,
  outputs: [
    ...outputs,
    ...task.outputs.filter((output) => output.kind === "value").map((output) => ({ name: output.name, kind: output.kind, path: "" }))
  ],
  scratch,
  environment: Object.fromEntries([...task.environment, ...(task.secrets ?? [])].map((name) => [name, process.env[name] ?? null])),
  memoryMiB: task.memoryMiB,
  cell
})

/** The executor of a run. Its effects fail only with trouble of disk or state; what befalls the task is in the result. */
export const executor = Effect.gen(function* () {
  const work = yield* worker
  const digests = yield* FileDigests
  const outputs = yield* Outputs
  const cache = yield* Cache
  const count = yield* contentCounter
  const needFiles = new NeedFiles(digests)

  return Effect.fnUntraced(function* ({ project, index, run, assessment, needs, needRows, forced, tell }: ExecuteRequest) {
    const task = project.tasks[index] as ProjectTask
    const problems = refused(task, assessment)
    if (problems.length > 0) return failed(problems)
    const { root } = project.document
    const started = performance.now()
    const placed = task.outputs
      .filter((output) => output.kind !== "value")
      .map((output) => ({ output, final: isAbsolute(output.path) ? output.path : join(root, output.path) }))
    const scratch = join(root, ".atlas", "scratch", run, `${index}`)
    const cell =
      task.cell === null || assessment.cell?.desired == null || assessment.cell.live === null
        ? null
        : { desired: assessment.cell.desired, live: assessment.cell.live }

    const { own } = assessment
    const look: InputLook = { project, digests, trusting: true, count, claim: claimsOf(project) }
    // what it read beside its inputs it tells each time
    const rows = sortRows([...own.rows.filter(({ kind }) => kind !== "discovered"), ...needRows])
    const finals = new Map(placed.map(({ output, final }) => [output.name, final]))

    /** What moved while the task ran: its result says nothing then. */
    const taint = (
      { findings, peakMiB = null }: Pick<ResultDocument, "findings"> & { readonly peakMiB?: number | null },
      discovered: ReadonlyArray<TaskInput>,
      ofNeeds: ReadonlyArray<ErrorDocument> = []
    ): Executed | null => {
      const moved = [...movedInputs(digests, root, own), ...discovered]
      if (moved.length + ofNeeds.length === 0) return null
      const told = (input: (typeof moved)[number]) =>
        new TaskTainted({
          message: `input ${input.name} changed while ${task.task} ran`,
          where: { path: input.path },
          input: input.name
        })
      return { outcome: "tainted", errors: [...moved.map((input) => encodeFailure(told(input))), ...ofNeeds], findings, peakMiB }
    }

    /** The recorded result of the same rows, in place; null for a miss, with the stagings empty. */
    const restored = Effect.gen(function* () {
      if (task.cell !== null || forced) return null
      const record = yield* cache.get(cacheKey(task.definition, rows))
      if (record === null) return null
      const before = record.rows.filter(({ kind }) => kind === "discovered")
      const discovered = yield* lookAtDiscovered(
        look,
        task,
        before.map(({ subject }) => subject)
      )
      if (!sameRows(before, discovered.rows)) return null
      const places = new Map(placed.map(({ output }, at) => [output.name, moves[at]?.staging ?? ""]))
      if (!(yield* cache.restore(record, places))) return null
      const tainted = taint(record, [])
      if (tainted !== null) return tainted
      const all = sortRows([...rows, ...discovered.rows])
      const trace = restoredTrace(record, task.task, all, (name) => task.outputs.find((output) => output.name === name)?.path ?? "")
      yield* outputs.commit(moves, { run, durable: false })
      for (const output of trace.outputs) {
        const final = finals.get(output.name)
        if (final === undefined) continue
        const tree = yield* digests.tree(final)
        if (tree === absent || tree.digest !== output.digest) return null
        needFiles.made(final, tree.stat)
      }
      return {
        outcome: "restored",
        trace: { ...trace, ...endedAdoptions(assessment.trace) },
        discovered: discovered.inputs,
        peakMiB: null
      } satisfies Executed
    })

    const stagings: Array<string> = []
    let hasScratch = false
    const moves: Array<{ readonly staging: string; readonly final: string }> = []
    const execution = Effect.gen(function* () {
      // what is left of it tells the next run that this one was killed
      mkdirSync(join(root, ".atlas", "scratch", run), { recursive: true })
      for (const { final } of placed) {
        // a folder of its own: what a task writes beside its output goes away with it
        const folder = yield* outputs.stage(final, { run, within: null })
        stagings.push(folder)
        mkdirSync(folder)
        moves.push({ staging: join(folder, basename(final)), final })
      }
      const hit = yield* restored
      if (hit !== null) return hit
      const places = placed.map(({ output }, at) => ({ name: output.name, kind: output.kind, path: moves[at]?.staging ?? "" }))
      const document = documentOf(project, task, { run, own, needs, outputs: places, scratch, cell })
      const given = yield* needFiles.look(needs)
      if (given.altered.length > 0) return { outcome: "tainted", errors: given.altered, findings: [], peakMiB: null } satisfies Executed
      hasScratch = task.command === null || knowsItsFolder(task.command) || (yield* Confinement) !== null
      const began = hasScratch ? beginning(scratch) : null
      const result = yield* work(task, document, tell)
      if (result.errors.length > 0) return failed(result.errors, result)
      const told = task.command === null ? { told: hostDiscoveries(result) } : programDiscoveries(task.command, document)
      if ("error" in told) return failed([told.error], result)
      const discovered = began === null ? noDiscoveries : yield* discover(look, task, { own, document, began }, told.told)
      if (discovered.errors.length > 0) return failed(discovered.errors, result)
      const tainted = taint(result, discovered.moved, needFiles.moved(given.seen, task.task))
      if (tainted !== null) return tainted
      const unwritten = placed.flatMap(({ output }, at) => unwrittenProblem(task, output, moves[at]?.staging ?? ""))
      if (unwritten.length > 0) return failed(unwritten, result)
      yield* outputs.commit(moves, { run, durable: false })
      const traced: Array<TracedOutput> = task.cell === null ? [] : [...cellOutputs(task, cell?.desired ?? "")]
      for (const { output, final } of placed) {
        const tree = yield* digests.tree(final)
        if (tree === absent)
          return failed([encodeFailure(new TaskOutputMissing({ message: `${output.path} is gone`, output: output.name }))], {
            ...result,
            findings: []
          })
        needFiles.made(final, tree.stat)
        traced.push({ name: output.name, kind: output.kind, path: output.path, value: null, digest: tree.digest, files: tree.files })
      }
      if (task.cell === null)
        for (const output of task.outputs) {
          const value = result.values[output.name]
          if (output.kind === "value" && value !== undefined)
            traced.push({ name: output.name, kind: "value", path: "", value, digest: `sha256:${hash("sha256", value)}`, files: [] })
        }
      const trace: Trace = {
        atlas: "trace/1",
        task: task.task,
        run,
        at: new Date().toISOString(),
        ms: Math.round(performance.now() - started),
        rows: sortRows([...rows, ...discovered.rows]),
        outputs: traced,
        findings: result.findings,
        summary: result.summary,
        applied: cell?.desired ?? null,
        ...endedAdoptions(assessment.trace)
      }
      return { outcome: "executed", trace, discovered: discovered.inputs, peakMiB: result.peakMiB ?? null } satisfies Executed
    })
    // what was not moved into place goes away, however the execution ended; `recover` is for those who were killed
    return yield* Effect.onExit(execution, () =>
      Effect.gen(function* () {
        yield* Effect.ignore(outputs.discard(stagings))
        if (hasScratch) yield* Effect.sync(() => rmSync(scratch, { recursive: true, force: true }))
      })
    )
  })
})
