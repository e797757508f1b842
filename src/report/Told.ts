/** What a run in which nothing was stale printed, apart from time and width: for the fast path to print again. */
import { colourStyle, plainStyle, type Style } from "../core/Style.ts"
import type { ProjectTask } from "../domain/ProjectDocument.ts"
import type { RunEvent } from "../domain/RunDocuments.ts"
import type { Told } from "../fast/Columns.ts"
import { freshText, headText, Tree } from "./Tree.ts"

const bodyOf = (
  events: ReadonlyArray<RunEvent>,
  tasks: ReadonlyArray<Pick<ProjectTask, "task" | "target">>,
  style: Style,
  folder: string
): ReadonlyArray<string> => {
  const tree = new Tree({ tasks, style, folder, order: "project", width: 100, quiet: false, verbose: false })
  return events.flatMap((event) => tree.tell(event))
}

/** `events` are those of one whole run: its start, each task's end, its end. */
export const toldOf = (
  events: ReadonlyArray<RunEvent>,
  tasks: ReadonlyArray<Pick<ProjectTask, "task" | "target">>,
  folder: string
): Told => {
  const started = events.find((event) => event.event === "run-started")
  const plain = bodyOf(events, tasks, plainStyle, folder)
  const colour = bodyOf(events, tasks, colourStyle, folder)
  // the first line is the head wherever there is more than the last one
  const inner = (lines: ReadonlyArray<string>) =>
    lines
      .slice(1, -1)
      .map((line) => `${line}\n`)
      .join("")
  return {
    head: started === undefined || plain.length < 2 ? null : headText(started),
    body: { plain: inner(plain), colour: inner(colour) },
    last: freshText(events.filter((event) => event.event === "task-finished").length)
  }
}
