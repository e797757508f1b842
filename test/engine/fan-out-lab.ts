/** A project of fan-outs by content, its host in this process. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { project } from "atlas-run"
import type { RunEvent } from "../../src/domain/RunDocuments.ts"
import { Atlas, type RunOptions } from "../../src/engine/Atlas.ts"
import { bell, Count, Gather, Grade, Short, Split } from "./fan-out-stages.ts"

export interface Arranged {
  readonly targets?: ReadonlyArray<string>
  /** Where counts of a target go below `build`, by default to a folder of its name. */
  readonly places?: Readonly<Record<string, string>>
  readonly kind?: "file" | "folder"
  /** With a check on each count, which gates gather if so. */
  readonly check?: "gates" | "advice"
}

const arranged = ({ targets = ["a"], places = {}, kind = "file", check }: Arranged) =>
  project({
    name: "fan-outs",
    stages: [Split.with({ kind }), Count, Grade, Gather],
    checks: check === undefined ? [] : [Short.with({}, { gates: check === "gates" ? [Gather] : [] })],
    targets: (target) => targets.map((id) => target({ text: `${id}.txt` }, { id, labels: { place: places[id] ?? id } }))
  })

export interface Ran {
  readonly exit: number
  /** `count@x executed`, sorted; of target `a` without its name. */
  readonly outcomes: ReadonlyArray<string>
  /** Tasks whose code ran, sorted. */
  readonly began: ReadonlyArray<string>
  readonly counts: Readonly<Record<string, number>>
  readonly codes: ReadonlyArray<string>
  readonly events: ReadonlyArray<RunEvent>
}

const short = (task: string): string => (task.startsWith("a:") ? task.slice(2) : task)

export class FanOutLab {
  readonly root = mkdtempSync(join(tmpdir(), "atlas fan-out "))

  at(path: string): string {
    return join(this.root, path)
  }

  /** The parts of a target, `{ x: "content" }`; `#` is the head. */
  write(parts: Readonly<Record<string, string>>, target = "a"): void {
    writeFileSync(
      this.at(`${target}.txt`),
      Object.entries(parts)
        .map(([name, content]) => `${name} ${content}\n`)
        .join("")
    )
  }

  read(path: string): string {
    return readFileSync(this.at(path), "utf8")
  }

  open(how: Arranged = {}) {
    return Atlas.openProject(arranged(how), this.root)
  }

  run(how: Arranged = {}, options: RunOptions & { readonly events?: Array<RunEvent> } = {}, during: (task: string) => unknown = () => {}) {
    return Effect.gen({ self: this }, function* () {
      const session = yield* this.open(how)
      const { events = [] } = options
      const began: Array<string> = []
      bell.began = (task) => {
        began.push(short(task))
        during(task)
      }
      const { finished, tasks } = yield* session.run({ jobs: 2, cache: false, ...options }, (event) => events.push(event))
      return {
        exit: finished.exit,
        outcomes: tasks.map(({ task, outcome }) => `${short(task)} ${outcome}`).sort(),
        began: began.sort(),
        counts: finished.counts,
        codes: tasks.flatMap(({ error }) => (error === undefined ? [] : [error.code])),
        events
      } satisfies Ran as Ran
    })
  }

  /** `count@x stale`, in the project's order. */
  plan(how: Arranged = {}, select: ReadonlyArray<string> = []) {
    return Effect.gen({ self: this }, function* () {
      const { tasks } = yield* (yield* this.open(how)).plan({ select })
      return tasks.map(({ task, decision }) => `${short(task)} ${decision}`)
    })
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

export const fanOutLab = Effect.acquireRelease(
  Effect.sync(() => new FanOutLab()),
  (made) => Effect.sync(() => made.remove())
)
