/** The workload: N targets × 6 chained shell stages on 41-line inputs, for us and for peers that read a file of rules. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export const stages = ["ingest", "sort", "number", "upper", "count", "sum"]

/** What each stage does with the file before it; `IN` and `OUT` are paths. */
const programs = [
  "grep -v '^#' IN > OUT",
  "sort IN > OUT",
  "cat -n IN > OUT",
  "tr a-z A-Z < IN > OUT",
  "wc IN | tr -s ' ' > OUT",
  "cksum < IN > OUT"
]

const words = (n) => Array.from({ length: 40 }, (_, line) => `record ${n} ${line} ${(n * 7919 + line * 104729) % 1000003}`)

/** Writes the inputs below `root`. */
export const writeInputs = (root, targets) => {
  mkdirSync(join(root, "data"), { recursive: true })
  for (let n = 0; n < targets; n++) writeFileSync(join(root, "data", `${n}.txt`), `# target ${n}\n${words(n).join("\n")}\n`)
}

const output = (n, stage) => (stage < 0 ? `data/${n}.txt` : `out/${n}.${stages[stage]}`)
const command = (n, stage) => programs[stage].replaceAll("IN", output(n, stage - 1)).replaceAll("OUT", output(n, stage))

export const writeNinja = (root, targets) => {
  const lines = ["rule sh", "  command = $cmd", ""]
  for (let n = 0; n < targets; n++)
    for (let s = 0; s < stages.length; s++)
      lines.push(`build ${output(n, s)}: sh ${output(n, s - 1)}`, `  cmd = ${command(n, s).replaceAll("$", "$$")}`)
  mkdirSync(join(root, "out"), { recursive: true })
  writeFileSync(join(root, "build.ninja"), `${lines.join("\n")}\n`)
}

export const writeMake = (root, targets) => {
  const all = Array.from({ length: targets }, (_, n) => output(n, stages.length - 1))
  const lines = [`all: ${all.join(" ")}`]
  for (let n = 0; n < targets; n++)
    for (let s = 0; s < stages.length; s++) lines.push(`${output(n, s)}: ${output(n, s - 1)}\n\t@${command(n, s)}`)
  mkdirSync(join(root, "out"), { recursive: true })
  writeFileSync(join(root, "Makefile"), `${lines.join("\n")}\n`)
}

export const writeAtlas = (root, targets, repository) => {
  mkdirSync(join(root, "node_modules"), { recursive: true })
  symlinkSync(repository, join(root, "node_modules", "atlas-run"))
  symlinkSync(join(repository, "node_modules", "effect"), join(root, "node_modules", "effect"))
  const classes = stages.map((name, s) => {
    const input = s === 0 ? "inputs.file" : `needs.${stages[s - 1]}.out`
    const text = JSON.stringify(programs[s]).replaceAll("IN", "${input}").replaceAll("OUT", "${output}")
    return `class S${s} extends Command(${JSON.stringify(name)})({
  ${s === 0 ? "target: Schema.Struct({ file: Schema.String }), inputs: (t) => ({ file: t.file })," : `needs: [S${s - 1}],`}
  outputs: { out: "file" },
  paths: ({ labels }) => ({ out: \`out/\${labels.n}.${name}\` }),
  shell: ({ inputs, needs, outputs }) => { void inputs; void needs; const input = ${input}, output = outputs.out; return \`${text.slice(1, -1)}\` }
}) {}`
  })
  writeFileSync(
    join(root, "atlas.config.ts"),
    `import { Schema } from "effect"
import { project } from "atlas-run"
import { Command } from "atlas-run/command"
${classes.join("\n")}
export default project({
  name: "bench",
  stages: [${stages.map((_, s) => `S${s}`).join(", ")}],
  targets: (target) => Array.from({ length: ${targets} }, (_, n) => target({ file: \`data/\${n}.txt\` }, { id: \`t\${n}\`, labels: { n: String(n) } }))
})
`
  )
}
