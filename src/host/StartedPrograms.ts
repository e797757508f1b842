/** Notices that a process starts programs: only then those that outlive a task have to be looked for, which is slow. */
import childProcess from "node:child_process"
import { syncBuiltinESMExports } from "node:module"

let started = false

/** Once, before user code is imported. */
export const watchPrograms = (): void => {
  const notice = (holder: object, name: string): void => {
    const original: unknown = Reflect.get(holder, name)
    if (typeof original !== "function") return
    Reflect.set(holder, name, function (this: unknown, ...given: ReadonlyArray<unknown>): unknown {
      started = true
      return Reflect.apply(original, this, given)
    })
  }
  notice(childProcess.ChildProcess.prototype, "spawn")
  for (const name of ["spawnSync", "execFileSync", "execSync"]) notice(childProcess, name)
  syncBuiltinESMExports()
}

/** Whether programs were started since this was asked last. */
export const startedPrograms = (): boolean => {
  const answer = started
  started = false
  return answer
}
