/** `npm test`: types, lint, format, then every test. Ends with vitest's summary and a line `N passed, N failed`. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const root = join(import.meta.dirname, "..")
if (Number(process.versions.node.split(".")[0]) < 24) {
  console.error(`the tests need Node 24 or newer, this is ${process.versions.node}: run them with npm test after npm ci`)
  process.exit(2)
}

const bin = (path) => join(root, "node_modules", path)
const sources = ["src", "plugins", "test", "atlas.config.ts", "vitest.config.ts", "rolldown.config.mjs"]
const steps = [
  ["types", ["node_modules/typescript/bin/tsc", "--noEmit"]],
  ["lint", ["node_modules/oxlint/bin/oxlint", "--deny-warnings", ...sources]],
  ["format", ["node_modules/oxfmt/bin/oxfmt", "--check", ...sources]]
]

let passed = 0
let failed = 0
for (const [name, [script, ...args]] of steps) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, encoding: "utf8" })
  const good = status === 0
  console.log(`${good ? "✓" : "✗"} ${name}`)
  if (!good) console.log(stdout + stderr)
  if (good) passed++
  else failed++
}

const folder = mkdtempSync(join(tmpdir(), "atlas-tests-"))
const report = join(folder, "report.json")
const { status } = spawnSync(
  process.execPath,
  [bin("vitest/vitest.mjs"), "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit" }
)
try {
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, "utf8"))
  passed += numPassedTests
  // a file that does not load runs no test: it counts all the same
  failed += Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0)
} catch {
  failed++
}
rmSync(folder, { recursive: true, force: true })
if (status !== 0 && failed === 0) failed++
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
