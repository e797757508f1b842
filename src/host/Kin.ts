/** What a host process started and what outlived it: found by its group, its session, its parent or its mark, where there is `/proc`. */
import { readdirSync, readFileSync } from "node:fs"
import { signalGroup } from "../ports/ProcessGroup.ts"
import { hostMark } from "./Wire.ts"

const textOf = (path: string): string => {
  try {
    return readFileSync(path, "latin1")
  } catch {
    return ""
  }
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly session: number
}

const processAt = (pid: number): Process | null => {
  const stat = textOf(`/proc/${pid}/stat`)
  // after the name, in parentheses: state, parent, group, session
  const [state, parent, group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ", 4)
  if (state === undefined || state === "" || state === "Z" || state === "X") return null
  return { pid, parent: Number(parent), group: Number(group), session: Number(session) }
}

const everyone = (): ReadonlyArray<Process> => {
  try {
    return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? (processAt(Number(name)) ?? []) : []))
  } catch {
    return []
  }
}

/** Living processes that came from the host `pid`, itself left out. A program that left its session with another environment is missed. */
export const kinOf = (pid: number, mark: string): ReadonlyArray<number> => {
  const alive = everyone()
  const marked = `${hostMark}=${mark}\0`
  const kin = new Set([pid])
  for (const one of alive)
    if (one.group === pid || one.session === pid || `\0${textOf(`/proc/${one.pid}/environ`)}`.includes(`\0${marked}`)) kin.add(one.pid)
  for (let more = true; more;) {
    more = false
    for (const one of alive)
      if (!kin.has(one.pid) && kin.has(one.parent)) {
        kin.add(one.pid)
        more = true
      }
  }
  kin.delete(pid)
  return [...kin]
}

/** Kills the group of `pid` and all its kin, and looks again until nobody new is found. */
export const endKin = (pid: number, mark: string): void => {
  const ended = new Set<number>([process.pid])
  // what forks while it is looked for is met again
  for (let fresh = [pid]; fresh.length > 0;) {
    signalGroup(pid, "SIGKILL")
    fresh = kinOf(pid, mark).filter((one) => !ended.has(one))
    for (const one of fresh) {
      ended.add(one)
      try {
        process.kill(one, "SIGKILL")
      } catch {
        // it ended by itself
      }
    }
  }
}
