/** Serves in a host process: imports one config and answers questions about it, one at a time (engine.md §6). */
import { fstatSync, writeSync } from "node:fs"
import { flushCompileCache } from "node:module"
import { Socket } from "node:net"
import { Schema } from "effect"
import { encodeFailure } from "../domain/Failure.ts"
import { PluginLeak, TaskExit } from "../domain/Fault.ts"
import type { HostModule } from "../ports/Host.ts"
import { answerer } from "./Answers.ts"
import { watchRefusals } from "./Denied.ts"
import { blame, ownFrame } from "./Frames.ts"
import { defect } from "./Execute.ts"
import { openHost } from "./index.ts"
import { watchPrograms } from "./StartedPrograms.ts"
import { Ask, encodeLine, hostVariables, MessageLines, type Tell, wireDescriptor, wireVersion } from "./Wire.ts"

const exit = process.exit.bind(process)

/** ms between two tries of a write that the engine does not take. */
const retryMs = 1
const clock = new Int32Array(new SharedArrayBuffer(4))

/** Waits until the engine has taken it: a task that tells much is slowed down instead of filling memory. */
const say = (message: Tell): void => {
  const bytes = Buffer.from(encodeLine(message))
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(wireDescriptor, bytes, at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") end()
      Atomics.wait(clock, 0, 0, retryMs)
    }
  }
}

/** Without its engine a host has nothing to do; what it started goes with it. */
const end = (): never => {
  try {
    process.kill(-process.pid, "SIGKILL")
  } catch {
    // not the leader of a group: started by hand
  }
  return exit(70)
}

/** `null` before the first task. */
let last: string | null = null
let running: { readonly id: number; readonly task: string } | null = null

const broken = (thrown: unknown): void => {
  const name = running?.task ?? last ?? "the config"
  const found = defect(name, thrown)
  const error =
    running !== null || last === null
      ? found
      : encodeFailure(
          new PluginLeak({
            message: `${last} left something behind that broke after its end: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
            left: [String(found.details["trace"] ?? "")],
            ...(found.where === undefined ? {} : { where: found.where })
          })
        )
  say({ tell: "fault", id: running?.id ?? null, error: last === null || running !== null ? error : { ...error, task: last } })
  exit(70)
}

const isOpen = (descriptor: number): boolean => {
  try {
    fstatSync(descriptor)
    return true
  } catch {
    return false
  }
}

const serve = (): void => {
  watchPrograms()
  watchRefusals()
  // what the shell that started it added, and what was meant for Node
  for (const name of Object.keys(process.env)) if (!hostVariables.includes(name)) delete process.env[name]
  // part of the state that tasks are compared with
  void process.stdout
  void process.stderr
  process.on("uncaughtException", broken)
  const leave = (code?: number | string | null): never => {
    if (running !== null) {
      const where = ownFrame(blame("", leave).stack ?? "")
      const status = Number(code ?? process.exitCode ?? 0)
      const message = `${running.task} ended its process with status ${status}`
      const error = new TaskExit({ message, exit: status, signal: null, ...(where === undefined ? {} : { where }) })
      say({ tell: "fault", id: running.id, error: encodeFailure(error) })
    }
    return exit(code)
  }
  process.exit = leave

  let host: HostModule | null = null
  let flushed = false
  const answers = answerer({
    host: () => host,
    say,
    began: (id, task) => {
      running = { id, task }
    },
    ended: (task) => {
      last = task
      running = null
    },
    executed: () => {
      // what was compiled for the first task serves the hosts to come
      if (!flushed) flushCompileCache()
      flushed = true
    }
  })

  const lines = new MessageLines((line) => {
    if (line === null) return end()
    const message = Schema.decodeUnknownOption(Ask)(JSON.parse(line))
    if (message._tag === "None") return end()
    const ask = message.value
    if (ask.ask === "open") {
      host = openHost({ config: ask.config, environment: ask.environment })
      return
    }
    answers(ask)
  })
  const wire = new Socket({ fd: wireDescriptor })
  wire.on("data", (chunk: Buffer) => lines.push(chunk))
  wire.on("end", end)
  wire.on("error", end)
  wire.on("close", end)
  say({ tell: "ready", speaks: wireVersion })
}

if (isOpen(wireDescriptor)) serve()
else {
  process.stderr.write("this is the part of atlas-run that runs tasks: it is started by atlas-run itself\n")
  exit(2)
}
