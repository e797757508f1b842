/** One host process as its engine sees it: one question at a time, and how it ended. Plain callbacks; `Process` makes Effects of them. */
import type { ChildProcess } from "node:child_process"
import type { Duplex } from "node:stream"
import { Schema } from "effect"
import type { ErrorDocument } from "../domain/Failure.ts"
import type { Finding } from "../domain/Finding.ts"
import type { HostEvent } from "../domain/TaskDocument.ts"
import { signalGroup, type Watchdog } from "../ports/ProcessGroup.ts"
import { Tail } from "../ports/Tail.ts"
import { memoryKills, type PeakWatch, residentBytes, watchPeak } from "../ports/Resident.ts"
import { endKin, kinOf } from "./Kin.ts"
import { launch, type Launch } from "./Launch.ts"
import { TaskOutput } from "./TaskOutput.ts"
import { type Ask, encodeLine, MessageLines, Tell, wireVersion } from "./Wire.ts"

/** How a process ended that had something to answer. */
export interface Gone {
  readonly pid: number
  readonly exit: number | null
  readonly signal: string | null
  /** The end of what it printed on stderr. */
  readonly stderr: string
  /** It had said that it is ready. */
  readonly started: boolean
  /** `system`: the machine ended a process for want of memory meanwhile. */
  readonly memory: "resident" | "system" | null
  /** It said what is no message. */
  readonly babbled: string | null
}

export type Answer =
  | {
      readonly kind: "answer"
      readonly document: unknown
      readonly left: ReadonlyArray<number>
      /** The most that was seen of it and of what it started, bytes. */
      readonly peak: number | null
    }
  | { readonly kind: "fault"; readonly error: ErrorDocument; readonly findings: ReadonlyArray<Finding> }
  | { readonly kind: "version"; readonly speaks: string }
  | { readonly kind: "gone"; readonly gone: Gone; readonly findings: ReadonlyArray<Finding> }

export interface Question {
  readonly ask: "evaluate" | "execute" | "observe" | "digest"
  readonly document?: unknown
  readonly tell: (event: HostEvent) => void
  readonly done: (answer: Answer) => void
}

export interface HostProcess {
  readonly memoryMiB: number | null
  /** Idle, and never caught at anything. */
  readonly usable: () => boolean
  readonly ask: (question: Question) => void
  /** Asks the task to stop; the process is killed unless that answers within the grace. */
  readonly interrupt: (graceMs: number) => void
  /** Kills it and all that it started; calls back when it is gone. */
  readonly end: (done: () => void) => void
}

export interface Start extends Launch {
  readonly config: string
  readonly environment: Readonly<Record<string, string>>
  readonly watchdog: Watchdog
  /** A fault with no question open: what the last task left behind. */
  readonly leaked: (error: ErrorDocument) => void
}

const stderrBytes = 16 * 1024
/** How often the memory of a busy host is looked at, ms, and what it may hold beside its heap, MiB. */
const memory = { pollMs: 100, allowanceMiB: 256 }
/** A killed process that is not gone by then is stuck in the kernel, ms. */
const vanishMs = 5_000

const decodeTell = Schema.decodeUnknownSync(Tell)

/** Throws what `spawn` throws. */
export const startHost = (start: Start): HostProcess => {
  const killsBefore = memoryKills()
  const child: ChildProcess = launch(start)
  const pid = child.pid
  const wire = child.stdio[3] as Duplex | null
  const stderr = new Tail(stderrBytes)
  const waiting: Array<() => void> = []
  let speaks: string | null = null
  let usable = true
  let gone: { readonly exit: number | null; readonly signal: string | null } | null = null
  let overMemory = false
  let starved = false
  let babbled: string | null = null
  let asked = 0
  let open: { readonly question: Question; readonly findings: Array<Finding>; readonly outputs: ReadonlyArray<TaskOutput> } | null = null
  let poll: NodeJS.Timeout | undefined
  let peak: PeakWatch | undefined
  let grace: NodeJS.Timeout | undefined

  if (pid !== undefined) start.watchdog.add(pid)

  const kill = (): void => {
    usable = false
    if (pid !== undefined && gone === null) signalGroup(pid, "SIGKILL")
  }

  const send = (message: Ask): void => void wire?.write(encodeLine(message))

  /** After what the task printed before has been read: two turns, since all of it lies in the pipes already. */
  const finish = (answer: Answer): void => {
    const ending = open
    if (ending === null) return
    open = null
    peak?.end()
    clearInterval(poll)
    clearTimeout(grace)
    setImmediate(() =>
      setImmediate(() => {
        for (const output of ending.outputs) output.end()
        printing = null
        ending.question.done(answer)
      })
    )
  }

  const heard = (message: Tell): void => {
    if (message.tell === "ready") {
      speaks = message.speaks
      if (speaks === wireVersion) return
      finish({ kind: "version", speaks })
      return kill()
    }
    if (message.tell === "fault") {
      usable = false
      if (open === null) return start.leaked(message.error)
      fault = message.error
      return
    }
    if (message.id !== asked || open === null) return babble("an answer to no question")
    if (message.tell === "event") {
      if (message.event.event === "finding") open.findings.push(message.event.finding)
      return open.question.tell(message.event)
    }
    if (!message.clean) usable = false
    const left = message.programs && pid !== undefined ? kinOf(pid, start.mark) : []
    if (left.length > 0) usable = false
    finish({ kind: "answer", document: message.document, left, peak: peak?.end() ?? null })
  }

  const babble = (line: string): void => {
    babbled ??= line.slice(0, 200)
    kill()
  }

  let fault: ErrorDocument | null = null
  const lines = new MessageLines((line) => {
    if (babbled !== null) return
    if (line === null) return babble("a message without end")
    try {
      heard(decodeTell(JSON.parse(line)))
    } catch {
      babble(line)
    }
  })
  wire?.on("data", (chunk: Buffer) => lines.push(chunk))
  wire?.on("error", () => {})

  let printing: ReadonlyArray<TaskOutput> | null = null
  child.stdout?.on("data", (chunk: Buffer) => printing?.[0]?.push(chunk))
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr.push(chunk)
    printing?.[1]?.push(chunk)
  })
  for (const stream of [child.stdout, child.stderr]) stream?.on("error", () => {})

  /** What a question gets from a host that has ended. */
  const lost = (): Answer => {
    const findings = open?.findings ?? []
    if (fault !== null) return { kind: "fault", error: fault, findings }
    const memory = overMemory ? "resident" : starved ? "system" : null
    const ending = gone ?? { exit: null, signal: null }
    return { kind: "gone", gone: { ...ending, pid: pid ?? 0, stderr: stderr.text(), started: speaks !== null, memory, babbled }, findings }
  }

  const ended = (exit: number | null, signal: string | null): void => {
    if (gone !== null) return
    gone = { exit, signal }
    usable = false
    if (pid !== undefined) {
      // what it started must not write any more when its outputs are looked at
      endKin(pid, start.mark)
      start.watchdog.remove(pid)
    }
    starved = signal === "SIGKILL" && memoryKills() > killsBefore
    // the last that it said may still lie in the pipe
    setImmediate(() =>
      setImmediate(() => {
        finish(lost())
        wire?.destroy()
        child.stdout?.destroy()
        child.stderr?.destroy()
        for (const call of waiting) call()
      })
    )
  }
  child.on("exit", ended)
  child.on("error", (error) => {
    stderr.push(Buffer.from(error.message))
    if (pid === undefined) ended(null, null)
  })
  send({ ask: "open", config: start.config, environment: start.environment })

  const watchMemory = (): void => {
    if (start.memoryMiB === null || pid === undefined) return
    const limit = (start.memoryMiB + memory.allowanceMiB) * 1024 * 1024
    poll = setInterval(() => {
      if ((residentBytes(pid) ?? 0) <= limit) return
      overMemory = true
      kill()
    }, memory.pollMs)
  }

  return {
    memoryMiB: start.memoryMiB,
    usable: () => usable && gone === null,
    ask: (question) => {
      const { tell } = question
      printing = [
        new TaskOutput((message) => tell({ event: "log", level: "info", message })),
        new TaskOutput((message) => tell({ event: "log", level: "warning", message }))
      ]
      open = { question, findings: [], outputs: printing }
      asked++
      if (gone !== null) return finish(lost())
      send(question.ask === "evaluate" ? { ask: "evaluate", id: asked } : { ask: question.ask, id: asked, document: question.document })
      watchMemory()
      if (pid !== undefined && question.ask === "execute") peak = watchPeak(pid)
    },
    interrupt: (graceMs) => {
      if (open === null) return
      send({ ask: "interrupt", id: asked })
      grace = setTimeout(kill, graceMs)
    },
    end: (done) => {
      usable = false
      if (gone !== null) return done()
      let called = false
      const once = () => {
        if (called) return
        called = true
        clearTimeout(timer)
        done()
      }
      const timer = setTimeout(once, vanishMs)
      waiting.push(once)
      if (pid === undefined) return
      endKin(pid, start.mark)
      kill()
    }
  }
}
