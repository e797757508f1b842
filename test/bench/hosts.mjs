/**
 * `node test/bench/hosts.mjs [--checks N]`: what a host costs until it is ready (CPU, with and without compiled code at hand), a round
 * trip, and N trivial checks on two hosts, all through the process layer. Asserts nothing: a shared machine's times are not to be trusted alone.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Effect } from "effect"
import { layer } from "../../src/host/Process.ts"
import { Host } from "../../src/ports/Host.ts"

const { values } = parseArgs({ options: { checks: { type: "string", default: "6000" } } })
const repository = join(import.meta.dirname, "..", "..")
const root = mkdtempSync(join(tmpdir(), "bench-hosts-"))
const config = join(root, "atlas.config.ts")
mkdirSync(join(root, "node_modules"))
mkdirSync(join(root, ".atlas"))
symlinkSync(repository, join(root, "node_modules", "atlas-run"))
symlinkSync(join(repository, "node_modules", "effect"), join(root, "node_modules", "effect"))
writeFileSync(
  config,
  `import { Effect, Schema } from "effect"
import { project } from "atlas-run"
import { Check, Stage } from "atlas-run/plugin"
class Cost extends Stage("cost")({
  target: Schema.Struct({}), needs: [], options: Schema.Struct({}), inputs: () => ({}), outputs: { cpu: "value", resident: "value" }, errors: [], findings: {},
  run: () => Effect.sync(() => {
    const { user, system } = process.cpuUsage()
    return { cpu: String((user + system) / 1000), resident: String(process.memoryUsage.rss() / 1024 ** 2) }
  })
}) {}
class Trivial extends Check("trivial")({
  on: Cost, options: Schema.Struct({}), errors: [], findings: { odd: { severity: "warning", hint: "" } }, run: () => Effect.void
}) {}
export default project({ name: "bench", stages: [Cost], checks: [Trivial], targets: (target) => [target({}, { id: "a" })] })
`
)

const task = (definition, outputs) => ({
  atlas: "task/1",
  run: "bench",
  task: definition === "cost" ? "a:cost" : "a:cost:trivial",
  target: "a",
  definition,
  root,
  config,
  subject: {},
  labels: {},
  options: {},
  needs: definition === "cost" ? [] : [{ name: "subject", task: "a:cost", outputs: [] }],
  roots: {},
  inputs: [],
  outputs: outputs.map((name) => ({ name, kind: "value", path: "" })),
  scratch: join(root, "scratch", definition),
  environment: {},
  memoryMiB: 2048,
  cell: null
})
const cost = task("cost", ["cpu", "resident"])
const trivial = task("trivial", [])
const hosts = (jobs) => layer({ config, entry: join(repository, "src", "host", "main.ts"), jobs })
const execute = (document) => Effect.flatMap(Host, (host) => host.execute(document, () => {}))
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
const ms = async (work) => {
  const began = performance.now()
  const result = await work()
  return { ms: performance.now() - began, result }
}
const run = (effect, jobs) => Effect.runPromise(Effect.provide(effect, hosts(jobs)))

try {
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? "?"} · Node ${process.versions.node}`)
  for (const [name, rounds] of [
    ["first", 1],
    ["later", 5]
  ]) {
    const started = []
    for (let n = 0; n < rounds; n++) started.push(await ms(() => run(execute(cost), 1)))
    const cpu = median(started.map(({ result }) => Number(result.values.cpu)))
    const resident = median(started.map(({ result }) => Number(result.values.resident)))
    console.log(
      `a host until its first task runs (${name}): ${cpu.toFixed(0)} ms CPU, ${median(started.map((one) => one.ms)).toFixed(0)} ms with its end, ${resident.toFixed(0)} MiB resident`
    )
  }
  const trips = await run(
    Effect.gen(function* () {
      yield* execute(trivial)
      const times = []
      for (let n = 0; n < 500; n++) {
        const began = performance.now()
        yield* execute(trivial)
        times.push(performance.now() - began)
      }
      return times
    }),
    1
  )
  console.log(`a round trip: ${median(trips).toFixed(2)} ms (median of ${trips.length})`)
  const checks = Number(values.checks)
  const all = await ms(() =>
    run(
      Effect.forEach(Array.from({ length: checks }), () => execute(trivial), { concurrency: 2, discard: true }),
      2
    )
  )
  console.log(
    `${checks.toLocaleString("en")} trivial checks on 2 hosts, their start included: ${(all.ms / 1000).toFixed(2)} s; engine ${(process.memoryUsage.rss() / 1024 ** 2).toFixed(0)} MiB resident`
  )
} finally {
  rmSync(root, { recursive: true, force: true })
}
