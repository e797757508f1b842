/** What a run in which nothing was stale printed, apart from time and width: for the fast path to print again. */
import { colourStyle, plainStyle, type Style } from "../core/Style.ts"
import type { RunEvent, TaskFinished } from "../domain/RunDocuments.ts"
import { type Header, tasksOf, type Told } from "../fast/Columns.ts"
import { freshText, headText, Tree } from "./Tree.ts"

type RunStarted = Extract<RunEvent, { event: "run-started" }>

/** `header.told` are tasks that are fresh and told all the same, with all others of their targets, in the project's order. */
export const toldOf = (started: RunStarted, header: Pick<Header, "told" | "tasks" | "fanned" | "targets">, folder: string): Told => {
  // the engine's own events, just put there
  const events = header.told.map(([, , event]) => event as TaskFinished)
  const bodyOf = (style: Style): string => {
    const tree = new Tree({ tasks: events, style, folder, order: "project", width: 100, quiet: false, verbose: false })
    const lines = [started, ...events].flatMap((event) => tree.tell(event))
    const rest = tree.close()
    return [...lines, ...rest].map((line) => `${line}\n`).join("")
  }
  const inner = (body: string): string => body.slice(body.indexOf("\n") + 1)
  const plain = bodyOf(plainStyle)
  return {
    // the first line is the head wherever there is anything more to tell
    head: plain === "" ? null : headText(started),
    body: { plain: inner(plain), colour: inner(bodyOf(colourStyle)) },
    last: freshText(tasksOf(header))
  }
}
