/** The stages of the workshop: read → use → share (or keep), and a check on what was read. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { type CellObservation, Check, type ErrorDocs, type Observed, Stage, Told } from "atlas-run/plugin"

class Refused extends Schema.TaggedError<Refused>()("Refused", { ...Told }) {
  static readonly docs: ErrorDocs = { summary: "It would not", hint: "ask again", example: "it would not" }
}

/** Rung by each task whose code runs, at its beginning, and when the owner of a cell is asked. */
export const bell: { began: (task: string) => void; looked: () => void } = { began: () => {}, looked: () => {} }

/** Makes the first line of its input, so that an edit below it comes to the same. */
export class Read extends Stage("read")({
  target: Schema.Struct({ text: Schema.String }),
  needs: [],
  options: Schema.Struct({ mark: Schema.String.pipe(Schema.withDecodingDefaultKey(Effect.succeed(""))) }),
  inputs: ({ text }) => ({ text }),
  outputs: { line: "file" },
  environment: ["ATLAS_WORKSHOP"],
  tools: ["sort"],
  runtime: ["node"],
  findings: {},
  errors: [Refused],
  run: ({ task, inputs, options, outputs }) =>
    Effect.gen(function* () {
      bell.began(task)
      const [line = ""] = readFileSync(inputs.text, "utf8").split("\n")
      if (line === "wait") return yield* Effect.never
      if (line === "refuse") return yield* new Refused({ message: "it would not" })
      writeFileSync(outputs.line, `${line}${options.mark}`)
    })
}) {}

export class Use extends Stage("use")({
  target: Schema.Struct({}),
  needs: [Read],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { used: "file" },
  timeoutMs: 2000,
  findings: {},
  errors: [],
  run: ({ task, needs, outputs }) =>
    Effect.gen(function* () {
      bell.began(task)
      const line = readFileSync(needs.read.line, "utf8")
      if (line === "linger") return yield* Effect.never
      writeFileSync(outputs.used, `used ${line}`)
    })
}) {}

const shared = (root: string) => join(root, "cell.json")

const owning = <const Name extends string>(name: Name, immutable: boolean) =>
  class extends Stage(name)({
    target: Schema.Struct({}),
    needs: [Use],
    options: Schema.Struct({}),
    inputs: () => ({}),
    outputs: { value: "value" },
    roots: { store: "store" },
    findings: {},
    errors: [],
    cell: {
      id: ({ roots }) => `${roots.store}/cell`,
      immutable,
      desired: ({ needs }) => Effect.sync(() => readFileSync(needs.use.used, "utf8")),
      observe: ({ roots }) =>
        Effect.sync((): Observed => {
          bell.looked()
          const path = shared(roots.store)
          const live: CellObservation = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as CellObservation) : { state: "absent" }
          return { ...live, witnesses: [path] }
        })
    },
    run: ({ task, cell, roots }) =>
      Effect.sync(() => {
        bell.began(task)
        mkdirSync(roots.store, { recursive: true })
        writeFileSync(shared(roots.store), JSON.stringify({ state: "present", value: cell.desired }))
        writeFileSync(join(roots.store, "swapped.json"), JSON.stringify(cell))
      })
  }) {}

/** Owns a place that may change, and one that never may. */
export class Share extends owning("share", false) {}
export class Keep extends owning("keep", true) {}

const findings = { short: { severity: "error", hint: "write more" }, odd: { severity: "warning", hint: "look at it" } } as const

/** Reports the words of `path` that begin with the name of a finding. */
const met = (
  path: string,
  report: (name: keyof typeof findings, told: { readonly at: string; readonly message: string }) => Effect.Effect<void>
) =>
  Effect.gen(function* () {
    for (const word of readFileSync(path, "utf8").split(" ")) {
      if (word.startsWith("broken")) throw new Error("it broke")
      if (word.startsWith("short") || word.startsWith("odd"))
        yield* report(word.startsWith("short") ? "short" : "odd", { at: word, message: `${word} was met` })
    }
  })

export class Look extends Check("look")({
  on: Read,
  options: Schema.Struct({}),
  findings,
  errors: [],
  run: ({ task, subject, report }) => Effect.suspend(() => (bell.began(task), met(subject.line, report)))
}) {}

/** Sees the same. */
export class Peek extends Check("peek")({
  on: Read,
  options: Schema.Struct({}),
  findings,
  errors: [],
  run: ({ task, subject, report }) => Effect.suspend(() => (bell.began(task), met(subject.line, report)))
}) {}
