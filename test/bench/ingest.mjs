/**
 * `npm run bench:dataset [-- --scales 0.1,0.3 --genome 0.1 --rounds 3]`: ingest, validate and deep verify of a made-up annotation of human size
 * (human-scale.mjs) beside gffread, genometools, samtools and sha256sum, interleaved in one run, and ingest of the same rows in random
 * order. Prints medians of wall and least CPU seconds, the greatest resident memory, and ratios of both to gffread; of the genome's scan with all digests (fasta.mjs) and of what deep verification hashes, the
 * ratios to sha256sum of the same bytes. Asserts nothing, since a shared machine's times are not to be trusted alone.
 */
import { spawnSync } from "node:child_process"
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { humanScale } from "./human-scale.mjs"

const { values } = parseArgs({
  options: {
    scales: { type: "string", default: "0.1,0.3" },
    genome: { type: "string", default: "0.1" },
    rounds: { type: "string", default: "3" },
    out: { type: "string" }
  }
})
const rounds = Number(values.rounds)
const program = join(import.meta.dirname, "..", "..", "dist", "atlas-dataset.mjs")
const time = "/usr/bin/time"
const has = (tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0
const timesMemory = spawnSync(time, ["-f", "%e", "true"]).status === 0

/** Wall and CPU seconds and MB of one run. Without GNU time only the wall. */
const run = (argv) => {
  const began = Date.now()
  const [command, ...rest] = timesMemory ? [time, "-f", "\n@%U %S %M", ...argv] : argv
  const { status, stderr, stdout } = spawnSync(command, rest, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] })
  const wall = (Date.now() - began) / 1000
  if (status !== 0) throw new Error(`${argv.join(" ")} ended with ${status}: ${stderr.slice(-2000)}`)
  const [, user, system, kilobytes] = /\n@([\d.]+) ([\d.]+) (\d+)\s*$/.exec(stderr) ?? []
  return { began, wall, cpu: Number(user) + Number(system), mb: Number(kilobytes) / 1024, stdout }
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
const shown = (n, digits = 2) => (Number.isFinite(n) ? n.toFixed(digits) : "-")
const row = (cells) => console.log(cells.map((cell, at) => (at === 0 ? String(cell).padEnd(34) : String(cell).padStart(11))).join(""))

const dataset = ["--release", "1", "--species", "homo_sapiens", "--assembly", "made_up"]
const folderOf = (root) => join(root, "release=1", "species=homo_sapiens", "assembly=made_up")

/**
 * When a file of the build root was written to its end, in seconds since the run began: so the program tells its own parts. The database is
 * filled in a thread while the evidence files are written, so what these take is what is left when the database is there.
 */
const parts = (root, began) => {
  const at = (path) => (statSync(join(folderOf(root), path)).mtimeMs - began) / 1000
  const [fasta, gff3, sqlite, lock] = [
    "inputs/genome.fa.bgz",
    "inputs/genes.gff3.bgz",
    "derived/gene_summary.sqlite",
    "derived/manifest.lock"
  ].map(at)
  return {
    "genome read, checked, copied": fasta,
    "GFF3 read, checked, copied": gff3 - fasta,
    "SQLite written": sqlite - gff3,
    "reading, checking and SQLite": sqlite - fasta,
    "evidence files behind them": lock - sqlite,
    "all of these": lock - fasta
  }
}

/** The same rows in another order, always the same one. The file may be longer than a string can be. */
const shuffle = (from, to) => {
  const bytes = readFileSync(from)
  const [head, rows] = [[], []]
  for (let start = 0, end = bytes.indexOf(10); end >= 0; start = end + 1, end = bytes.indexOf(10, start)) {
    const isComment = bytes[start] === 35
    if (!isComment) rows.push(start)
    else if (bytes.toString("latin1", start, end) !== "###") head.push(bytes.toString("latin1", start, end + 1))
  }
  let state = 20_260_701
  for (let i = rows.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const j = Math.floor((state / 2 ** 32) * (i + 1))
    ;[rows[i], rows[j]] = [rows[j], rows[i]]
  }
  writeFileSync(to, head.join(""))
  const atOnce = 100_000
  for (let i = 0; i < rows.length; i += atOnce)
    appendFileSync(
      to,
      rows
        .slice(i, i + atOnce)
        .map((start) => bytes.toString("latin1", start, bytes.indexOf(10, start) + 1))
        .join("")
    )
}

const measure = (scale, folder) => {
  const made = humanScale({ scale, genome: Number(values.genome), folder })
  const { gff3, fasta } = made
  const [root, other] = [join(folder, "root"), join(folder, "other")]
  const shuffled = join(folder, "shuffled.gff3")
  shuffle(gff3, shuffled)
  const ours = [process.execPath, program]
  const tools = [
    ["gffread", "gffread", ["gffread", gff3, "-o", join(folder, "out.gff3")]],
    ["gt gff3validator", "gt", ["gt", "gff3validator", gff3]],
    ["samtools faidx", "samtools", ["samtools", "faidx", fasta, "-o", join(folder, "out.fai")]],
    ["sha256sum GFF3 and genome", "sha256sum", ["sha256sum", gff3, fasta]],
    ["sha256sum genome", "sha256sum", ["sha256sum", fasta]],
    ["scan of the genome, all digests", "node", [process.execPath, join(import.meta.dirname, "fasta.mjs"), "--scan", fasta]],
    ["atlas-dataset ingest", "node", [...ours, "ingest", "--gff3", gff3, "--fasta", fasta, ...dataset, "--output-root", root]],
    ["  rows in random order", "node", [...ours, "ingest", "--gff3", shuffled, "--fasta", fasta, ...dataset, "--output-root", other]],
    ["atlas-dataset validate", "node", [...ours, "validate", "--root", root, ...dataset]],
    ["atlas-dataset verify --deep", "node", [...ours, "verify", "--deep", "--root", root, ...dataset, "--json"]],
    ["sha256sum build root", "sh", ["sh", "-c", 'find "$0" -type f -exec sha256sum {} +', root]]
  ].filter(([, tool]) => tool === "node" || has(tool))
  const figures = new Map(tools.map(([name]) => [name, []]))
  const timed = []
  for (let round = 0; round < rounds; round++)
    for (const [name, , argv] of tools) {
      const figure = run(argv)
      figures.get(name).push(figure)
      if (name.endsWith("ingest")) timed.push(parts(root, figure.began))
    }
  console.log(
    `\n${made.rows.toLocaleString("en")} rows, ${(made.gff3Bytes / 1e6).toFixed(0)} MB of GFF3 · ${(made.bases / 1e6).toFixed(0)} Mb of genome`
  )
  const base = figures.get("gffread")
  row(["", "wall s", "CPU s", "MB", "/ gffread", "CPU / its"])
  const least = (runs) => Math.min(...runs.map((f) => f.cpu))
  const ratio = (wall) => (base === undefined ? "-" : shown(wall / median(base.map((f) => f.wall))))
  for (const [name, runs] of figures) {
    const wall = median(runs.map((f) => f.wall))
    const cpu = least(runs)
    const more = base === undefined ? "-" : shown(cpu / least(base))
    row([name, shown(wall), shown(cpu), shown(Math.max(...runs.map((f) => f.mb)), 0), ratio(wall), more])
  }
  for (const name of Object.keys(timed[0])) {
    const wall = median(timed.map((t) => t[name]))
    row([`  ${name}`, shown(wall), "", "", name.startsWith("genome") ? "" : ratio(wall)])
  }
  const wallOf = (name) => median((figures.get(name) ?? [{ wall: Number.NaN }]).map((f) => f.wall))
  const beside = (name, sum) => row([`${name} / sha256sum`, `${shown(wallOf(name) / wallOf(sum))}×`])
  beside("scan of the genome, all digests", "sha256sum genome")
  // it also makes again what the root holds
  beside("atlas-dataset verify --deep", "sha256sum build root")
  const runs = figures.get("atlas-dataset ingest")
  const bytes = made.gff3Bytes + made.fastaBytes
  const sums = figures.get("sha256sum GFF3 and genome")
  return {
    scale,
    rows: made.rows,
    cpu: least(runs),
    wall: median(runs.map((f) => f.wall)),
    mb: Math.max(...runs.map((f) => f.mb)),
    hashing: sums === undefined ? Number.NaN : bytes / 1e6 / median(sums.map((f) => f.wall))
  }
}

const folder = values.out ?? mkdtempSync(join(tmpdir(), "bench-dataset-"))
try {
  console.log(`medians of ${rounds}, interleaved · ${cpus().length} × ${cpus()[0]?.model ?? "?"} · Node ${process.versions.node}`)
  const grown = values.scales.split(",").map((scale) => measure(Number(scale), join(folder, scale)))
  console.log("\ngrowth of atlas-dataset ingest")
  row(["scale", "rows", "wall s", "CPU s", "MB", "CPU µs/row"])
  for (const { scale, rows, wall, cpu, mb } of grown) row([scale, rows, shown(wall), shown(cpu), shown(mb, 0), shown((cpu / rows) * 1e6)])
} finally {
  if (values.out === undefined) rmSync(folder, { recursive: true, force: true })
}
