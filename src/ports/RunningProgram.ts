/** One program from its start until none of its group lives. Plain callbacks; `Programs` makes an Effect of it. */
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import type { Program, ProgramResult } from "./Program.ts"
import { groupLives, signalGroup, type Watchdog } from "./ProcessGroup.ts"
import { memoryKills, recentMemoryKills, watchPeak } from "./Resident.ts"
import { Lines, Tail } from "./Tail.ts"

export interface Running {
  /** SIGTERM to the group now, SIGKILL after the grace. */
  readonly stop: () => void
  /** Called once, when the group is gone. At once if it is already. */
  readonly whenDone: (call: () => void) => void
}

const defaults = { graceMs: 10_000, tailBytes: 65_536 }
/** How often a group that has to end is looked at, ms. */
const pollMs = 10
/** How long those whom a program started may live on after it, e.g. to close a sandbox or to write down the last that it said, ms. */
const lingerMs = 500
/** How long a killed group may take to vanish: beyond this the kernel itself is stuck in a call. */
const vanishMs = 5_000
/** After the end, silence of this length means that a stranger holds the pipe, ms. */
const silenceMs = 500
/** Status with which a shell tells that its program was ended by SIGKILL. */
const killedStatus = 128 + 9

/** Throws what `spawn` and `open` throw; `fail` gets what comes later, instead of `done`. */
export const startProgram = (
  file: string,
  program: Program,
  watchdog: Watchdog,
  done: (result: ProgramResult) => void,
  fail: (cause: unknown) => void
): Running => {
  const started = performance.now()
  const graceMs = program.graceMs ?? defaults.graceMs
  const tails = { stdout: new Tail(program.tailBytes ?? defaults.tailBytes), stderr: new Tail(program.tailBytes ?? defaults.tailBytes) }
  const timers = new Set<NodeJS.Timeout>()
  const waiting: Array<() => void> = []
  let state: "running" | "exited" | "done" = "running"
  let deadline: number | null = null
  let timedOut = false
  let leftovers = false
  let arrived = 0

  const later = (ms: number, call: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      call()
    }, ms)
    timers.add(timer)
  }

  const finish = (tell: () => void) => {
    if (state === "done") return
    state = "done"
    for (const timer of timers) clearTimeout(timer)
    tell()
    for (const call of waiting) call()
  }

  const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = fs.constants
  const descriptor = program.stdout === undefined ? null : fs.openSync(program.stdout, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o666)
  let child: ChildProcess
  try {
    child = spawn(file, program.argv.slice(1), {
      argv0: program.argv[0],
      cwd: program.cwd,
      env: { ...program.env },
      detached: true,
      stdio: ["ignore", descriptor ?? "pipe", "pipe"]
    })
  } finally {
    if (descriptor !== null) fs.closeSync(descriptor)
  }

  const listen = (stream: "stdout" | "stderr") => {
    const tell = program.onLine
    const lines = tell === undefined ? null : new Lines((line) => tell(stream, line))
    child[stream]?.on("data", (chunk: Buffer) => {
      arrived++
      tails[stream].push(chunk)
      lines?.push(chunk)
    })
    child[stream]?.on("error", () => {})
    return lines
  }
  const lines = [listen("stdout"), listen("stderr")]

  const group = child.pid
  if (group === undefined) {
    child.on("error", (cause) => finish(() => fail(cause)))
    return { stop: () => {}, whenDone: (call) => (state === "done" ? call() : void waiting.push(call)) }
  }
  watchdog.add(group)
  const killsBefore = recentMemoryKills()
  const peak = watchPeak(group)
  child.on("error", () => {})

  let ended: { readonly exit: number | null; readonly signal: string | null } = { exit: null, signal: null }
  let starved = false
  let peakBytes: number | null = null
  let vanished = false
  let closed = false

  const settle = () => {
    if (!vanished || !closed) return
    finish(() => {
      watchdog.remove(group)
      for (const each of lines) each?.end()
      done({
        ...ended,
        stdoutTail: tails.stdout.text(),
        stderrTail: tails.stderr.text(),
        stdoutBytes: tails.stdout.total,
        stderrBytes: tails.stderr.total,
        ms: Math.round(performance.now() - started),
        timedOut,
        leftovers,
        peakBytes,
        starved
      })
    })
  }

  /** Until the group is empty; killed at `deadline`, or at `patience` where the program ended by itself and left others behind. */
  const vanish = (killedAt: number | null, patience: number) => {
    const now = performance.now()
    if (!groupLives(group) || (killedAt !== null && now - killedAt > vanishMs)) {
      vanished = true
      return settle()
    }
    let killed = killedAt
    if (killed === null && now >= (deadline ?? patience)) {
      if (deadline === null) leftovers = true
      signalGroup(group, "SIGKILL")
      killed = now
    }
    later(pollMs, () => vanish(killed, patience))
  }

  const drain = (before: number) =>
    later(silenceMs, () => {
      if (closed) return
      if (arrived !== before) return drain(arrived)
      child.stdout?.destroy()
      child.stderr?.destroy()
    })

  child.on("exit", (exit, signal) => {
    state = "exited"
    ended = { exit, signal }
    peakBytes = peak.end()
    starved = deadline === null && (signal === "SIGKILL" || exit === killedStatus) && memoryKills() > killsBefore
    vanish(null, performance.now() + lingerMs)
    drain(arrived)
  })
  child.on("close", () => {
    closed = true
    settle()
  })

  const stop = () => {
    if (deadline !== null || state !== "running") return
    deadline = performance.now() + graceMs
    signalGroup(group, "SIGTERM")
    later(graceMs, () => state === "running" && signalGroup(group, "SIGKILL"))
  }
  if (program.timeoutMs !== undefined) {
    later(program.timeoutMs, () => {
      if (state !== "running") return
      timedOut = true
      stop()
    })
  }
  return { stop, whenDone: (call) => (state === "done" ? call() : void waiting.push(call)) }
}
