/** What was measured of whole tools, kept beside the peers, so that one tool can be measured again without the others. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { folder } from "./places.mjs"

const path = join(folder, "results.json")

const read = () => {
  try {
    return JSON.parse(readFileSync(path, "utf8"))
  } catch {
    return {}
  }
}

/** `{ tool, version, date, outcomes }` of a tool, or null. */
export const kept = (tool) => {
  const found = read()[tool.name]
  return found === undefined ? null : { tool, version: found.version, date: found.date, outcomes: new Map(found.outcomes) }
}

export const keep = ({ tool, version, date, outcomes }) => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, `${JSON.stringify({ ...read(), [tool.name]: { version, date, outcomes: [...outcomes] } })}\n`)
}
