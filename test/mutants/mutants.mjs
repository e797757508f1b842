/**
 * `npm run mutants [-- WORD] [-- --list] [-- --jobs N] [-- --write]`: plants a bug for each rule of the engine in a copy of this tree and
 * runs the test that is named for it, which must fail. WORD picks those in whose line it stands. A test that fails before anything is
 * planted judges nothing: it is named, and so are those that it leaves unjudged. Ends with `N caught, N survived`; exit 1 on survivors, 2
 * where some were not judged. `--write` makes docs/reference/mutants.md, with what it says of those that were not chosen.
 */
import { spawn, spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { editsOf } from "./mutant.ts"
import { mutants } from "./table.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: "boolean", default: false }, jobs: { type: "string", default: "1" }, write: { type: "boolean", default: false } }
})
const lineOf = ({ rule, name, test, named }) => `${rule}: ${name}  by ${test}: "${named}"`
const chosen = mutants.filter((mutant) => positionals.every((word) => lineOf(mutant).includes(word)))
if (chosen.length === 0) {
  console.error(`no mutant has ${positionals.join(" ")} in its line`)
  process.exit(2)
}
if (values.list) {
  for (const mutant of chosen) console.log(lineOf(mutant))
  process.exit(0)
}

const root = join(import.meta.dirname, "..", "..")
/** Made by builds and runs, or large. */
const left = new Set([".git", ".atlas", "node_modules", "dist", "build", "serving-store", "packs"])
/** A test that takes longer has not failed: it hangs. */
const limitMs = 300_000

const copies = []
const makeCopy = () => {
  const folder = mkdtempSync(join(tmpdir(), "atlas-mutants-"))
  copies.push(folder)
  for (const name of readdirSync(root)) if (!left.has(name)) cpSync(join(root, name), join(folder, name), { recursive: true })
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
  return folder
}
const endGroup = (group) => {
  try {
    process.kill(-group, "SIGKILL")
  } catch {
    // nobody is left
  }
}

const running = new Set()
process.once("exit", () => {
  for (const group of running) endGroup(group)
  for (const folder of copies) rmSync(folder, { recursive: true, force: true })
})
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130))

/** What these run is the bundle, as users do: it is built with the bug. Others only find it beside the sources. */
const needsBundle = ({ test }) => /^test\/(?:life|cli\/bin|fast|scenarios|properties)\b/.test(test)
const bundle = (folder) => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ["node_modules/rolldown/bin/cli.mjs", "-c", "rolldown.config.mjs", "--logLevel", "warn"],
    { cwd: folder, encoding: "utf8" }
  )
  return status === 0 ? null : `the bundle cannot be built: ${stderr.trim().split("\n")[0]}`
}

const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")

/** The tests of a file whose names hold one of `names`, with how each ended; or why none ran. */
const run = async (folder, file, names) => {
  const report = join(folder, "mutants-report.json")
  rmSync(report, { force: true })
  const argv = ["node_modules/vitest/vitest.mjs", "run", file, "--config", "test/mutants/vitest.config.ts"]
  const child = spawn(process.execPath, [...argv, "-t", names.map(escaped).join("|"), "--reporter=json", `--outputFile=${report}`], {
    cwd: folder,
    detached: true,
    stdio: "ignore"
  })
  const ended = new Promise((resolve) => child.once("exit", resolve))
  running.add(child.pid)
  const timer = setTimeout(() => endGroup(child.pid), limitMs)
  await ended
  clearTimeout(timer)
  // what a test left behind is no business of the next one
  endGroup(child.pid)
  running.delete(child.pid)
  try {
    const tests = JSON.parse(readFileSync(report, "utf8")).testResults.flatMap(({ assertionResults }) => assertionResults)
    return tests.filter(({ fullName, status }) => status !== "skipped" && names.some((name) => fullName.includes(name)))
  } catch {
    return []
  }
}

/** Null if the named test failed; else why that is not so. */
const surviving = async (folder, mutant) => {
  const texts = new Map()
  for (const { file, find, replace } of editsOf(mutant)) {
    const path = join(folder, file)
    const text = readFileSync(path, "utf8")
    if (!texts.has(path)) texts.set(path, text)
    const planted = text.replace(find, () => replace)
    if (planted === text) return `${file} has no ${find}`
    writeFileSync(path, planted)
  }
  try {
    const broken = needsBundle(mutant) ? bundle(folder) : null
    if (broken !== null) return broken
    const tests = await run(folder, mutant.test, [mutant.named])
    if (tests.some(({ status }) => status === "failed")) return null
    return tests.length === 0 ? "the test did not run" : "the test passed"
  } finally {
    for (const [path, text] of texts) writeFileSync(path, text)
  }
}

const ready = (folder) => {
  bundle(folder)
  return folder
}

/** Each named test must run and pass before anything is planted: why those of a file that do not cannot judge, by name. */
const unfit = async (folder, test, names) => {
  const tests = await run(folder, test, names)
  const problems = new Map()
  for (const name of names) {
    const own = tests.filter(({ fullName }) => fullName.includes(name))
    const failed = own.find(({ status }) => status === "failed")
    if (own.length === 0) problems.set(name, "no test has this name")
    else if (failed !== undefined) problems.set(name, `"${failed.fullName}" fails as it is`)
  }
  return problems
}

const first = makeCopy()
const broken = bundle(first)
if (broken !== null) {
  console.error(broken)
  process.exit(2)
}

const ends = new Map()
const told = { caught: "caught", survived: "SURVIVED", unjudged: "NOT JUDGED" }
const end = (mutant, how, why) => {
  ends.set(mutant, { how, why })
  console.log(`${told[how]}  ${lineOf(mutant)}${why === null ? "" : ` (${why})`}`)
}
const waiting = []
for (const [test, group] of Object.entries(Object.groupBy(chosen, ({ test }) => test))) {
  const problems = await unfit(first, test, [...new Set(group.map(({ named }) => named))])
  for (const mutant of group)
    if (problems.has(mutant.named)) end(mutant, "unjudged", problems.get(mutant.named))
    else waiting.push(mutant)
}

const work = async (folder) => {
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    const why = await surviving(folder, mutant)
    end(mutant, why === null ? "caught" : "survived", why)
  }
}
const lanes = Math.max(1, Math.min(Number(values.jobs) || 1, chosen.length))
await Promise.all(Array.from({ length: lanes }, (_, lane) => work(lane === 0 ? first : ready(makeCopy()))))

const count = (how, among) => among.filter((one) => one === how).length
const sumOf = (among) => {
  const sum = [`${count("caught", among)} caught`, `${count("survived", among)} survived`]
  return (count("unjudged", among) > 0 ? [...sum, `${count("unjudged", among)} not judged`] : sum).join(", ")
}
const hows = [...ends.values()].map(({ how }) => how)
if (values.write) {
  const file = join(root, "docs", "reference", "mutants.md")
  const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ")
  const link = (test) => `[${test.replace(/^test\//, "")}](../../${test})`
  const about = ({ rule, name, test, named }) => `| ${cell(rule)} | ${cell(name)} | ${link(test)}: ${cell(named)} |`
  // of those that were not chosen now, what came of them before
  const before = existsSync(file) ? readFileSync(file, "utf8").split("\n") : []
  const rows = mutants.flatMap((mutant) => {
    const end = ends.get(mutant)
    if (end !== undefined) return [`${about(mutant)} ${end.how}${end.why === null ? "" : `: ${cell(end.why)}`} |`]
    return before.filter((row) => row.startsWith(about(mutant)))
  })
  const among = rows.map((row) => /\| (\w+)[^|]*\|$/.exec(row)?.[1])
  const machine = `${cpus().length} × ${(cpus()[0]?.model ?? "a CPU").replace(/ \d+-Core.*/, "")}, Node ${process.versions.node}`
  const page = `# Planted bugs

For each rule of the engine a bug is planted in a copy of the sources, and the test that is named for it has to fail. Made by \`npm run mutants -- --write\`, last on ${new Date().toISOString().slice(0, 10)} (${machine}): **${sumOf(among)}**.

| rule | what is planted | the test | |
| --- | --- | --- | --- |
${rows.join("\n")}
`
  writeFileSync(file, page)
}
const survived = count("survived", hows)
console.log(sumOf(hows))
process.exit(survived > 0 ? 1 : count("unjudged", hows) > 0 ? 2 : 0)
