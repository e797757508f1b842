/** One line a target: how it stands, and what its last run came to. */
import { oneLine } from "../core/Excerpt.ts"
import type { StatusDocument } from "../domain/RunDocuments.ts"
import { columns } from "../core/Layout.ts"
import { countsText } from "./PlanText.ts"
import { counted } from "../core/Quantity.ts"
import type { Style } from "../core/Style.ts"

type State = StatusDocument["targets"][number]["state"]

const paintState = (state: State, text: string, style: Style): string => {
  switch (state) {
    case "fresh":
      return style.green(text)
    case "stale":
    case "waived":
      return style.yellow(text)
    case "failed":
    case "drifted":
      return style.red(text)
  }
}

const marks: Record<State, string> = { fresh: "✓", stale: "∙", waived: "⚠", failed: "✗", drifted: "✗" }

/** `quiet`: only what failed or drifted. */
export const statusLines = (
  status: StatusDocument,
  { style, quiet }: { readonly style: Style; readonly quiet: boolean }
): ReadonlyArray<string> => {
  const told = status.targets.filter(({ state }) => !quiet || state === "failed" || state === "drifted")
  const rows = columns(
    told.map(({ target, state, tasks, lastRun }) => [
      oneLine(target),
      state,
      countsText(tasks),
      lastRun === null ? "never run" : `last run ${oneLine(lastRun.at)} ${oneLine(lastRun.outcome)}`
    ])
  )
  const lines = rows.map((row, i) => {
    const state = (told[i] as (typeof told)[number]).state
    return `  ${paintState(state, marks[state], style)} ${row}`
  })
  if (quiet) return lines
  return [
    style.bold(`${oneLine(status.project)} · ${counted(status.targets.length, "target")}`),
    ...lines,
    countsText(status.counts)
  ].filter((line) => line !== "")
}
