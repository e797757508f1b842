/** A project whose tasks begin and end when a test lets them, its host in this process. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { project } from "atlas-run"
import { Check, type ErrorDocs, type Resources, Stage, Told } from "atlas-run/plugin"
import type { RunEvent, TaskFinished } from "../../src/domain/RunDocuments.ts"
import { Atlas, type RunOptions } from "../../src/engine/Atlas.ts"

export class Busy extends Schema.TaggedError<Busy>()("Busy", { ...Told }) {
  static readonly docs: ErrorDocs = { summary: "It was busy", hint: "ask again", example: "it was busy" }
}

/** What the code of the next tasks does, by target: it may wait, throw, or give an error to fail with. */
const gate: { enter: (target: string, seen: { readonly left: boolean }) => Promise<Busy | void> | Busy | void } = { enter: () => {} }

const targetOf = (task: string): string => task.slice(0, task.indexOf(":"))

/** Copies its input; `left`: something stands where it is to write. */
class Work extends Stage("work")({
  target: Schema.Struct({ text: Schema.String }),
  needs: [],
  options: Schema.Struct({}),
  inputs: ({ text }) => ({ text }),
  outputs: { copy: "file" },
  findings: {},
  errors: [Busy],
  run: ({ task, inputs, outputs }) =>
    Effect.gen(function* () {
      const text = readFileSync(inputs.text, "utf8")
      const left = existsSync(outputs.copy)
      writeFileSync(outputs.copy, text)
      const busy = yield* Effect.promise(async () => gate.enter(targetOf(task), { left }))
      if (busy !== undefined) return yield* busy
    })
}) {}

class Use extends Stage("use")({
  target: Schema.Struct({}),
  needs: [Work],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { used: "file" },
  findings: {},
  errors: [],
  run: ({ needs, outputs }) => Effect.sync(() => writeFileSync(outputs.used, `used ${readFileSync(needs.work.copy, "utf8")}`))
}) {}

/** Reports each word of the copy; breaks where the gate does. */
class Look extends Check("look")({
  on: Work,
  options: Schema.Struct({}),
  findings: { word: { severity: "warning", hint: "fewer words" } },
  errors: [],
  run: ({ task, subject, report }) =>
    Effect.gen(function* () {
      for (const word of readFileSync(subject.copy, "utf8").split(" ")) yield* report("word", { at: word, message: word })
      yield* Effect.promise(async () => gate.enter(`${targetOf(task)}:look`, { left: false }))
    })
}) {}

export interface Arranged {
  /** What `work` takes, by target. */
  readonly targets: Readonly<Record<string, Resources>>
  readonly use?: boolean
  /** With a check that takes this. */
  readonly look?: Resources
}

export class Gated {
  readonly root = mkdtempSync(join(tmpdir(), "atlas gated "))
  readonly began: Array<string> = []
  readonly running = new Set<string>()
  readonly events: Array<RunEvent> = []
  #waiting: Array<{ readonly holds: () => boolean; readonly go: () => void }> = []
  readonly #releases = new Map<string, (busy?: Busy) => void>()

  constructor() {
    this.write("text.txt", "words")
  }

  at(path: string): string {
    return join(this.root, path)
  }

  write(path: string, text: string): void {
    writeFileSync(this.at(path), text)
  }

  open({ targets, use = false, look }: Arranged) {
    const lab = project({
      name: "gated",
      stages: use ? [Work, Use] : [Work],
      checks: look === undefined ? [] : [Look.with({}, { gates: [] })],
      targets: (target) =>
        Object.entries(targets).map(([id, resources]) =>
          target({ text: "text.txt" }, { id, resources: { work: resources, ...(look === undefined ? {} : { look }) } })
        )
    })
    return Atlas.openProject(lab, this.root)
  }

  /** Runs without gates: `enter` is what the code of a task does. */
  run(arranged: Arranged, options: RunOptions = {}, enter: typeof gate.enter = () => {}) {
    return Effect.gen({ self: this }, function* () {
      const session = yield* this.open(arranged)
      gate.enter = (target, seen) => {
        this.began.push(target)
        return enter(target, seen)
      }
      return yield* session.run({ jobs: 1, cache: false, ...options }, (event) => this.events.push(event))
    })
  }

  /** Runs so that each task ends when it is released. */
  hold(arranged: Arranged, options: RunOptions) {
    return this.run(arranged, options, (target) => {
      this.running.add(target)
      const released = new Promise<void>((resolve) =>
        this.#releases.set(target, () => {
          this.running.delete(target)
          resolve()
        })
      )
      const met = this.#waiting.filter(({ holds }) => holds())
      this.#waiting = this.#waiting.filter((one) => !met.includes(one))
      for (const { go } of met) go()
      return released
    })
  }

  release(...targets: ReadonlyArray<string>): void {
    for (const target of targets) this.#releases.get(target)?.()
  }

  /** Until all of them have begun. */
  until(...targets: ReadonlyArray<string>): Effect.Effect<void> {
    const holds = (): boolean => targets.every((target) => this.began.includes(target))
    return Effect.callback<void>((resume) => {
      const go = (): void => resume(Effect.void)
      if (holds()) go()
      else this.#waiting.push({ holds, go })
    })
  }

  finished(): ReadonlyArray<TaskFinished> {
    return this.events.filter((event) => event.event === "task-finished")
  }

  traces(): ReadonlyArray<string> {
    return existsSync(this.at(".atlas/traces")) ? readdirSync(this.at(".atlas/traces")) : []
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

export const gated = Effect.acquireRelease(
  Effect.sync(() => new Gated()),
  (made) => Effect.sync(() => made.remove())
)
