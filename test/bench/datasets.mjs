/**
 * `node test/bench/datasets.mjs [--datasets N --rounds R]`: N tiny datasets through their whole life with two checks beside as many
 * command stages: no-op, and one changed: a dataset gets a new release, since a published one never changes; ninja with ten commands a
 * target beside it. Asserts nothing.
 */
import { spawnSync } from "node:child_process"
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { gunzipSync } from "node:zlib"

const { values } = parseArgs({ options: { datasets: { type: "string", default: "100" }, rounds: { type: "string", default: "5" } } })
const datasets = Number(values.datasets)
const rounds = Number(values.rounds)
const repository = join(import.meta.dirname, "..", "..")
const program = join(repository, "dist", "bin.mjs")
const steps = Array.from({ length: 10 }, (_, n) => `s${n}`)
const sample = join(repository, "data", "phix174")
const annotation = gunzipSync(readFileSync(join(sample, "NC_001422.1.gff3.gz")))

const folder = (name) => {
  const root = mkdtempSync(join(tmpdir(), `bench-${name}-`))
  mkdirSync(join(root, "node_modules"))
  mkdirSync(join(root, "data"))
  symlinkSync(repository, join(root, "node_modules", "atlas-run"))
  symlinkSync(join(repository, "node_modules", "effect"), join(root, "node_modules", "effect"))
  return root
}

const life = () => {
  const root = folder("datasets")
  copyFileSync(join(sample, "NC_001422.1.fa"), join(root, "data", "phix.fa"))
  writeFileSync(join(root, "data", "phix.gff3"), annotation)
  const releases = Array.from({ length: datasets }, () => 1)
  const declare = () => writeFileSync(join(root, "releases.json"), JSON.stringify(releases))
  declare()
  for (const check of ["gene-density", "contig-names"]) symlinkSync(join(repository, "plugins", check), join(root, check))
  writeFileSync(
    join(root, "atlas.config.ts"),
    `import { readFileSync } from "node:fs"
import { project } from "atlas-run"
import { atlas, dataset } from "atlas-run/atlas"
import { ContigNames } from "./contig-names/index.ts"
import { GeneDensity } from "./gene-density/index.ts"
export default project({
  name: "datasets",
  stages: atlas.life({ build: "build", store: "serving-store", packs: "packs" }).stages,
  checks: [GeneDensity.with({ min: 0.01 }), ContigNames.with({ style: "accession" })],
  targets: (target) => JSON.parse(readFileSync("releases.json", "utf8")).map((release, n) =>
    target(dataset({ release: String(release), species: \`phage_\${n}\`, assembly: "NC_001422.1", gff3: "data/phix.gff3", fasta: "data/phix.fa" })))
})
`
  )
  const change = (n) => {
    releases[n]++
    declare()
  }
  return { name: "dataset life", root, argv: [process.execPath, program, "run", "--quiet"], change }
}

const inputs = (root) => {
  for (let n = 0; n < datasets; n++) writeFileSync(join(root, "data", `${n}.txt`), annotation)
  return (n) => appendFileSync(join(root, "data", `${n}.txt`), `# ${n}\n`)
}

const commands = () => {
  const root = folder("commands")
  const change = inputs(root)
  const classes = steps.map(
    (name, at) => `class S${at} extends Command("${name}")({
  ${at === 0 ? "target: Schema.Struct({ file: Schema.String }), inputs: (t) => ({ file: t.file })," : `needs: [S${at - 1}],`}
  outputs: { out: "file" }, words: ({ ${at === 0 ? "inputs" : "needs"}, outputs }) => ["cp", ${at === 0 ? "inputs.file" : `needs.s${at - 1}.out`}, outputs.out]
}) {}`
  )
  writeFileSync(
    join(root, "atlas.config.ts"),
    `import { Schema } from "effect"
import { project } from "atlas-run"
import { Command } from "atlas-run/command"
${classes.join("\n")}
export default project({
  name: "commands", stages: [${steps.map((_, at) => `S${at}`).join(", ")}],
  targets: (target) => Array.from({ length: ${datasets} }, (_, n) => target({ file: \`data/\${n}.txt\` }, { id: \`t\${n}\` }))
})
`
  )
  return { name: "command stages", root, argv: [process.execPath, program, "run", "--quiet"], change }
}

const ninja = () => {
  if (spawnSync("ninja", ["--version"]).status !== 0) return null
  const root = folder("ninja")
  const change = inputs(root)
  const lines = ["rule cp", "  command = cp $in $out"]
  for (let n = 0; n < datasets; n++)
    for (const [at, name] of steps.entries())
      lines.push(`build out/${n}.${name}: cp ${at === 0 ? `data/${n}.txt` : `out/${n}.${steps[at - 1]}`}`)
  writeFileSync(join(root, "build.ninja"), `${lines.join("\n")}\n`)
  return { name: "ninja", root, argv: ["ninja", "-j2", "--quiet"], change }
}

const timed = ({ argv, root }) => {
  const began = process.hrtime.bigint()
  const { status, stderr } = spawnSync(argv[0], argv.slice(1), { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 })
  const ms = Number(process.hrtime.bigint() - began) / 1e6
  if (status !== 0) throw new Error(`${argv.join(" ")} ended with ${status}: ${stderr.slice(-2000)}`)
  return ms
}
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
const row = (cells) => console.log(cells.map((cell, at) => (at === 0 ? String(cell).padEnd(28) : String(cell).padStart(12))).join(""))

const sides = [life(), commands(), ninja()].filter((side) => side !== null)
try {
  const figures = new Map(sides.map((side) => [side.name, { cold: timed(side), first: [], noop: [], one: [] }]))
  for (let round = 0; round < rounds; round++)
    for (const side of sides) {
      const { first, noop, one } = figures.get(side.name)
      // what a run left in a store is looked at once more by the next
      first.push(timed(side))
      noop.push(timed(side))
      side.change((round * 7) % datasets)
      one.push(timed(side))
    }
  const [ours, plain] = [figures.get("dataset life"), figures.get("command stages")]
  const base = figures.get("ninja")
  row([`${datasets} targets × 10 tasks`, "cold ms", "first no-op", "no-op ms", "one ms"])
  for (const [name, { cold, first, noop, one }] of figures)
    row([name, cold.toFixed(0), median(first).toFixed(1), median(noop).toFixed(1), median(one).toFixed(1)])
  row(["no-op / command stages", `${(median(ours.noop) / median(plain.noop)).toFixed(2)}×`])
  if (base !== undefined) row(["one changed / ninja", `${(median(ours.one) / median(base.one)).toFixed(2)}×`])
} finally {
  for (const { root } of sides) rmSync(root, { recursive: true, force: true })
}
