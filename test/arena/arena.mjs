/**
 * `npm run arena [-- TOOL…] [-- --only s02,s04] [-- --write]`: the twenty plain scenarios, atlas-run beside its peers. Peers are installed
 * into a folder of their own (ATLAS_ARENA); one that cannot be had is told as such. --write makes docs/reference/arena.md, of this run's
 * tools and of those that were measured whole before, in that folder.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { install } from "./install.mjs"
import { cell, match } from "./match.mjs"
import { page } from "./page.mjs"
import { repository } from "./places.mjs"
import { keep, kept } from "./results.mjs"
import { tools } from "./tools.mjs"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string" }, write: { type: "boolean", default: false } }
})
const wanted = values.only?.split(",") ?? null
const chosen = tools.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
if (chosen.length === 0) {
  console.error(`no such tool: ${positionals.join(", ")}; there are ${tools.map(({ name }) => name).join(", ")}`)
  process.exit(2)
}

const date = new Date().toISOString().slice(0, 10)
const measure = async (tool) => {
  const missing = install(tool)
  if (missing !== null) return { tool, problem: `not installed: ${missing}` }
  const { problem, outcomes } = await match(tool, wanted, (id, outcome) => console.log(`${tool.name} ${id} ${cell(outcome)}`))
  return problem === undefined ? { tool, version: tool.version(), date, outcomes } : { tool, problem }
}

const entries = []
for (const tool of chosen) {
  const entry = await measure(tool)
  if (entry.problem !== undefined) console.log(`${tool.name}: ${entry.problem}`)
  else if (wanted === null) keep(entry)
  entries.push(entry)
}
if (values.write) {
  const known = tools.map((tool) => entries.find((entry) => entry.tool === tool) ?? kept(tool)).filter((entry) => entry !== null)
  writeFileSync(join(repository, "docs", "reference", "arena.md"), page(known, date))
}
console.log(`\n${page(entries, date)}`)
const us = entries.find(({ tool }) => tool.name === "atlas-run")
const bad = us?.outcomes === undefined ? 0 : [...us.outcomes.values()].filter((outcome) => outcome !== null && !outcome.ok).length
process.exit(bad === 0 ? 0 : 1)
