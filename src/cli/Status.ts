import { Effect } from "effect"
import type { StatusDocument } from "../domain/RunDocuments.ts"
import { statusLines } from "../report/StatusText.ts"
import { answer } from "./Answer.ts"
import { command, selectors } from "./Command.ts"
import { worst } from "./ExitCode.ts"
import { on } from "./Flag.ts"
import { now } from "./Plan.ts"
import { openProject } from "./Projects.ts"

/** 1 for what failed or drifted, 4 for what a run would do or cannot do. */
const judged = ({ targets, counts }: StatusDocument): number =>
  worst([
    ...(targets.some(({ state, verdict }) => state === "failed" || state === "drifted" || verdict === "failed") || counts.drifted > 0
      ? [1]
      : []),
    ...(counts.stale + counts.pending + counts.blocked > 0 ? [4] : []),
    0
  ])

export const Status = command({
  name: "status",
  summary: "one line a target: fresh, stale, failed, waived or drifted, and its last run",
  detail: ["With --check it judges: 1 if a verdict is failed or something drifted, else 4 if anything is stale, pending or blocked."],
  words: selectors,
  flags: { check: on("end with 4 if anything is stale or pending, with 1 if a verdict is failed"), now },
  examples: [
    { line: "atlas-run status", does: "every target" },
    { line: "atlas-run status --check --quiet", does: "for a script: the exit code, and only what failed" }
  ],
  run: ({ words, flags: { check, now }, globals, style }) =>
    Effect.gen(function* () {
      const session = yield* openProject(globals.config)
      const status = yield* session.status({ select: words, ...(now === undefined ? {} : { now }) })
      yield* answer(globals.json, status, () => statusLines(status, { style, quiet: globals.quiet }))
      return check ? judged(status) : 0
    })
})
