/** split → count (each part) → grade (each part) → gather; a check on count. Lines of the text are `NAME CONTENT`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { Check, type ErrorDocs, Stage, Told } from "atlas-run/plugin"

class Refused extends Schema.TaggedError<Refused>()("Refused", { ...Told }) {
  static readonly docs: ErrorDocs = { summary: "It would not", hint: "ask again", example: "it would not" }
}

/** Rung by each task whose code runs, at its beginning. */
export const bell: { began: (task: string) => void } = { began: () => {} }

const linesOf = (path: string): ReadonlyArray<readonly [string, string]> =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const space = line.indexOf(" ")
      return [line.slice(0, space), line.slice(space + 1)] as const
    })

/** `kind` file: a file a part; folder: a folder with a file in it. A content `fail` fails it, `wait` never ends. */
export class Split extends Stage("split")({
  target: Schema.Struct({ text: Schema.String }),
  needs: [],
  options: Schema.Struct({
    kind: Schema.Literals(["file", "folder"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("file" as const)))
  }),
  inputs: ({ text }) => ({ text }),
  outputs: { parts: "folder", head: "file" },
  findings: {},
  errors: [Refused],
  run: ({ task, inputs, options, outputs }) =>
    Effect.gen(function* () {
      bell.began(task)
      mkdirSync(outputs.parts)
      const lines = linesOf(inputs.text)
      if (lines.some(([, content]) => content === "fail")) return yield* new Refused({ message: "it would not" })
      for (const [name, content] of lines) {
        if (name === "#") continue
        if (options.kind === "folder") mkdirSync(join(outputs.parts, name))
        writeFileSync(options.kind === "folder" ? join(outputs.parts, name, "text") : join(outputs.parts, name), content)
      }
      writeFileSync(outputs.head, lines.find(([name]) => name === "#")?.[1] ?? "")
    })
}) {}

export class Count extends Stage("count")({
  target: Schema.Struct({}),
  each: { of: Split, output: "parts" },
  needs: [],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { counted: "file" },
  roots: { build: "build" },
  paths: ({ roots, labels, item }) => ({ counted: `${roots.build}/${labels["place"]}/${item.name}.count` }),
  findings: {},
  errors: [Refused],
  run: ({ task, item, outputs }) =>
    Effect.gen(function* () {
      bell.began(task)
      const text = readFileSync(item.path, "utf8")
      if (text === "refuse") return yield* new Refused({ message: "it would not" })
      if (text === "wait") return yield* Effect.never
      // edits beyond the first word come to the same
      writeFileSync(outputs.counted, `${item.name} ${text.split(" ")[0]}`)
    })
}) {}

/** Item by item, and the head of the whole. */
export class Grade extends Stage("grade")({
  target: Schema.Struct({}),
  each: { of: Split, output: "parts" },
  needs: [Count, Split],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { grade: "value" },
  findings: {},
  errors: [],
  run: ({ task, item, needs }) =>
    Effect.sync(() => {
      bell.began(task)
      return { grade: `${item.name}:${readFileSync(needs.split.head, "utf8")}:${readFileSync(needs.count.counted, "utf8")}` }
    })
}) {}

/** All of them. */
export class Gather extends Stage("gather")({
  target: Schema.Struct({}),
  needs: [Count, Grade],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { all: "file" },
  findings: {},
  errors: [],
  run: ({ task, needs, outputs }) =>
    Effect.sync(() => {
      bell.began(task)
      const counts = Object.entries(needs.count).map(([name, { counted }]) => `${name}=${readFileSync(counted, "utf8")}`)
      const grades = Object.entries(needs.grade).map(([name, { grade }]) => `${name}=${grade}`)
      writeFileSync(outputs.all, [...counts, ...grades].join("\n"))
    })
}) {}

export class Short extends Check("short")({
  on: Count,
  options: Schema.Struct({}),
  findings: { short: { severity: "error", hint: "write more" } },
  errors: [],
  run: ({ task, subject, report }) =>
    Effect.suspend(() => {
      bell.began(task)
      const text = readFileSync(subject.counted, "utf8")
      return text.endsWith("short") ? report("short", { at: text, message: `${text} is short` }) : Effect.void
    })
}) {}
