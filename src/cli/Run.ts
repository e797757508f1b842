import { Effect } from "effect"
import { openConsole } from "../report/Console.ts"
import { freshPlan } from "../report/PlanText.ts"
import { toldOf } from "../report/Told.ts"
import { Terminal } from "../report/Terminal.ts"
import { command, selectors } from "./Command.ts"
import { count, on } from "./Flag.ts"
import { force, now, paranoid, tellPlan } from "./Plan.ts"
import { openProject } from "./Projects.ts"

/** ms between two drawings of the live region. */
const Redraw = 100

/** Drawing keeps no process alive: one that waits for nothing but this has nothing left to wait for. */
const drawn = (tick: () => void) =>
  Effect.acquireRelease(
    Effect.sync(() => setInterval(tick, Redraw).unref()),
    (timer) => Effect.sync(() => clearInterval(timer))
  )

export const Run = command({
  name: "run",
  summary: "computes what is stale and runs only that; the command when none is named",
  detail: [
    "A failure blocks only what needs it; other targets go on.",
    "Ends with 1 if a task failed or a verdict is failed, also when that task is fresh."
  ],
  words: selectors,
  flags: {
    jobs: count("N", 1, 4096, "most tasks at one time; as many as there are cores if absent"),
    "fail-fast": on("start nothing new after a failure"),
    force,
    "dry-run": on("the same as plan: tell what would be done"),
    paranoid,
    "no-cache": on("neither restore from the local cache nor keep anything in it"),
    "no-fast-path": on("let the engine look even if nothing moved, and leave no record for the next run"),
    now
  },
  examples: [
    { line: "atlas-run", does: "bring the whole project up to date" },
    { line: "atlas-run '110/*' --jobs 4", does: "the targets that begin with 110/, four tasks at a time" },
    { line: "atlas-run run :verify --force :verify", does: "verify every target again" },
    { line: "atlas-run --json > events.ndjson", does: "events for another program" }
  ],
  run: (call) =>
    Effect.gen(function* () {
      const { flags, globals, words, style, errorStyle } = call
      const { jobs, force, paranoid, now } = flags
      const terminal = yield* Terminal
      const session = yield* openProject(globals.config, { anew: flags["no-fast-path"] || paranoid })
      const options = { select: words, force, paranoid, ...(now === undefined ? {} : { now }) }
      if (flags["dry-run"]) {
        yield* tellPlan(session, yield* session.plan(options), call)
        return 0
      }
      const { json, quiet, verbose } = globals
      const tasks = session.listed
      const console = openConsole(terminal, { tasks, json, quiet, verbose, style, errorStyle, folder: terminal.folder })
      return yield* Effect.gen(function* () {
        yield* drawn(console.tick)
        const report = yield* session.run(
          {
            ...options,
            ...(flags["no-fast-path"] ? { record: false } : {}),
            failFast: flags["fail-fast"],
            ...(flags["no-cache"] ? { cache: false } : {}),
            ...(jobs === undefined ? {} : { jobs })
          },
          console.tell
        )
        if (report.stands !== null) {
          const { header, started } = report.stands
          const told = header.unproven.length > 0 ? null : toldOf(started, header, terminal.folder)
          const whole = session.project.tasks.length === started.tasks
          yield* session.remember(report.stands, told, whole ? freshPlan(session.project) : null)
        }
        return report.finished.exit
      }).pipe(Effect.scoped, Effect.ensuring(Effect.sync(console.close)))
    })
})
