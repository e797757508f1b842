/** What a run in which nothing is stale asks of the system, as the kernel sees it. */
import { spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { program, Workplace } from "./workplace.ts"

const strace = spawnSync("strace", ["-f", "-o", "/dev/null", "true"]).status === 0
if (!strace) console.warn("SKIPPED: no strace that may trace here, so nobody looks at what a no-op asks of the system")

const labs: Array<Workplace> = []
afterAll(() => {
  for (const lab of labs) lab.remove()
})

/** Calls that change what is on a disk, by name, and openings that may. */
const changing =
  /^(?:creat|rename|renameat2?|unlink|unlinkat|mkdir|mkdirat|rmdir|link|linkat|symlink|symlinkat|truncate|ftruncate|chmod|fchmod|fchmodat2?|chown|lchown|fchown|fchownat|utime|utimes|utimensat|mknod|mknodat|setxattr|lsetxattr|removexattr)\(/
const opening = /^open(?:at2?)?\(.*\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)\b/
/** A thread of its own is no process. */
const starting = /^(?:execve(?:at)?|fork|vfork)\(|^clone3?\((?!.*CLONE_THREAD)/

describe.skipIf(!strace)("a run in which nothing is stale", () => {
  it("1: opens no file to write, changes nothing and starts no process", () => {
    const lab = new Workplace()
    labs.push(lab)
    assert.strictEqual(lab.run().exit, 0)
    // the first look at what was just written cannot be trusted for long; the next one leaves the record
    for (let looks = 0; looks < 2; looks++) assert.strictEqual(lab.atlas().status, 0)
    const calls = join(lab.root, "calls")
    writeFileSync(calls, "")
    const { status, stdout } = spawnSync("strace", ["-f", "-qq", "-e", "trace=file,process,desc", "-o", calls, process.execPath, program], {
      cwd: lab.root,
      encoding: "utf8"
    })
    assert.strictEqual(status, 0)
    assert.match(stdout, /16 tasks fresh/)
    const seen = readFileSync(calls, "utf8")
      .split("\n")
      .map((line) => line.replace(/^\d+ +/, ""))
    // it was watched at all
    assert.isTrue(seen.some((call) => call.includes(join(lab.root, "data")) || call.includes(".atlas/fast")))
    assert.deepStrictEqual(
      seen.filter((call) => opening.test(call) && !/"\/dev\/(?:null|tty)"/.test(call)),
      []
    )
    assert.deepStrictEqual(
      seen.filter((call) => changing.test(call)),
      []
    )
    // the program itself
    assert.strictEqual(seen.filter((call) => starting.test(call)).length, 1)
  })
})
