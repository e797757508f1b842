import { Effect } from "effect"
import { taskCounter } from "../report/TaskCounter.ts"
import { Terminal } from "../report/Terminal.ts"
import { verifyLines } from "../report/VerifyText.ts"
import { answer } from "./Answer.ts"
import { command, selectors } from "./Command.ts"
import { openProject } from "./Projects.ts"

export const Verify = command({
  name: "verify",
  summary: "re-hash every output, store entry and pack against the records; touches nothing",
  detail: ["Ends with 1 if anything is damaged or gone."],
  words: selectors,
  flags: {},
  examples: [
    { line: "atlas-run verify", does: "the whole project" },
    { line: "atlas-run verify :publish", does: "what is published" }
  ],
  run: ({ words, globals, style }) =>
    Effect.gen(function* () {
      const terminal = yield* Terminal
      const session = yield* openProject(globals.config)
      const progress = taskCounter(terminal, "verified", globals)
      const verified = yield* session
        .verify({ select: words }, ({ task }) => progress.tell(task))
        .pipe(Effect.ensuring(Effect.sync(progress.close)))
      yield* answer(globals.json, verified, () => verifyLines(verified, { style, folder: terminal.folder, quiet: globals.quiet }))
      return verified.ok ? 0 : 1
    })
})
