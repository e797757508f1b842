import { mkdirSync, readFileSync, rmSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { Effect, Schema } from "effect"
import { oneLine } from "../core/Excerpt.ts"
import { CommandLineInvalid } from "../domain/EngineErrors.ts"
import { DocumentVersion } from "../domain/Fault.ts"
import { type HostEvent, type ResultDocument, TaskDocument } from "../domain/TaskDocument.ts"
import { attempt } from "../ports/Errno.ts"
import { replaceFile } from "../ports/ReplaceFile.ts"
import { errorLines, indented } from "../report/ErrorText.ts"
import { Terminal } from "../report/Terminal.ts"
import { answer } from "./Answer.ts"
import { command } from "./Command.ts"
import { on, text } from "./Flag.ts"

/** Loaded when it is needed: help and version do without the engine. */
const engine = Effect.promise(() => import("../engine/Atlas.ts"))

/** A task document with the config that it is run with, from a file. */
const readTask = (path: string): Effect.Effect<TaskDocument & { readonly config: string }, CommandLineInvalid | DocumentVersion> =>
  Effect.gen(function* () {
    const invalid = (message: string) =>
      new CommandLineInvalid({ message: oneLine(message), where: { path }, hint: "Name a file with a document task/1." })
    const document = yield* Effect.try({
      try: (): unknown => JSON.parse(readFileSync(path, "utf8")),
      catch: (cause) => invalid(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
    })
    const found = typeof document === "object" && document !== null ? (document as { readonly atlas?: unknown }).atlas : undefined
    if (typeof found === "string" && found !== "task/1")
      return yield* new DocumentVersion({
        message: oneLine(`${path} is a document ${found}, this atlas-run reads task/1`),
        where: { path },
        found,
        known: "task/1"
      })
    const task = yield* Schema.decodeUnknownEffect(TaskDocument)(document, { errors: "all", onExcessProperty: "error" }).pipe(
      Effect.mapError((error) => invalid(`${path} is no task/1: ${error.message}`))
    )
    const { config } = task
    return config === null ? yield* invalid(`${path} names no config to run its task with`) : { ...task, config }
  })

/** `a.json` → `a.result.json`. */
const besides = (path: string): string => `${path.replace(/\.json$/, "")}.result.json`

export const Exec = command({
  name: "exec",
  summary: "executes one task document in a process of its own and writes its result document",
  detail: [
    "This is what executors call on the machine that a task is sent to; the engine calls it nowhere else.",
    "The result is written in one piece when the task has ended, however it ended; 1 if it has errors.",
    "ATLAS_RUN_NO_BUNDLED_EFFECT=1 lets hosts load effect as it is installed, for this command and any other."
  ],
  words: { name: "TASK-FILE", least: 1, most: 1, help: "a file with a document task/1" },
  flags: {
    result: text("FILE", "where the document result/1 goes; beside TASK-FILE as NAME.result.json if absent"),
    inspect: on("wait for a debugger before anything runs, and keep the task's scratch folder")
  },
  examples: [
    { line: "atlas-run exec task.json", does: "writes task.result.json" },
    { line: "atlas-run exec task.json --inspect", does: "tells where a debugger can attach" }
  ],
  run: ({ words, flags, globals, style }) =>
    Effect.gen(function* () {
      const terminal = yield* Terminal
      const path = resolve(terminal.folder, words[0] ?? "")
      const task = yield* readTask(path)
      const file = flags.result === undefined ? besides(path) : resolve(terminal.folder, flags.result)
      for (const output of task.outputs)
        if (output.kind !== "value")
          yield* attempt("create", dirname(output.path), () => void mkdirSync(dirname(output.path), { recursive: true }))
      const tell = (event: HostEvent) => {
        if (event.event === "log" && !globals.quiet) terminal.stderr.write(`${oneLine(event.message)}\n`)
      }
      const { Atlas } = yield* engine
      const result = yield* Atlas.exec(task, { inspect: flags.inspect }, tell)
      yield* attempt("write", file, () => replaceFile(file, `${JSON.stringify(result)}\n`, { durable: true }))
      if (flags.inspect) terminal.stderr.write(`its scratch folder is kept: ${oneLine(task.scratch)}\n`)
      else yield* attempt("remove", task.scratch, () => rmSync(task.scratch, { recursive: true, force: true }))
      yield* answer(globals.json, result, () =>
        resultLines(result, file, (error) => errorLines(error, { style, folder: terminal.folder, verbose: globals.verbose }))
      )
      return result.errors.length === 0 ? 0 : 1
    })
})

const resultLines = (
  { task, errors, findings, summary }: ResultDocument,
  file: string,
  lines: (error: ResultDocument["errors"][number]) => ReadonlyArray<string>
): ReadonlyArray<string> => [
  `${oneLine(task)}   ${errors.length === 0 ? "succeeded" : "failed"}${summary === null ? "" : `   ${oneLine(summary)}`}`,
  ...errors.flatMap((error) => indented(lines(error), 2)),
  ...findings.map(({ name, at, message }) => `  ${oneLine(name)}   ${oneLine(at)}   ${oneLine(message)}`),
  `  ${oneLine(file)}`
]
