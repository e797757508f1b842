/**
 * `npm run bench [-- --targets N --rounds R]`: no-op and one-changed beside ninja and make, interleaved in one run.
 * Prints medians (ms) and ratios to ninja; asserts nothing, since a shared machine's times are not to be trusted alone.
 */
import { spawnSync } from "node:child_process"
import { appendFileSync, mkdtempSync, rmSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { stages, writeAtlas, writeInputs, writeMake, writeNinja } from "./workload.mjs"

const { values } = parseArgs({ options: { targets: { type: "string", default: "1000" }, rounds: { type: "string", default: "5" } } })
const targets = Number(values.targets)
const rounds = Number(values.rounds)
const repository = join(import.meta.dirname, "..", "..")
const found = (tool) => spawnSync(tool, ["--version"], { encoding: "utf8" })

const tools = [
  {
    name: "atlas-run",
    version: process.versions.node,
    write: (root) => writeAtlas(root, targets, repository),
    argv: [process.execPath, join(repository, "dist", "bin.mjs"), "run", "--quiet"]
  },
  { name: "ninja", write: (root) => writeNinja(root, targets), argv: ["ninja", "-j2", "--quiet"] },
  { name: "make", write: (root) => writeMake(root, targets), argv: ["make", "-j2", "-s"] }
].filter((tool) => tool.name === "atlas-run" || found(tool.argv[0]).status === 0)

const timed = (tool) => {
  const began = process.hrtime.bigint()
  const { status, stderr } = spawnSync(tool.argv[0], tool.argv.slice(1), { cwd: tool.root, encoding: "utf8", maxBuffer: 1 << 28 })
  const ms = Number(process.hrtime.bigint() - began) / 1e6
  if (status !== 0) throw new Error(`${tool.name} ended with ${status}: ${stderr.slice(-2000)}`)
  return ms
}
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]

for (const tool of tools) {
  tool.root = mkdtempSync(join(tmpdir(), `bench-${tool.name}-`))
  writeInputs(tool.root, targets)
  tool.write(tool.root)
}
try {
  const figures = new Map(tools.map((tool) => [tool.name, { cold: [timed(tool)], noop: [], one: [] }]))
  for (let round = 0; round < rounds; round++)
    for (const tool of tools) {
      figures.get(tool.name).noop.push(timed(tool))
      appendFileSync(join(tool.root, "data", `${(round * 37) % targets}.txt`), `changed ${round}\n`)
      figures.get(tool.name).one.push(timed(tool))
    }
  console.log(
    `${targets.toLocaleString("en")} targets × ${stages.length} command stages · medians of ${rounds}, interleaved · ${cpus().length} × ${cpus()[0]?.model ?? "?"} · Node ${process.versions.node}`
  )
  const base = figures.get("ninja")
  const row = (cells) => console.log(cells.map((cell, at) => (at === 0 ? String(cell).padEnd(12) : String(cell).padStart(12))).join(""))
  row(["", "cold ms", "no-op ms", "/ ninja", "one ms", "/ ninja"])
  for (const [name, { cold, noop, one }] of figures) {
    const ratio = (mine, theirs) => (base === undefined ? "-" : (median(mine) / median(theirs)).toFixed(2))
    row([
      name,
      cold[0].toFixed(0),
      median(noop).toFixed(1),
      ratio(noop, base?.noop ?? []),
      median(one).toFixed(1),
      ratio(one, base?.one ?? [])
    ])
  }
} finally {
  for (const tool of tools) rmSync(tool.root, { recursive: true, force: true })
}
