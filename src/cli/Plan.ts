import { Effect } from "effect"
import type { PlanDocument } from "../domain/RunDocuments.ts"
import type { Session } from "../engine/Atlas.ts"
import { inputPaths } from "../report/InputPath.ts"
import { planLines } from "../report/PlanText.ts"
import { type Call, command, selectors } from "./Command.ts"
import { day, type Flags, many, on } from "./Flag.ts"
import { openProject } from "./Projects.ts"
import { answer } from "./Answer.ts"

export const now = day("DATE", "the day by which waivers are judged, YYYY-MM-DD in UTC; today if absent")
export const force = many("SELECTOR", "take what matches as stale; may be given several times")
export const paranoid = on("hash every file anew instead of trusting size and times")

export const tellPlan = <F extends Flags>({ project }: Session, plan: PlanDocument, { globals, style }: Call<F>) =>
  answer(globals.json, plan, () =>
    planLines(
      { ...plan, tasks: plan.tasks.map(inputPaths(project.tasks)) },
      {
        style,
        verbose: globals.verbose,
        quiet: globals.quiet,
        targets: new Set(project.targets.map(({ target }) => target))
      }
    )
  )

export const Plan = command({
  name: "plan",
  summary: "what run would do, and why, without doing it and without writing anything",
  detail: ["Ends with 0 also when something is stale: only run, verify and status --check judge."],
  words: selectors,
  flags: { force, paranoid, now },
  examples: [
    { line: "atlas-run plan", does: "the whole project" },
    { line: "atlas-run plan :verify+", does: "the stage verify of every target, and all that depends on it" },
    { line: "atlas-run plan --json | jq .counts", does: "how many tasks are stale" }
  ],
  run: (call) =>
    Effect.gen(function* () {
      const session = yield* openProject(call.globals.config)
      const { force, paranoid, now } = call.flags
      const plan = yield* session.plan({ select: call.words, force, paranoid, ...(now === undefined ? {} : { now }) })
      yield* tellPlan(session, plan, call)
      return 0
    })
})
