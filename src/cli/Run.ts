import { Effect } from "effect"
import { openConsole } from "../report/Console.ts"
import { freshPlan } from "../report/PlanText.ts"
import { toldOf } from "../report/Told.ts"
import { Terminal } from "../report/Terminal.ts"
import type { RunOptions, RunReport, Session } from "../engine/Atlas.ts"
import { type Call, command, type Failed, selectors } from "./Command.ts"
import { count, on, text } from "./Flag.ts"
import { force, now, paranoid, tellPlan } from "./Plan.ts"
import { openProject } from "./Projects.ts"
import { traceFlag, writeReports } from "./Report.ts"

/** ms between two drawings of the live region. */
const Redraw = 100

/** Drawing keeps no process alive: one that waits for nothing but this has nothing left to wait for. */
const drawn = (tick: () => void) =>
  Effect.acquireRelease(
    Effect.sync(() => setInterval(tick, Redraw).unref()),
    (timer) => Effect.sync(() => clearInterval(timer))
  )

/** Runs a session and tells it all; succeeds with the exit code. */
export const runTold = (
  session: Session,
  options: RunOptions,
  { globals, style, errorStyle }: Pick<Call<any>, "globals" | "style" | "errorStyle">,
  after: (report: RunReport) => Effect.Effect<void, Failed, Terminal> = () => Effect.void
) =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    const { json, quiet, verbose } = globals
    const tasks = session.listed
    const console = openConsole(terminal, { tasks, json, quiet, verbose, style, errorStyle, folder: terminal.folder })
    return yield* Effect.gen(function* () {
      yield* drawn(console.tick)
      const waiting = (line: string): void => (quiet ? undefined : terminal.stderr.write(`${line}\n`))
      const report = yield* session.run({ waiting, ...options }, console.tell)
      if (report.stands !== null) {
        const { header, started } = report.stands
        const told = header.unproven.length > 0 ? null : toldOf(started, header, terminal.folder)
        const whole = session.project.tasks.length === started.tasks
        yield* session.remember(report.stands, told, whole ? freshPlan(session.project) : null)
      }
      yield* after(report)
      return report.finished.exit
    }).pipe(Effect.scoped, Effect.ensuring(Effect.sync(console.close)))
  })

export const Run = command({
  name: "run",
  summary: "computes what is stale and runs only that; the command when none is named",
  detail: [
    "A failure blocks only what needs it; other targets go on.",
    "Ends with 1 if a task failed or a verdict is failed, also when that task is fresh."
  ],
  words: selectors,
  flags: {
    jobs: count("N", 1, 4096, "cores that tasks may use at one time; all there are if absent"),
    memory: count("MiB", 64, 999_999_999, "memory that tasks may fill at one time; nine tenths of what there is if absent"),
    "fail-fast": on("start nothing new after a failure"),
    force,
    "dry-run": on("the same as plan: tell what would be done"),
    paranoid,
    sandbox: on("let tasks reach only what they declare; fails where the machine cannot do that"),
    "no-cache": on("neither restore from the local cache nor keep anything in it"),
    "no-fast-path": on("let the engine look even if nothing moved, and leave no record for the next run"),
    now,
    report: text("FILE", "write a page of HTML about this run there"),
    trace: traceFlag
  },
  examples: [
    { line: "atlas-run", does: "bring the whole project up to date" },
    { line: "atlas-run '110/*' --jobs 4", does: "the targets that begin with 110/, four tasks at a time" },
    { line: "atlas-run run :verify --force :verify", does: "verify every target again" },
    { line: "atlas-run run @failed", does: "what failed in the last run, again" },
    { line: "atlas-run --json > events.ndjson", does: "events for another program" }
  ],
  run: (call) =>
    Effect.gen(function* () {
      const { flags, globals, words } = call
      const { jobs, memory, force, paranoid, now } = flags
      const session = yield* openProject(globals.config, { anew: flags["no-fast-path"] || paranoid })
      const options = { select: words, force, paranoid, ...(now === undefined ? {} : { now }) }
      if (flags["dry-run"]) {
        yield* tellPlan(session, yield* session.plan(options), call)
        return 0
      }
      const how = {
        ...options,
        ...(flags["no-fast-path"] ? { record: false } : {}),
        failFast: flags["fail-fast"],
        ...(flags["no-cache"] ? { cache: false } : {}),
        ...(flags.sandbox ? { sandbox: true } : {}),
        ...(jobs === undefined ? {} : { jobs }),
        ...(memory === undefined ? {} : { memoryMiB: memory })
      }
      const { report, trace } = flags
      return yield* runTold(session, how, call, ({ record }) => writeReports(record, { report, trace }))
    })
})
