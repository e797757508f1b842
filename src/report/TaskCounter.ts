/** How far a command is that looks at one task after another. */
import { oneLine } from "../core/Excerpt.ts"
import { clip } from "../core/Layout.ts"
import { counted } from "../core/Quantity.ts"
import { LiveRegion } from "./LiveRegion.ts"
import type { TerminalShape } from "./Terminal.ts"

/** Least ms between two drawings. */
const Redraw = 100

/** A counter on a terminal; elsewhere one line a task when all is to be told. `done` is what happened to each: `verified`. */
export const taskCounter = (
  { stderr, environment, now, atExit }: TerminalShape,
  done: string,
  { quiet, verbose }: { readonly quiet: boolean; readonly verbose: boolean }
) => {
  const region = new LiveRegion(stderr.write)
  const release = atExit(() => region.clear())
  const live = stderr.isTTY && !quiet && environment["TERM"] !== "dumb"
  let tasks = 0
  let drawn = -Infinity
  return {
    tell: (task: string, what: string = done): void => {
      tasks++
      if (live && now() - drawn >= Redraw) {
        drawn = now()
        region.draw([clip(`  ${counted(tasks, "task")} ${done}  ${oneLine(task)}`, stderr.columns() - 1)])
      } else if (!live && verbose) stderr.write(`${what} ${oneLine(task)}\n`)
    },
    close: (): void => {
      region.clear()
      release()
    }
  }
}
