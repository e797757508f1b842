import { Effect } from "effect"
import { inputPaths } from "../report/InputPath.ts"
import { whyLines } from "../report/WhyText.ts"
import { answer } from "./Answer.ts"
import { command } from "./Command.ts"
import { now } from "./Plan.ts"
import { openProject } from "./Projects.ts"

export const Why = command({
  name: "why",
  summary: "the reasons for a task's state, old beside new, down to the root cause; for a fresh task the evidence it rests on",
  detail: ["A task is named TARGET:STAGE or TARGET:STAGE:CHECK, as plan prints it."],
  words: { name: "TASK", least: 1, most: 1, help: "the task to explain" },
  flags: { now },
  examples: [
    { line: "atlas-run why 110/yeast/R64:publish", does: "why publish of that target would run" },
    { line: "atlas-run why 110/yeast/R64:verify --json", does: "the same as a document why/1" }
  ],
  run: ({ words, flags: { now }, globals, style }) =>
    Effect.gen(function* () {
      const session = yield* openProject(globals.config)
      const why = yield* session.why(words[0] ?? "", now === undefined ? {} : { now })
      const chain = why.chain.map(inputPaths(session.project.tasks))
      yield* answer(globals.json, why, () => whyLines({ ...why, chain }, { style, verbose: globals.verbose, quiet: globals.quiet }))
      return 0
    })
})
