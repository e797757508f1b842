/** A run that is asked to end takes all with it that it started. */
import { readFileSync } from "node:fs"
import { afterEach, assert, describe, it } from "vitest"
import { Lab, worked } from "./lab.ts"

let lab: Lab
afterEach(() => lab.close())

/** Starts a child and a grandchild that ignore being asked, and tells their numbers. */
const open = () => {
  lab = Lab.of(`
const here = import.meta.dirname
class Stay extends Command("stay")({
  outputs: { out: "file" },
  tools: ["sleep"],
  shell: ({ outputs }) => \`if [ -e '\${here}/hold' ]; then sh -c 'sleep 1000 & echo $! >> "$0"/pids; wait' '\${here}' & echo $! >> '\${here}'/pids; echo $$ >> '\${here}'/pids; until [ "$(wc -l < '\${here}'/pids)" = 3 ]; do :; done; echo > '\${here}/met'; wait; fi; echo 1 > \${outputs.out}\`
}) {}
export default project({ name: "p", stages: [Stay], targets: (target) => [target({}, { id: "t" })] })
`)
  lab.fifo("met")
  lab.write("hold", "")
}
const alive = (pid: string): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ")
  } catch {
    return false
  }
}

describe("96–98: a run whose process alone is sent", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129]
  ] as const)("%s ends with %i, and ends all that it started", async (signal, exit) => {
    open()
    const run = lab.start()
    await lab.met("met")
    const pids = lab.read("pids").trim().split("\n")
    assert.strictEqual(pids.filter(alive).length, 3)
    run.child.kill(signal)
    const ended = await run.end()
    assert.deepStrictEqual([ended.exit, ended.outcomes["t:stay"]], [exit, "cancelled"], ended.stderr)
    assert.deepStrictEqual(pids.filter(alive), [])
    assert.deepStrictEqual([lab.has(".atlas/outputs/t/stay/out"), lab.has(".atlas/traces/t+stay.json")], [false, false])
    lab.remove("hold")
    assert.deepStrictEqual(worked(lab.run()), ["t:stay"])
  })
})
