import { Effect } from "effect"
import { inputPaths } from "../report/InputPath.ts"
import { showLines } from "../report/ShowText.ts"
import { answer } from "./Answer.ts"
import { command } from "./Command.ts"
import { now } from "./Plan.ts"
import { openProject } from "./Projects.ts"

export const Show = command({
  name: "show",
  summary: "a task's last result: inputs, outputs, findings, where they came from, time and the end of its log",
  detail: ["Findings are judged by the waivers and severities of now. A task that never ran says so."],
  words: { name: "TASK", least: 1, most: 1, help: "the task to show" },
  flags: { now },
  examples: [
    { line: "atlas-run show 110/yeast/R64:ingest", does: "what is remembered of that task" },
    { line: "atlas-run show 110/yeast/R64:ingest --json | jq .result.outputs", does: "its outputs with their digests" }
  ],
  run: ({ words, flags: { now }, globals, style }) =>
    Effect.gen(function* () {
      const session = yield* openProject(globals.config)
      const show = yield* session.show(words[0] ?? "", now === undefined ? {} : { now })
      yield* answer(globals.json, show, () =>
        showLines(inputPaths(session.project.tasks)(show), { style, verbose: globals.verbose, quiet: globals.quiet })
      )
      return 0
    })
})
