/** Programs of the field as oracles. One that is absent skips its tests loudly; one that did not exit 0 is no oracle. */
import { spawnSync } from "node:child_process"

const isThere = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0

const checked = (program: string, debian: string): boolean => {
  const there = isThere(program)
  if (!there) console.warn(`SKIPPED: no ${program} here (Debian: apt-get install ${debian}), so nothing is compared with it`)
  return there
}

export const gffread = checked("gffread", "gffread")
export const genometools = checked("gt", "genometools")

export interface Ran {
  /** Exited with 0. */
  readonly isOracle: boolean
  readonly stdout: string
  readonly stderr: string
}

export const runTool = (program: string, argv: ReadonlyArray<string>): Ran => {
  const { status, stdout, stderr } = spawnSync(program, argv, { encoding: "utf8", maxBuffer: 2 ** 28 })
  return { isOracle: status === 0, stdout, stderr }
}

/** Header → residues, in the order of the file. */
export const fastaRecords = (text: string): ReadonlyMap<string, string> => {
  const records = new Map<string, string>()
  for (const record of text.split(/^>/m).slice(1)) {
    const [header = "", ...lines] = record.split("\n")
    records.set(header, lines.join(""))
  }
  return records
}
