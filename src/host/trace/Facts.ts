/** What else a config may ask a machine for. Each fact is a text that can be asked for again later. */
import * as os from "node:os"

const cwd = process.cwd

/** `cpus` without its counters. */
const facts: Readonly<Record<string, () => unknown>> = {
  cwd: () => cwd.call(process),
  hostname: os.hostname,
  homedir: os.homedir,
  tmpdir: os.tmpdir,
  userInfo: () => os.userInfo().username,
  cpus: () => os.cpus().map(({ model }) => model),
  availableParallelism: os.availableParallelism,
  totalmem: os.totalmem,
  networkInterfaces: () => Object.keys(os.networkInterfaces()).sort(),
  release: os.release,
  version: os.version,
  machine: os.machine
}

export const factNames: ReadonlyArray<string> = Object.keys(facts)

/** Null for a fact that cannot be had, or that this build does not know. */
export const factNow = (name: string): string | null => {
  try {
    const fact = facts[name]?.()
    return fact === undefined ? null : JSON.stringify(fact)
  } catch {
    return null
  }
}
