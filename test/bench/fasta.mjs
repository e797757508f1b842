/**
 * `node test/bench/fasta.mjs [--megabytes 300 --rounds 5]`: a scan of a made-up FASTA with all its digests (sha256 of the file; MD5 and refget
 * of every sequence; seqcol) beside `sha256sum` of the same file, each as a process of its own, interleaved. Prints medians of wall and CPU
 * seconds and their ratios, of the scan also without the start of its process; asserts nothing, since a shared machine's times are not to be trusted alone.
 */
import { spawnSync } from "node:child_process"
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"

const { values } = parseArgs({
  options: { megabytes: { type: "string", default: "300" }, rounds: { type: "string", default: "5" }, scan: { type: "string" } }
})

/** Lines of 60 bases in either case, a new sequence every 48 blocks. */
const write = (path, bytes) => {
  const block = Buffer.alloc(61 * 17_000)
  const file = openSync(path, "w")
  for (let written = 0, made = 0; written < bytes; written += block.length, made++) {
    if (made % 48 === 0) writeSync(file, `>chr${made / 48 + 1}\n`)
    for (let i = 0, x = made + 1; i < block.length; i++) {
      x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0
      block[i] = i % 61 === 60 ? 10 : "ACGTacgt".charCodeAt(x >>> 29)
    }
    writeSync(file, block)
  }
  closeSync(file)
}

/** Wall and CPU seconds of one process. */
const timed = (argv) => {
  const began = performance.now()
  const { status, stderr, stdout } = spawnSync("/usr/bin/env", ["bash", "-c", 'time "$@"', "bash", ...argv], { encoding: "utf8" })
  const wall = (performance.now() - began) / 1000
  if (status !== 0) throw new Error(`${argv.join(" ")} ended with ${status}: ${stderr}`)
  const of = (name) => {
    const [, minutes, seconds] = new RegExp(`^${name}\\s+(\\d+)m([\\d.]+)s`, "m").exec(stderr) ?? []
    return Number(minutes) * 60 + Number(seconds)
  }
  return { wall, cpu: of("user") + of("sys"), stdout }
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]

const bench = () => {
  const folder = mkdtempSync(join(tmpdir(), "atlas-bench-fasta-"))
  try {
    const fasta = join(folder, "genome.fa")
    write(fasta, Number(values.megabytes) * 1e6)
    const runs = { sha256sum: ["sha256sum", fasta], "scan with all digests": [process.execPath, import.meta.filename, "--scan", fasta] }
    const times = Object.fromEntries([...Object.keys(runs), "the scan alone"].map((name) => [name, []]))
    for (let round = 0; round < Number(values.rounds); round++)
      for (const [name, argv] of Object.entries(runs)) {
        const time = timed(argv)
        times[name].push(time)
        if (name !== "sha256sum") times["the scan alone"].push(JSON.parse(time.stdout))
      }
    const [base] = Object.values(times).map((list) => ({
      wall: median(list.map(({ wall }) => wall)),
      cpu: median(list.map(({ cpu }) => cpu))
    }))
    for (const [name, list] of Object.entries(times)) {
      const [wall, cpu] = [median(list.map((time) => time.wall)), median(list.map((time) => time.cpu))]
      console.log(
        `${name.padEnd(24)} ${wall.toFixed(2)} s wall (${(wall / base.wall).toFixed(2)} x)  ${cpu.toFixed(2)} s CPU (${(cpu / base.cpu).toFixed(2)} x)`
      )
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (values.scan === undefined) bench()
else {
  const [{ Effect }, { scanFasta }] = await Promise.all([import("effect"), import("../../plugins/atlas/format/fasta/read.ts")])
  const [began, before] = [performance.now(), process.cpuUsage()]
  await Effect.runPromise(scanFasta(values.scan))
  const { user, system } = process.cpuUsage(before)
  console.log(JSON.stringify({ wall: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 }))
}
