/** A project of small stages that do what they declare, or more. */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert } from "vitest"
import type { AuditDocument, AuditFinding } from "../../src/domain/AuditDocument.ts"
import { program, repository } from "./workplace.ts"

const config = `
import { execFileSync } from "node:child_process"
import { connect } from "node:net"
import { readFileSync, writeFileSync } from "node:fs"
import { project } from "atlas-run"
import { Command } from "atlas-run/command"
import { Check, Stage } from "atlas-run/plugin"
import { Effect, Schema } from "effect"
const target = Schema.Struct({ text: Schema.String })
const inputs = ({ text }) => ({ text })
const shell = (name, make) => class extends Command(name)({ target, inputs, outputs: { out: "file" }, shell: make }) {}
const Good = shell("good", ({ inputs, outputs }) => \`sort \${inputs.text} > \${outputs.out}\`)
const Outside = shell("outside", ({ inputs, outputs }) => \`cp \${inputs.text} \${outputs.out}; cp \${inputs.text} stray.txt\`)
const Eats = shell("eats", ({ inputs, outputs }) => \`cp \${inputs.text} \${outputs.out}; echo more >> \${inputs.text}\`)
const Peeks = shell("peeks", ({ outputs }) => \`cat beside.txt > \${outputs.out}\`)
const Clock = shell("clock", ({ inputs, outputs }) => \`cat \${inputs.text} > \${outputs.out}; cat /proc/sys/kernel/random/uuid >> \${outputs.out}\`)
const Fails = shell("fails", () => "exit 3")
class Plug extends Stage("plug")({
  summary: "reads beside its inputs", target, inputs, needs: [Good], options: Schema.Struct({}),
  outputs: { out: "folder", id: "value" }, findings: {}, errors: [],
  run: (task) => Effect.promise(async () => {
    const { mkdirSync } = await import("node:fs")
    mkdirSync(task.outputs.out)
    writeFileSync(task.outputs.out + "/a", readFileSync(task.inputs.text))
    writeFileSync(task.outputs.out + "/b", readFileSync(task.needs.good.out, "utf8") + readFileSync("beside.txt", "utf8"))
    await new Promise((resolve) => connect(9, "127.0.0.1").once("error", resolve).once("connect", resolve))
    return { id: "same" }
  })
}) {}
class Look extends Check("look")({
  summary: "looks", on: Plug, options: Schema.Struct({}), findings: { seen: { severity: "warning", hint: "" } }, errors: [],
  run: ({ subject, report }) => Effect.suspend(() => report("seen", { at: readFileSync(subject.out + "/a", "utf8").trim(), message: "seen" }))
}) {}
const Plugin = (name, run) => class extends Stage(name)({
  summary: name, target, inputs, needs: [], options: Schema.Struct({}), outputs: { out: "file" }, findings: {}, errors: [],
  run: (task) => Effect.sync(() => writeFileSync(task.outputs.out, run(task)))
}) {}
const Tidy = Plugin("tidy", (task) => {
  writeFileSync(task.scratch + "/t", "t")
  return readFileSync(task.inputs.text) + readFileSync(task.scratch + "/t", "utf8")
})
const Lazy = class extends Stage("lazy")({
  summary: "imports while it runs", target, inputs, needs: [], options: Schema.Struct({}), outputs: { out: "file" }, findings: {}, errors: [],
  run: (task) => Effect.promise(async () => {
    const [{ word }, { list }] = await Promise.all([import("./lazy.ts"), import("tar")])
    writeFileSync(task.outputs.out, word + typeof list)
  })
}) {}
const Reads = Plugin("reads", () => readFileSync("beside.txt"))
const Hides = Plugin("hides", () => { try { return readFileSync("beside.txt") } catch { return "as if nothing were" } })
const Writes = Plugin("writes", () => (writeFileSync("stray.txt", "stray"), "x"))
const Starts = Plugin("starts", () => execFileSync("true"))
export default project({ name: "audited", stages: [STAGES], checks: [CHECKS], targets: (target) => [target({ text: "data/a.txt" }, { id: "a" })] })
`

const labs: Array<string> = []
export const removeLabs = (): void => {
  for (const lab of labs.splice(0)) rmSync(lab, { recursive: true, force: true })
}

/** `stages` and `checks` are names of those above. */
export const lab = (stages: string, checks = "") => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "atlas audit ")))
  labs.push(root)
  mkdirSync(join(root, "node_modules"))
  symlinkSync(repository, join(root, "node_modules", "atlas-run"))
  symlinkSync(join(repository, "node_modules", "effect"), join(root, "node_modules", "effect"))
  mkdirSync(join(root, "data"))
  writeFileSync(join(root, "data", "a.txt"), "one\n")
  writeFileSync(join(root, "beside.txt"), "beside\n")
  symlinkSync(join(repository, "node_modules", "tar"), join(root, "node_modules", "tar"))
  writeFileSync(join(root, "lazy.ts"), 'export const word = "lazy "\n')
  writeFileSync(join(root, "atlas.config.ts"), config.replace("STAGES", stages).replace("CHECKS", checks))
  const atlas = (...words: ReadonlyArray<string>) => spawnSync(process.execPath, [program, ...words], { cwd: root, encoding: "utf8" })
  const audit = (...words: ReadonlyArray<string>) => {
    const { status, stdout, stderr } = atlas("audit", "--json", ...words)
    assert.notStrictEqual(stdout, "", stderr)
    const document: AuditDocument = JSON.parse(stdout)
    const told = (finding: AuditFinding) => `${finding.kind} ${finding.subject.replace(`${root}/`, "")}`
    const tasks = new Map(document.tasks.map((task) => [task.task.replace("a:", ""), { ...task, told: task.findings.map(told) }]))
    return { status, document, tasks, of: (task: string) => tasks.get(task)?.told }
  }
  return { root, atlas, audit }
}
