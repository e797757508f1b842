import { Effect } from "effect"
import { gcLines } from "../report/GcText.ts"
import { answer } from "./Answer.ts"
import { command } from "./Command.ts"
import { count, on } from "./Flag.ts"
import { openProject } from "./Projects.ts"

export const Gc = command({
  name: "gc",
  summary: "drop what nothing needs: cached results beyond the cap, leftovers of runs that died, old records of runs",
  detail: [
    "Tells the tasks that the project no longer has, with their outputs. With --orphans those outputs are removed that lie below",
    "the project's folder, that the project does not name, and that are exactly as they were made. A store is never touched."
  ],
  words: { name: "", least: 0, most: 0, help: "" },
  flags: {
    "dry-run": on("tell what would be dropped, and write nothing"),
    orphans: on("also remove outputs of tasks that the project no longer has"),
    runs: count("N", 1, 1_000_000, "records of past runs that stay; 100 if absent")
  },
  examples: [
    { line: "atlas-run gc --dry-run", does: "what would be dropped" },
    { line: "atlas-run gc --orphans", does: "after targets were removed from the config" }
  ],
  run: ({ flags, globals, style }) =>
    Effect.gen(function* () {
      const session = yield* openProject(globals.config)
      const done = yield* session.gc({
        dryRun: flags["dry-run"],
        orphans: flags.orphans,
        ...(flags.runs === undefined ? {} : { runs: flags.runs })
      })
      yield* answer(globals.json, done, () => gcLines(done, { style, quiet: globals.quiet }))
      return 0
    })
})
