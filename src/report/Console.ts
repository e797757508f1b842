/** Observes a run for whoever started it: results as a tree or as NDJSON, progress as a live region or as plain lines. */
import type { ProjectTask } from "../domain/ProjectDocument.ts"
import type { RunEvent } from "../domain/RunDocuments.ts"
import type { Telling } from "./ErrorText.ts"
import { inputPaths } from "./InputPath.ts"
import { LiveRegion } from "./LiveRegion.ts"
import { ndjsonLines } from "./Ndjson.ts"
import { logLines, plainLines } from "./Plain.ts"
import { Progress } from "./Progress.ts"
import type { Style } from "../core/Style.ts"
import type { TerminalShape } from "./Terminal.ts"
import { Tree } from "./Tree.ts"

export interface ConsoleOptions extends Telling {
  readonly tasks: ReadonlyArray<Pick<ProjectTask, "task" | "target" | "inputs">>
  readonly json: boolean
  readonly quiet: boolean
  /** Colours of stderr; `style` is that of stdout. */
  readonly errorStyle: Style
}

export interface Console {
  readonly tell: (event: RunEvent) => void
  /** Draws what runs now, if there is a terminal; cheap when nothing moved. */
  readonly tick: () => void
  /** Prints what is left and takes the live region away. */
  readonly close: () => void
}

/** Cells of a result line whose right end is used. */
const Width = 100

const joined = (lines: ReadonlyArray<string>): string => lines.map((line) => `${line}\n`).join("")

export const openConsole = (terminal: TerminalShape, options: ConsoleOptions): Console => {
  const { stdout, stderr } = terminal
  const tree = options.json
    ? undefined
    : new Tree({
        ...options,
        order: stdout.isTTY ? "completion" : "project",
        width: stdout.isTTY ? Math.min(Width, stdout.columns() - 1) : Width
      })
  const live = stderr.isTTY && !options.quiet && terminal.environment["TERM"] !== "dumb"
  const progress = new Progress()
  const region = new LiveRegion(stderr.write)
  const plain = { style: options.errorStyle, verbose: options.verbose }
  const release = terminal.atExit(() => region.clear())
  const draw = (): void => {
    if (live) region.draw(progress.lines(terminal.now(), stderr.columns() - 1, stderr.rows()))
  }
  const print = (channel: TerminalShape["stdout"], lines: ReadonlyArray<string>): void => {
    if (lines.length === 0) return
    if (channel.isTTY) region.clear()
    channel.write(joined(lines))
  }
  const withPaths = inputPaths(options.tasks)
  return {
    tell: (told) => {
      const event = tree !== undefined && told.event === "task-finished" ? withPaths(told) : told
      progress.tell(event, terminal.now())
      if (event.event === "run-finished") region.clear()
      print(stdout, tree === undefined ? ndjsonLines(event, stdout.pending(), terminal.signal()) : tree.tell(event))
      if (!options.quiet) print(stderr, live ? logLines(event, plain) : plainLines(event, plain))
    },
    tick: draw,
    close: () => {
      region.clear()
      release()
      if (tree !== undefined) print(stdout, tree.close())
    }
  }
}
