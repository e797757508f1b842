/** Which boot of which machine this is, and since when a process runs: what tells our own past from another's. */
import * as fs from "node:fs"
import * as os from "node:os"

const textOf = (file: string): string | null => {
  try {
    return fs.readFileSync(file, "utf8")
  } catch {
    return null
  }
}

let boot: string | undefined

/** Changes at each boot. Without `/proc` the minute of the boot, which may at worst change too often. */
export const bootId = (): string => {
  boot ??= textOf("/proc/sys/kernel/random/boot_id")?.trim() ?? `${os.hostname()}:${Math.round((Date.now() / 1000 - os.uptime()) / 60)}`
  return boot
}

/** Of a process, from its state on; null if it is gone (a zombie is) or `/proc` is not there. */
const fieldsOf = (pid: number): ReadonlyArray<string> | null => {
  const stat = textOf(`/proc/${pid}/stat`)
  if (stat === null) return null
  // The command's name, in parentheses, may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return fields[0] === "Z" || fields[0] === "X" ? null : fields
}

/** Start of a process in clock ticks since boot; null as above. */
export const startedAt = (pid: number): string | null => fieldsOf(pid)?.[19] ?? null

/** Whether this process was started by that one, or by one that it started. */
export const comesFrom = (pid: number): boolean => {
  for (let at = process.ppid; at > 1; at = Number(fieldsOf(at)?.[1] ?? 0)) if (at === pid) return true
  return false
}
