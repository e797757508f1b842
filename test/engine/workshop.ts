/** A small project that real runs are made of, its host in this process. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { project } from "atlas-run"
import type { Severity } from "../../src/domain/Finding.ts"
import type { RunEvent } from "../../src/domain/RunDocuments.ts"
import { Atlas, type RunOptions } from "../../src/engine/Atlas.ts"
import { bell, Keep, Look, Peek, Read, Share, Use } from "./workshop-stages.ts"

export interface Arranged {
  readonly mark?: string
  readonly immutable?: boolean
  /** Another target `b`, with this input. */
  readonly beside?: string
  /** What the check gates, by default the nearest later owners of cells; absent: no check. */
  readonly gates?: "default" | "none" | "use"
  /** With a second check that sees the same and gates nothing. */
  readonly peek?: boolean
  readonly severity?: Readonly<Record<string, Severity>>
  readonly waive?: ReadonlyArray<{ readonly finding: "short" | "odd"; readonly at: string; readonly until?: string }>
}

const arranged = ({ mark, immutable = false, beside, gates, peek = false, severity, waive = [] }: Arranged) =>
  project({
    name: "workshop",
    stages: beside === undefined ? [Read, Use, immutable ? Keep : Share] : [Read, Use],
    checks: peek
      ? [Look, Peek.with({}, { gates: [] })]
      : gates === undefined
        ? []
        : [gates === "default" ? Look : Look.with({}, { gates: gates === "use" ? [Use] : [] })],
    targets: (target) => [
      target(
        { text: "text.txt" },
        {
          id: "a",
          ...(mark === undefined ? {} : { options: { read: { mark } } }),
          ...(gates === undefined ? {} : { severity: { look: severity ?? {} } }),
          waive: waive.map((one) => ({ ...one, check: "look", because: "known" }))
        }
      ),
      ...(beside === undefined ? [] : [target({ text: beside }, { id: "b" })])
    ]
  })

export interface Ran {
  readonly exit: number
  readonly warnings: ReadonlyArray<string>
  /** `read executed`, in order of their ends. */
  readonly outcomes: ReadonlyArray<string>
  /** Tasks whose code ran. */
  readonly began: ReadonlyArray<string>
  /** Of `look`. */
  readonly verdict: string | null
  readonly verdicts: Readonly<Record<string, string | null>>
  readonly codes: ReadonlyArray<string>
  readonly events: ReadonlyArray<RunEvent>
}

export class Workshop {
  readonly root = mkdtempSync(join(tmpdir(), "atlas workshop "))

  constructor(text = "one") {
    this.write("text.txt", text)
  }

  at(path: string): string {
    return join(this.root, path)
  }

  write(path: string, content: string): void {
    writeFileSync(this.at(path), content)
  }

  open(how: Arranged = {}) {
    return Atlas.openProject(arranged(how), this.root)
  }

  /** `during` is told of each task whose code begins. */
  run(how: Arranged = {}, options: RunOptions & { readonly events?: Array<RunEvent> } = {}, during: (task: string) => unknown = () => {}) {
    return Effect.gen({ self: this }, function* () {
      const session = yield* this.open(how)
      const { events = [] } = options
      const ran: Array<string> = []
      bell.began = (task) => {
        ran.push(task.slice("a:".length))
        during(task)
      }
      const { finished, tasks } = yield* session.run({ jobs: 1, cache: false, ...options }, (event) => events.push(event))
      return {
        exit: finished.exit,
        warnings: finished.warnings,
        outcomes: tasks.map(({ task, outcome }) => `${task.slice("a:".length)} ${outcome}`),
        began: ran,
        verdict: tasks.find(({ check }) => check === "look")?.verdict ?? null,
        verdicts: Object.fromEntries(tasks.flatMap(({ check, verdict }) => (check === null ? [] : [[check, verdict]]))),
        codes: tasks.flatMap(({ error }) => (error === undefined ? [] : [error.code])),
        events
      } satisfies Ran
    })
  }

  /** How often a run asked the cell's owner. */
  asking(how: Arranged = {}, options: RunOptions = {}) {
    return Effect.gen({ self: this }, function* () {
      let asked = 0
      bell.looked = () => asked++
      const ran = yield* this.run(how, options)
      bell.looked = () => {}
      return { asked, ran }
    })
  }

  /** Runs until what is in the cell has stood long enough to be known by its times. */
  rest() {
    return Effect.gen({ self: this }, function* () {
      for (let tries = 0; tries < 1000; tries++) if ((yield* this.asking()).asked === 0) return
      throw new Error("the owner of the cell is asked each time")
    })
  }

  /** What would be done, as `read stale`. */
  plan(how: Arranged = {}) {
    return Effect.gen({ self: this }, function* () {
      const { tasks } = yield* (yield* this.open(how)).plan({})
      return tasks.map(({ task, decision }) => `${task.slice("a:".length)} ${decision}`)
    })
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

export const workshop = (text?: string) =>
  Effect.acquireRelease(
    Effect.sync(() => new Workshop(text)),
    (made) => Effect.sync(() => made.remove())
  )
