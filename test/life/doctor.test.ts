/** `atlas-run doctor` on machines and projects that lack something. */
import { spawnSync } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import type { DoctorDocument } from "../../src/domain/StartDocuments.ts"
import { program, repository } from "./workplace.ts"

let root = ""
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "atlas doctor ")))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const configured = (tool: string): void => {
  mkdirSync(join(root, "node_modules"))
  symlinkSync(repository, join(root, "node_modules", "atlas-run"))
  symlinkSync(join(repository, "node_modules", "effect"), join(root, "node_modules", "effect"))
  writeFileSync(
    join(root, "atlas.config.ts"),
    `import { project } from "atlas-run"
import { Command } from "atlas-run/command"
class Call extends Command("call")({ outputs: { out: "file" }, words: ({ outputs }) => ["${tool}", outputs.out] }) {}
export default project({ name: "ill", stages: [Call], targets: (target) => [target({}, { id: "a" })] })`
  )
}

const doctor = (more: Readonly<Record<string, string>> = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "doctor", "--json"], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...more }
  })
  assert.notStrictEqual(stdout, "", stderr)
  const document: DoctorDocument = JSON.parse(stdout)
  const named = new Map(document.examined.map((one) => [one.name, one]))
  return { status, document, of: (name: string) => named.get(name) }
}

describe("doctor", { timeout: 60_000 }, () => {
  it("finds a healthy machine and project good, and leaves nothing behind", () => {
    configured("touch")
    const before = readdirSync(root)
    const { status, document, of } = doctor()
    assert.deepStrictEqual([status, document.ok, document.counts.fail], [0, true, 0])
    for (const name of ["node", "disk", "writable", "letter case", "copies", "file times", "config", "tool touch"])
      assert.notStrictEqual(of(name)?.state, "fail", name)
    assert.include(of("config")?.found, "1 target, 1 task")
    assert.deepStrictEqual(readdirSync(root), before)
  })

  it("names a program that the project declares and this machine lacks, with the remedy", () => {
    configured("atlas-no-such-program")
    const { status, of } = doctor()
    assert.deepStrictEqual([status, of("tool atlas-no-such-program")?.state], [1, "fail"])
    assert.include(of("tool atlas-no-such-program")?.remedy, "PATH")
  })

  it("tells that a config cannot be used", () => {
    writeFileSync(join(root, "atlas.config.ts"), "export default {")
    const { status, of } = doctor()
    assert.deepStrictEqual([status, of("config")?.state], [1, "fail"])
  })

  it("does without a config", () => {
    const { status, of } = doctor()
    assert.deepStrictEqual([status, of("config")?.state], [0, "warn"])
  })

  it("warns of helpers that are not there", () => {
    const { of } = doctor({ PATH: "/nowhere" })
    assert.deepStrictEqual([of("strace")?.state, of("bubblewrap")?.state], ["warn", "warn"])
  })

  it("names who holds the lock", () => {
    mkdirSync(join(root, ".atlas"))
    const lock = new DatabaseSync(join(root, ".atlas", "lock.db"))
    lock.exec("BEGIN EXCLUSIVE")
    try {
      assert.deepInclude(doctor().of("lock"), { state: "warn" })
    } finally {
      lock.close()
    }
    assert.deepInclude(doctor().of("lock"), { state: "ok" })
  })

  it.skipIf(process.getuid?.() === 0)("tells that it may not write", () => {
    chmodSync(root, 0o500)
    assert.deepInclude(doctor().of("writable"), { state: "fail" })
    chmodSync(root, 0o700)
  })
})
