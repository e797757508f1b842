/** An input of many MiB, in little memory. ATLAS_LARGE=1 takes more than 4 GiB; without it, what is still far beyond the limit. */
import { spawnSync } from "node:child_process"
import { readFileSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, it } from "vitest"
import { program, repository } from "../life/workplace.ts"
import { Lab } from "./lab.ts"

const size = process.env["ATLAS_LARGE"] === "1" ? 4.1 * 2 ** 30 : 400 * 2 ** 20
const lab = Lab.of(`
class Count extends Command("count")({
  target: Schema.Struct({ text: Schema.String }),
  inputs: ({ text }) => ({ text }),
  outputs: { count: "file" },
  stdout: "count",
  words: ({ inputs }) => ["stat", "-L", "-c", "%s", inputs.text]
}) {}
export default project({ name: "large", stages: [Count], targets: (target) => [target({ text: "sparse" }, { id: "t" })] })
`)
afterAll(() => lab.close())

it("29: a sparse input is hashed in bounded memory, and not again", () => {
  writeFileSync(lab.at("sparse"), "")
  truncateSync(lab.at("sparse"), Math.trunc(size))
  const peak = lab.at("peak")
  const run = () => {
    const began = process.hrtime.bigint()
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import", join(repository, "test/bench/peak.mjs"), program, "run", "--no-fast-path"],
      {
        cwd: lab.root,
        encoding: "utf8",
        env: { ...process.env, BENCH_PEAK: peak }
      }
    )
    assert.strictEqual(status, 0, stderr)
    return Number(process.hrtime.bigint() - began) / 1e6
  }
  const hashing = run()
  assert.strictEqual(lab.read(".atlas/outputs/t/count/count").trim(), `${Math.trunc(size)}`)
  assert.isBelow(Number(readFileSync(peak, "utf8")), 200, "MiB")
  // the second look may come too soon after the file's making to be believed later
  run()
  assert.isBelow(run(), hashing, "it was hashed again")
})
