import { Effect } from "effect"
import { CommandLineInvalid } from "../domain/EngineErrors.ts"
import { adoptLines } from "../report/AdoptText.ts"
import { taskCounter } from "../report/TaskCounter.ts"
import { Terminal } from "../report/Terminal.ts"
import { answer } from "./Answer.ts"
import { command } from "./Command.ts"
import { text } from "./Flag.ts"
import { now } from "./Plan.ts"
import { openProject } from "./Projects.ts"

export const Adopt = command({
  name: "adopt",
  summary: "accepts as good what someone else changed in a shared place, or outputs that are there and can be proven",
  detail: [
    "A drifted cell keeps its value until the project wants another one. Outputs are adopted where their stage can prove them:",
    "ingest verifies the build root deeply, against the inputs as they are now. Nothing is executed or overwritten.",
    "Who adopted what, when and why stays on record, and `why` tells it. Ends with 1 if anything is refused."
  ],
  words: { name: "SELECTOR…", least: 1, most: Infinity, help: "what to adopt, e.g. a task as plan prints it" },
  flags: { because: text("TEXT", "why it is good; recorded for ever"), by: text("NAME", "who says so; the login name if absent"), now },
  examples: [
    { line: "atlas-run adopt '*/yeast/R64:alias' --because 'release 111 has a fault'", does: "keep the alias where an operator moved it" },
    { line: "atlas-run adopt :ingest --because 'built on another machine'", does: "take build roots that were copied here for good" }
  ],
  run: ({ words, flags: { because, by, now }, globals, style }) =>
    Effect.gen(function* () {
      if (because === undefined || because.trim() === "")
        return yield* new CommandLineInvalid({
          message: "adopt wants --because TEXT: why what is there is good",
          hint: "See `atlas-run adopt --help`."
        })
      const terminal = yield* Terminal
      const session = yield* openProject(globals.config)
      const progress = taskCounter(terminal, "looked at", globals)
      const options = { select: words, because, ...(by === undefined ? {} : { by }), ...(now === undefined ? {} : { now }) }
      const adopted = yield* session
        .adopt(options, ({ task, result }) => progress.tell(task, result))
        .pipe(Effect.ensuring(Effect.sync(progress.close)))
      const { quiet, verbose } = globals
      yield* answer(globals.json, adopted, () => adoptLines(adopted, { style, folder: terminal.folder, verbose, quiet }))
      return adopted.ok ? 0 : 1
    })
})
