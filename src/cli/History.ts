import { Effect } from "effect"
import { CommandLineInvalid } from "../domain/EngineErrors.ts"
import { diffLines, historyLines } from "../report/HistoryText.ts"
import { answer } from "./Answer.ts"
import { command } from "./Command.ts"
import { count, on } from "./Flag.ts"
import { openProject } from "./Projects.ts"

export const History = command({
  name: "history",
  summary: "past runs that did something; with a selector what they did to its tasks, and why",
  detail: [
    "Runs in which nothing was stale leave nothing. `atlas-run gc` drops the oldest.",
    "With --diff the words are two runs, each by its id, how that begins, or `last`."
  ],
  words: { name: "[SELECTOR…]", least: 0, most: Infinity, help: "tasks to tell of, also one that the project no longer has; or two runs" },
  flags: {
    limit: count("N", 1, 100_000, "most runs to tell; 20 if absent"),
    diff: on("set two runs beside each other: outcomes, and the rows that differ")
  },
  examples: [
    { line: "atlas-run history", does: "the last 20 runs" },
    { line: "atlas-run history 110/yeast/R64:verify", does: "when verify of that target ran, and why" },
    { line: "atlas-run history --diff 20270101T100000 last", does: "what came out differently since that run" }
  ],
  run: ({ words, flags: { limit, diff }, globals, style }) =>
    Effect.gen(function* () {
      const telling = { style, verbose: globals.verbose, quiet: globals.quiet }
      const [older = "", newer = ""] = words
      if (diff && words.length !== 2)
        return yield* new CommandLineInvalid({
          message: `history --diff wants two runs, and was given ${words.length}`,
          hint: "See `atlas-run history --help`."
        })
      const session = yield* openProject(globals.config)
      if (diff) {
        const apart = yield* session.runDiff(older, newer)
        yield* answer(globals.json, apart, () => diffLines(apart, telling))
        return 0
      }
      const history = yield* session.history({ select: words, ...(limit === undefined ? {} : { limit }) })
      yield* answer(globals.json, history, () => historyLines(history, telling))
      return 0
    })
})
