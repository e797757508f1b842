/** What is said of a task whose host ended instead of answering. */
import { readFileSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { encodeFailure, type ErrorDocument } from "../domain/Failure.ts"
import { DocumentVersion, TaskExit, TaskLost, TaskMemory } from "../domain/Fault.ts"
import type { Gone } from "./ProcessHost.ts"
import { wireVersion } from "./Wire.ts"

/** The file, beside a task's scratch folder, in which Node tells how a host ended. */
export const reportName = (pid: number): string => `host-${pid}.json`

/** Whether Node's report says that the heap was full. Reads it once. */
const heapWasFull = (pid: number, scratch: string): boolean => {
  const path = join(dirname(scratch), reportName(pid))
  try {
    return /"trigger":\s*"OOMError"/.test(readFileSync(path, "utf8").slice(0, 4096))
  } catch {
    return false
  } finally {
    rmSync(path, { force: true })
  }
}

const mib = (amount: number): string => `${amount.toLocaleString("en")} MiB`

const ending = ({ exit, signal }: Gone): string => (signal === null ? `status ${exit}` : signal)

/** What a program that could not begin says: the line with the error, else its last one. */
const complaint = (text: string): string => {
  const lines = text.trim().split("\n")
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? ""
}

/** `scratch` is the task's folder. */
export const fateOf = (task: string, gone: Gone, at: { readonly memoryMiB: number; readonly scratch: string | null }): ErrorDocument => {
  const limitMiB = at.memoryMiB
  if (gone.babbled !== null)
    return encodeFailure(
      new TaskLost({ message: `the host of ${task} said what is no message, and was ended: ${JSON.stringify(gone.babbled)}` })
    )
  if (gone.memory === "resident")
    return encodeFailure(new TaskMemory({ message: `${task} filled ${mib(limitMiB)} beside its heap, and was ended`, limitMiB }))
  if (
    gone.signal === "SIGABRT" &&
    (/JavaScript heap out of memory/.test(gone.stderr) || (at.scratch !== null && heapWasFull(gone.pid, at.scratch)))
  )
    return encodeFailure(new TaskMemory({ message: `${task} filled its heap of ${mib(limitMiB)}`, limitMiB }))
  if (gone.memory === "system")
    return encodeFailure(new TaskMemory({ message: `the system ended ${task}: the machine's memory was full`, limitMiB }))
  if (!gone.started)
    return encodeFailure(
      new TaskLost({ message: `the host of ${task} did not start: it ended with ${ending(gone)}: ${complaint(gone.stderr)}` })
    )
  const message =
    gone.signal === null ? `${task} ended its process with status ${gone.exit}` : `the process of ${task} was ended by ${gone.signal}`
  return encodeFailure(new TaskExit({ message, exit: gone.exit, signal: gone.signal }))
}

export const otherVersion = (speaks: string): ErrorDocument =>
  encodeFailure(
    new DocumentVersion({ message: `the host speaks ${speaks}, this engine ${wireVersion}`, found: speaks, known: wireVersion })
  )
