import { Effect } from "effect"
import { CommandLineInvalid } from "../domain/EngineErrors.ts"
import type { GraphDocument } from "../domain/ViewDocuments.ts"
import { dotLines } from "../report/GraphDot.ts"
import { mermaidLines } from "../report/GraphMermaid.ts"
import { graphLines } from "../report/GraphText.ts"
import { answer } from "./Answer.ts"
import { type Call, command, selectors } from "./Command.ts"
import { type Flags, oneOf } from "./Flag.ts"
import { now } from "./Plan.ts"
import { openProject } from "./Projects.ts"

const formats = ["text", "mermaid", "dot", "json"] as const

const linesOf = <F extends Flags>(graph: GraphDocument, format: (typeof formats)[number], { style }: Call<F>): ReadonlyArray<string> => {
  if (format === "mermaid") return mermaidLines(graph)
  return format === "dot" ? dotLines(graph) : graphLines(graph, { style })
}

export const Graph = command({
  name: "graph",
  summary: "the tasks, what they need and what gates them, and how each stands",
  detail: [
    "Shows what is selected and all that it needs. Needs are solid lines, gates dashed ones; colours are decisions and verdicts as plan gives them."
  ],
  words: selectors,
  flags: { format: oneOf(formats, "text for people, mermaid for Markdown pages, dot for Graphviz, json for programs"), now },
  examples: [
    { line: "atlas-run graph", does: "a forest a target" },
    { line: "atlas-run graph --format mermaid :publish", does: "a chart for a Markdown page, up to publish" },
    { line: "atlas-run graph --format dot | dot -Tsvg -o graph.svg", does: "a picture" }
  ],
  run: (call) =>
    Effect.gen(function* () {
      const { format, now } = call.flags
      const { json, config } = call.globals
      if (json && (format === "mermaid" || format === "dot"))
        return yield* new CommandLineInvalid({ message: `--json and --format ${format} ask for different things` })
      const session = yield* openProject(config)
      const graph = yield* session.graph({ select: call.words, ...(now === undefined ? {} : { now }) })
      yield* answer(json || format === "json", graph, () => linesOf(graph, format, call))
      return 0
    })
})
