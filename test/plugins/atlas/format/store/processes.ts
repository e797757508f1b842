/** Starting `child.ts` and waiting for what it says. */
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

const script = fileURLToPath(new URL("child.ts", import.meta.url))

export interface Child {
  readonly process: ChildProcess
  /** When it is about to act. */
  readonly ready: Promise<void>
  /** Exit code, or the signal that ended it, and what it wrote to stderr. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly stderr: string }>
}

export const child = (...args: ReadonlyArray<string>): Child => {
  const started = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "pipe"] })
  let stderr = ""
  started.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = new Promise<{ code: number | null; signal: string | null; stderr: string }>((resolve) =>
    started.on("close", (code, signal) => resolve({ code, signal, stderr }))
  )
  const ready = new Promise<void>((resolve) => started.stdout.once("data", () => resolve()))
  return { process: started, ready: Promise.race([ready, ended.then(() => undefined)]), ended }
}
