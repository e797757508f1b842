/**
 * `npm run bench [-- --targets N --rounds R --datasets D]`: no-op, plan and one-changed beside ninja and make, interleaved in one run;
 * memory of the engine's process; the sample project's no-op beside a bare Node; D datasets through their whole life beside as many
 * command stages; hosts. Prints medians (ms) and ratios; asserts nothing, since a shared machine's times are not to be trusted alone.
 * `--write` keeps what it printed as docs/reference/speed.md.
 */
import { spawnSync } from "node:child_process"
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { stages, writeAtlas, writeInputs, writeMake, writeNinja } from "./workload.mjs"

const { values } = parseArgs({
  options: {
    targets: { type: "string", default: "1000" },
    rounds: { type: "string", default: "5" },
    datasets: { type: "string", default: "100" },
    hosts: { type: "boolean", default: true },
    write: { type: "boolean", default: false }
  },
  allowNegative: true
})
const targets = Number(values.targets)
const rounds = Number(values.rounds)
const repository = join(import.meta.dirname, "..", "..")
const program = join(repository, "dist", "bin.mjs")
const peakFile = join(mkdtempSync(join(tmpdir(), "bench-peak-")), "mib")
const atlas = [process.execPath, program, "run", "--quiet"]
const measured = [process.execPath, "--import", join(import.meta.dirname, "peak.mjs"), program, "run", "--quiet"]
const planning = [process.execPath, program, "plan"]
const found = (tool) => spawnSync(tool, ["--version"], { encoding: "utf8" })

const tools = [
  { name: "atlas-run", write: (root) => writeAtlas(root, targets, repository), argv: atlas },
  { name: "ninja", write: (root) => writeNinja(root, targets), argv: ["ninja", "-j2", "--quiet"] },
  { name: "make", write: (root) => writeMake(root, targets), argv: ["make", "-j2", "-s"] }
].filter((tool) => tool.name === "atlas-run" || found(tool.argv[0]).status === 0)

const timed = (argv, cwd) => {
  const began = process.hrtime.bigint()
  const { status, stderr } = spawnSync(argv[0], argv.slice(1), {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, BENCH_PEAK: peakFile }
  })
  const ms = Number(process.hrtime.bigint() - began) / 1e6
  if (status !== 0) throw new Error(`${argv.join(" ")} ended with ${status}: ${stderr.slice(-2000)}`)
  return ms
}
const peakOf = (cwd) => {
  timed(measured, cwd)
  return Number(readFileSync(peakFile, "utf8")).toFixed(0)
}
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
const printed = []
const say = (line) => {
  console.log(line)
  printed.push(line)
}
const row = (cells) => say(cells.map((cell, at) => (at === 0 ? String(cell).padEnd(28) : String(cell).padStart(12))).join(""))

for (const tool of tools) {
  tool.root = mkdtempSync(join(tmpdir(), `bench-${tool.name}-`))
  writeInputs(tool.root, targets)
  tool.write(tool.root)
}
const change = ({ root }, n) => appendFileSync(join(root, "data", `${n % targets}.txt`), `changed ${n}\n`)
try {
  const [ours] = tools
  const memory = { cold: peakOf(ours.root) }
  const figures = new Map(tools.map((tool) => [tool.name, { cold: [], noop: [], one: [] }]))
  for (const tool of tools) if (tool !== ours) figures.get(tool.name).cold.push(timed(tool.argv, tool.root))
  // once more from nothing, so that what was measured for memory is not what is timed
  for (const left of [".atlas", "out"]) rmSync(join(ours.root, left), { recursive: true, force: true })
  figures.get(ours.name).cold.push(timed(ours.argv, ours.root))
  const plans = []
  for (let round = 0; round < rounds; round++)
    for (const tool of tools) {
      const { noop, one } = figures.get(tool.name)
      noop.push(timed(tool.argv, tool.root))
      if (tool === ours) plans.push(timed(planning, tool.root))
      change(tool, round * 37)
      one.push(timed(tool.argv, tool.root))
    }
  say(
    `${targets.toLocaleString("en")} targets × ${stages.length} command stages · medians of ${rounds}, interleaved · ${cpus().length} × ${cpus()[0]?.model ?? "?"} · Node ${process.versions.node} · ninja ${found("ninja").stdout?.trim() ?? "absent"}`
  )
  const base = figures.get("ninja")
  const ratio = (mine, theirs) => (base === undefined ? "-" : `${(median(mine) / median(theirs)).toFixed(2)}×`)
  row(["", "cold ms", "/ ninja", "no-op ms", "/ ninja", "one ms", "/ ninja"])
  for (const [name, { cold, noop, one }] of figures)
    row([
      name,
      ...[cold, noop, one].flatMap((mine, at) => [median(mine).toFixed(1), ratio(mine, base?.[["cold", "noop", "one"][at]] ?? [])])
    ])
  row([
    "plan of what is fresh",
    `${median(plans).toFixed(1)} ms`,
    `${(median(plans) / median(figures.get(ours.name).noop)).toFixed(2)}× no-op`
  ])
  memory["no-op"] = peakOf(ours.root)
  change(ours, 11)
  memory["one changed"] = peakOf(ours.root)
  for (const [what, mib] of Object.entries(memory)) row([`engine's memory, ${what}`, `${mib} MiB`])
} finally {
  for (const tool of tools) rmSync(tool.root, { recursive: true, force: true })
}

const sample = mkdtempSync(join(tmpdir(), "bench-sample-"))
try {
  for (const path of ["atlas.config.ts", "data", "package.json", "plugins", "src"])
    cpSync(join(repository, path), join(sample, path), { recursive: true })
  mkdirSync(join(sample, "node_modules"))
  symlinkSync(join(repository, "node_modules", "effect"), join(sample, "node_modules", "effect"))
  symlinkSync(join(repository, "node_modules", "tar"), join(sample, "node_modules", "tar"))
  const cold = timed(atlas, sample)
  // the store changed in that run: this one looks at it once more, the next need not
  timed(atlas, sample)
  const noop = []
  const bare = []
  for (let round = 0; round < rounds; round++) {
    bare.push(timed([process.execPath, "-e", "0"], sample))
    noop.push(timed(atlas, sample))
  }
  row(["", "cold ms", "no-op ms", "/ node -e 0"])
  row(["sample project", cold.toFixed(0), median(noop).toFixed(1), `${(median(noop) / median(bare)).toFixed(2)}×`])
} finally {
  rmSync(sample, { recursive: true, force: true })
}

/** Another bench, whose lines belong to ours. */
const also = (file, ...words) => {
  const { stdout } = spawnSync(process.execPath, [join(import.meta.dirname, file), ...words], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"]
  })
  for (const line of ["", ...stdout.trimEnd().split("\n")]) say(line)
}
if (Number(values.datasets) > 0) also("datasets.mjs", "--datasets", values.datasets, "--rounds", values.rounds)
if (values.hosts) also("hosts.mjs")
if (values.write)
  writeFileSync(
    join(repository, "docs", "reference", "speed.md"),
    `# Speed

Made by \`npm run bench -- ${process.argv.slice(2).join(" ")}\` on ${new Date().toISOString().slice(0, 10)}. Ratios of one run on one machine; \`/ ninja\` and the like are medians beside each other in it. What is aimed at, and what is missed, is said in the [README](../../README.md#not-there-yet).

\`\`\`text
${printed.join("\n")}
\`\`\`
`
  )
