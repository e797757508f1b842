/** What the evidence of stat rows is good for: this Node on this machine since it was booted. */
import { readFileSync } from "node:fs"

const boot = (): string => {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()
  } catch {
    return ""
  }
}

export const machine = (): ReadonlyArray<string> => [process.version, process.platform, process.arch, boot()]
