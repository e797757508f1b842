import { resolve } from "node:path"
import { Effect } from "effect"
import { CommandLineInvalid } from "../domain/EngineErrors.ts"
import { inputPaths } from "../report/InputPath.ts"
import { Terminal } from "../report/Terminal.ts"
import { whyLines } from "../report/WhyText.ts"
import { answer } from "./Answer.ts"
import { command } from "./Command.ts"
import { text } from "./Flag.ts"
import { now, paranoid } from "./Plan.ts"
import { openProject } from "./Projects.ts"

export const Why = command({
  name: "why",
  summary: "the reasons for a task's state, old beside new, down to the root cause; for a fresh task the evidence it rests on",
  detail: [
    "A task is named TARGET:STAGE or TARGET:STAGE:CHECK, as plan prints it. The root causes are the smallest set: with all of them put",
    "right the task is fresh again, with one left it is not. For a fresh task each row is told with how it is known to hold."
  ],
  words: { name: "TASK", least: 1, most: 1, help: "the task to explain" },
  flags: {
    now,
    run: text("RUN", "why a past run did what it did; its id, how that begins, or last"),
    compare: text("FILE", "set its rows beside those in FILE: why --json, show --json, a run's record or a trace of another machine"),
    paranoid
  },
  examples: [
    { line: "atlas-run why 110/yeast/R64:publish", does: "why publish of that target would run" },
    { line: "atlas-run why 110/yeast/R64:verify --json", does: "the same as a document why/1" },
    { line: "atlas-run why 110/yeast/R64:verify --run last", does: "why it ran in the last run" },
    {
      line: "atlas-run why 110/yeast/R64:verify --compare theirs.json",
      does: "what is different here, beside a why --json of another machine"
    }
  ],
  run: ({ words, flags: { now, run, compare, paranoid }, globals, style }) =>
    Effect.gen(function* () {
      if (run !== undefined && compare !== undefined)
        return yield* new CommandLineInvalid({
          message: "--run and --compare ask for different things",
          hint: "Compare two runs with `atlas-run history --diff`."
        })
      const { folder } = yield* Terminal
      const session = yield* openProject(globals.config)
      const why = yield* session.why(words[0] ?? "", {
        ...(now === undefined ? {} : { now }),
        ...(run === undefined ? {} : { run }),
        ...(compare === undefined ? {} : { compare: resolve(folder, compare) }),
        ...(paranoid ? { paranoid } : {})
      })
      const chain = why.chain.map(inputPaths(session.project.tasks))
      yield* answer(globals.json, why, () => whyLines({ ...why, chain }, { style, verbose: globals.verbose, quiet: globals.quiet, folder }))
      return 0
    })
})
