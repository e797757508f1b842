/**
 * `npm run interop`: the exchange with bijux-atlas, a line a check, counts at the end. ATLAS_REFERENCE names its program; without it its
 * recorded runs are read.
 */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { exchange } from "./exchange.ts"

const named = process.env.ATLAS_REFERENCE
const binary = named === undefined || named === "" ? undefined : resolve(named)
if (binary !== undefined && !existsSync(binary)) {
  console.error(`ATLAS_REFERENCE names ${named}, which is not there`)
  process.exit(2)
}
if (binary === undefined)
  console.log("ATLAS_REFERENCE is not set: the recorded runs of the reference are read, nothing goes through its program")
const tally = await exchange(binary, (line) => console.log(line))
console.log(`\n${tally.summary}`)
process.exitCode = tally.outcomes.every(({ good }) => good) ? 0 : 1
