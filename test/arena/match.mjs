/** One tool through the scenarios. */
import { setTimeout as later } from "node:timers/promises"
import { Field } from "./field.mjs"
import { rounds } from "./rounds.mjs"

/** Null where a first build does not work: then nothing can be said of the tool. */
const readyField = async (tool) => {
  const field = new Field(tool)
  const { rc, ran, said } = await field.run()
  if (rc === 0 && ran === "AB" && field.isRight) return { field, problem: null }
  field.close()
  return { field: null, problem: `a first build ended with ${rc}, ran "${ran}": ${said.trim().split("\n").slice(-4).join(" / ")}` }
}

/** Outcomes by scenario: `{ ok, ran, rc }`, or null where the scenario means nothing to the tool. */
export const match = async (tool, wanted, tell) => {
  const outcomes = new Map()
  for (const [id, , play] of rounds) {
    if (wanted !== null && !wanted.includes(id)) continue
    const { field, problem } = await readyField(tool).catch((error) => ({ field: null, problem: `cannot be set up: ${error.message}` }))
    if (problem !== null) return { problem }
    try {
      await later(tool.quietMs ?? 0)
      const outcome = await play(field)
      outcomes.set(id, outcome)
      tell(id, outcome)
    } finally {
      field.close()
    }
  }
  return { outcomes }
}

export const cell = (outcome) => {
  if (outcome === undefined || outcome === null) return "–"
  const { ok, ran, rc } = outcome
  return `${ok ? "✔" : "✘"}${ran}${rc === 0 || rc === undefined ? "" : ` (${rc})`}`
}
