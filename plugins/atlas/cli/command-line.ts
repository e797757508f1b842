/** The whole command line as one effect: words in, exit code out. */
import { encodeFailures, type ErrorDocument, several } from "atlas-run/plugin"
import { Cause, Effect } from "effect"
import { type Line, readArguments } from "./arguments.ts"
import { type Answer, type Command, documentName } from "./command.ts"
import { defectOf } from "./errors.ts"
import { exitOfFailure, failuresOf, type Failed, worst } from "./exit-code.ts"
import { commandHelp, programHelp } from "./help.ts"
import { openProgress } from "./progress.ts"
import { styleFor } from "./style.ts"
import { Terminal, type TerminalShape } from "./terminal.ts"
import type { Telling } from "./text.ts"
import { failureLines, findingLines } from "./told.ts"

/** One JSON text on one line. DEL, C1 controls and marks of reading direction are escaped too, which changes no value. */
const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  )

const written = (lines: ReadonlyArray<string>): string => lines.map((line) => `${line}\n`).join("")

const errorsOf = (failure: Failed): ReadonlyArray<ErrorDocument> => failuresOf(failure).flatMap((each) => encodeFailures(each))

const isBad = ({ failure, findings = [] }: Answer<unknown>): boolean =>
  failure !== undefined || findings.some(({ severity }) => severity === "error")

const nothing: Answer<unknown> = { facts: {}, lines: () => [] }

const documentFor = (command: Command<any, any> | undefined, answer: Answer<unknown>): unknown => {
  const { facts, findings = [], failure } = answer
  const errors = failure === undefined ? [] : errorsOf(failure)
  return {
    atlas: command === undefined ? "dataset/1" : `dataset-${documentName(command.name)}/1`,
    ok: !isBad(answer),
    findings,
    ...(errors.length === 0 ? {} : { error: errors[0], errors }),
    ...facts
  }
}

/** Tells an answer as the flags ask for, and gives its exit code. */
const tell = (line: Line, answer: Answer<unknown>, terminal: TerminalShape): number => {
  const { globals, command } = line
  const { failure, findings = [] } = answer
  const telling = (isTTY: boolean): Telling => ({
    style: styleFor(globals.color, isTTY, terminal.environment),
    verbose: globals.verbose
  })
  if (globals.json) terminal.stdout.write(`${jsonLine(documentFor(command, answer))}\n`)
  else {
    const shown = globals.quiet ? findings.filter(({ severity }) => severity === "error") : findings
    const { stdout, stderr } = terminal
    if (!globals.quiet || shown.length > 0)
      stdout.write(written([...answer.lines(telling(stdout.isTTY)), ...findingLines(shown, telling(stdout.isTTY))]))
    if (failure !== undefined) stderr.write(written(failureLines(errorsOf(failure), telling(stderr.isTTY))))
  }
  return failure === undefined ? (isBad(answer) ? 1 : 0) : worst([1, exitOfFailure(failure)])
}

const perform = (line: Line, command: Command<any, any>, terminal: TerminalShape): Effect.Effect<Answer<unknown>> => {
  // That nobody reads is told at the end, of all results together.
  const write = (text: string): Effect.Effect<boolean> =>
    Effect.suspend(() => {
      if (line.globals.quiet || line.globals.json) return Effect.succeed(true)
      terminal.stdout.write(text)
      return Effect.match(terminal.delivered, { onFailure: () => false, onSuccess: () => true })
    })
  const progress = openProgress(command.name, !line.globals.quiet && !line.globals.json, terminal)
  return command.run({ flags: line.flags, words: line.words, progress: progress.tell, write }).pipe(
    Effect.catchCause((cause): Effect.Effect<Answer<unknown>> => {
      const failure = cause.reasons.find(Cause.isFailReason)
      const defect = cause.reasons.find(Cause.isDieReason)
      if (failure === undefined && defect === undefined) return Effect.interrupt
      return Effect.succeed({ ...nothing, failure: failure === undefined ? defectOf(defect?.defect) : failure.error })
    }),
    Effect.ensuring(Effect.sync(progress.clear))
  )
}

const execute = (argv: ReadonlyArray<string>, version: string, terminal: TerminalShape): Effect.Effect<number> =>
  Effect.gen(function* () {
    const { line: read, problems } = readArguments(argv)
    const { command, group } = read
    const json = read.globals.json || command?.asksForJson?.(read.flags) === true
    const line = { ...read, globals: { ...read.globals, json } }
    const { globals } = line
    if (globals.help) {
      terminal.stdout.write(written(command === undefined ? programHelp(group) : commandHelp(command)))
      return 0
    }
    if (globals.version) {
      terminal.stdout.write(globals.json ? `${jsonLine({ atlas: "version/1", version })}\n` : `atlas-dataset ${version}\n`)
      return 0
    }
    // Without a command there is always a problem.
    if (problems.length > 0 || command === undefined) return tell(line, { ...nothing, failure: several(problems) }, terminal)
    return tell(line, yield* perform(line, command, terminal), terminal)
  })

/** Never fails: failures are told and become the exit code. Interruption stays interruption. `version` is the program's. */
export const commandLine = (argv: ReadonlyArray<string>, version: string): Effect.Effect<number, never, Terminal> =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    const exit = yield* execute(argv, version, terminal)
    const delivery = yield* terminal.delivered.pipe(
      Effect.as(0),
      Effect.catch((error) =>
        Effect.sync(() => {
          terminal.stderr.write(written(failureLines(encodeFailures(error), { style: styleFor("never", false, {}), verbose: false })))
          return exitOfFailure(error)
        })
      )
    )
    return worst([exit, delivery])
  })
