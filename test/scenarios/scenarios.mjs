/**
 * `npm run scenarios [-- WORD…]`: runs the tests that show a scenario, those alone in whose path a word stands if there are any, and
 * prints a line for each of the 150, with its outcome. Exit 1 if one failed.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { scenarios } from "./list.ts"
import { claimedBy, testsOf } from "./names.ts"

const root = join(import.meta.dirname, "..", "..")
const files = [...new Set([...testsOf().values()].flat())].filter((path) => path.endsWith(".test.ts"))
const words = process.argv.slice(2)
const chosen = files.filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
const folder = mkdtempSync(join(tmpdir(), "atlas-scenarios-"))
const report = join(folder, "report.json")
spawnSync(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    ...chosen,
    "-t",
    "(^| )\\d{1,3}((, |–)\\d{1,3})*: ",
    "--reporter=json",
    `--outputFile=${report}`
  ],
  { cwd: root, stdio: ["ignore", "ignore", "inherit"] }
)
const outcomes = new Map()
for (const { assertionResults } of JSON.parse(readFileSync(report, "utf8")).testResults)
  for (const { ancestorTitles, title, status } of assertionResults)
    for (const name of [...ancestorTitles, title])
      for (const number of claimedBy(`it(${JSON.stringify(name)})`)) outcomes.set(number, [...(outcomes.get(number) ?? []), status])
rmSync(folder, { recursive: true, force: true })

const outcomeOf = ({ number, outOfReach, lacking }) => {
  const seen = outcomes.get(number) ?? []
  if (seen.includes("failed")) return "FAILED"
  if (outOfReach !== undefined) return `out of reach: ${outOfReach}`
  if (lacking !== undefined) return `lacking: ${lacking}`
  return seen.includes("passed") ? "passed" : seen.length > 0 ? "skipped on this machine" : words.length === 0 ? "no test yet" : "not run"
}
const lines = scenarios.map((one) => [one, outcomeOf(one)])
for (const [{ number, says }, outcome] of lines) console.log(`${String(number).padStart(3)}  ${outcome}  ${says}`)
const count = (start) => lines.filter(([, outcome]) => outcome.startsWith(start)).length
console.log(
  `${count("passed")} passed, ${count("FAILED")} failed, ${count("skipped")} skipped, ${count("out of reach")} out of reach, ${count("lacking")} lacking, ${count("no test")} without a test`
)
process.exit(count("FAILED") === 0 ? 0 : 1)
