import { Effect } from "effect"
import { oneLine } from "../core/Excerpt.ts"
import { LiveRegion } from "../report/LiveRegion.ts"
import { clip } from "../core/Layout.ts"
import { counted } from "../core/Quantity.ts"
import { Terminal, type TerminalShape } from "../report/Terminal.ts"
import { verifyLines } from "../report/VerifyText.ts"
import { answer } from "./Answer.ts"
import { command, selectors } from "./Command.ts"
import { openProject } from "./Projects.ts"

/** Least ms between two drawings. */
const Redraw = 100

/** A counter on a terminal; elsewhere one line a task when all is to be told. */
const counter = ({ stderr, environment, now, atExit }: TerminalShape, quiet: boolean, verbose: boolean) => {
  const region = new LiveRegion(stderr.write)
  const release = atExit(() => region.clear())
  const live = stderr.isTTY && !quiet && environment["TERM"] !== "dumb"
  let tasks = 0
  let drawn = -Infinity
  return {
    tell: (task: string): void => {
      tasks++
      if (live && now() - drawn >= Redraw) {
        drawn = now()
        region.draw([clip(`  ${counted(tasks, "task")} verified  ${oneLine(task)}`, stderr.columns() - 1)])
      } else if (!live && verbose) stderr.write(`verified ${oneLine(task)}\n`)
    },
    close: (): void => {
      region.clear()
      release()
    }
  }
}

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
      const progress = counter(terminal, globals.quiet, globals.verbose)
      const verified = yield* session
        .verify({ select: words }, ({ task }) => progress.tell(task))
        .pipe(Effect.ensuring(Effect.sync(progress.close)))
      yield* answer(globals.json, verified, () => verifyLines(verified, { style, folder: terminal.folder, quiet: globals.quiet }))
      return verified.ok ? 0 : 1
    })
})
