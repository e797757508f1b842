import { Effect } from "effect"
import { logLines } from "../report/LogText.ts"
import { answer } from "./Answer.ts"
import { command } from "./Command.ts"
import { openProject } from "./Projects.ts"

export const Logs = command({
  name: "logs",
  summary: "what a task last logged and its programs printed, also if it failed",
  detail: ["Of a long log the first 256 KiB and the last 768 KiB are kept. With --quiet the lines alone are printed."],
  words: { name: "TASK", least: 1, most: 1, help: "the task whose log to print" },
  flags: {},
  examples: [
    { line: "atlas-run logs 110/yeast/R64:ingest", does: "its last log" },
    { line: "atlas-run logs 110/yeast/R64:ingest --json", does: "the same as a document logs/1" }
  ],
  run: ({ words, globals, style }) =>
    Effect.gen(function* () {
      const session = yield* openProject(globals.config)
      const logs = yield* session.logs(words[0] ?? "")
      yield* answer(globals.json, logs, () => logLines(logs, { style, quiet: globals.quiet }))
      return 0
    })
})
