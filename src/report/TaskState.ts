/** How a task stands, in one word: its decision, or its verdict where that says more. The same words and colours in every form of graph. */
import type { Verdict } from "../domain/Finding.ts"
import type { Decision } from "../domain/RunDocuments.ts"
import type { Style } from "../core/Style.ts"
import type { Mark } from "./Mark.ts"

export type TaskState = Decision | "warned" | "waived" | "failed"

/** In the order of legends. */
export const taskStates: ReadonlyArray<TaskState> = [
  "fresh",
  "warned",
  "waived",
  "stale",
  "pending",
  "held",
  "blocked",
  "drifted",
  "failed"
]

export const taskState = ({ decision, verdict }: { readonly decision: Decision; readonly verdict: Verdict | null }): TaskState => {
  if (verdict === "failed") return "failed"
  return decision === "fresh" && (verdict === "warned" || verdict === "waived") ? verdict : decision
}

/** `#rrggbb`; text on fill has a contrast above 7. */
export const stateColours: Readonly<Record<TaskState, { readonly fill: string; readonly line: string; readonly text: string }>> = {
  fresh: { fill: "#d8f0dc", line: "#2e7d46", text: "#0f3d1e" },
  warned: { fill: "#fff0c2", line: "#a87800", text: "#4a3500" },
  waived: { fill: "#f3ead0", line: "#8a7430", text: "#433714" },
  stale: { fill: "#ffe3c7", line: "#c26400", text: "#532a00" },
  pending: { fill: "#d5ecf7", line: "#1f7a9e", text: "#0b3546" },
  held: { fill: "#e6e6e6", line: "#737373", text: "#333333" },
  blocked: { fill: "#fbdcdc", line: "#b23b3b", text: "#571414" },
  drifted: { fill: "#f6d7ef", line: "#9c2f86", text: "#4d1041" },
  failed: { fill: "#f7c6c6", line: "#a01515", text: "#4d0505" }
}

export const stateMark = (state: TaskState): Mark => {
  switch (state) {
    case "fresh":
      return "✓"
    case "warned":
    case "waived":
      return "⚠"
    case "stale":
    case "pending":
    case "held":
      return "∙"
    case "blocked":
    case "drifted":
    case "failed":
      return "✗"
  }
}

export const paintState = (state: TaskState, text: string, style: Style): string => {
  switch (state) {
    case "fresh":
      return style.green(text)
    case "stale":
    case "warned":
    case "waived":
      return style.yellow(text)
    case "pending":
      return style.cyan(text)
    case "blocked":
    case "drifted":
    case "failed":
      return style.red(text)
    case "held":
      return style.dim(text)
  }
}
