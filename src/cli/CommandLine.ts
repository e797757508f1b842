/** The whole command line as one effect: words in, exit code out. */
import { Cause, Effect } from "effect"
import { CommandLineInvalid, SelectorUnknown } from "../domain/EngineErrors.ts"
import { several } from "../domain/Failure.ts"
import { jsonLine } from "../report/Ndjson.ts"
import { colourStyle, plainStyle, wantsColor } from "../core/Style.ts"
import { Terminal, type TerminalShape } from "../report/Terminal.ts"
import { type Line, meantCommand, readArguments } from "./Arguments.ts"
import type { Failed } from "./Command.ts"
import { defectOf } from "./Defect.ts"
import { tellFailure } from "./TellFailure.ts"
import { exitOfFailure, worst } from "./ExitCode.ts"
import { commandHelp, programHelp } from "./Help.ts"
import type { Projects } from "./Projects.ts"

const styles = ({ stdout, stderr, environment }: TerminalShape, { globals: { color } }: Line) => ({
  style: wantsColor(color, stdout.isTTY, environment) ? colourStyle : plainStyle,
  errorStyle: wantsColor(color, stderr.isTTY, environment) ? colourStyle : plainStyle
})

/** A word that is no command was taken as a selector: says so if that fits nothing either. */
const withCommand =
  (line: Line) =>
  (error: Failed): Failed => {
    const word = line.words[0]
    if (line.named || word === undefined || !/^[\w-]+$/.test(word)) return error
    const isThat = error._tag === "CommandLineInvalid" || (error instanceof SelectorUnknown && error.selector === word)
    const meant = meantCommand(word)
    if (!isThat || meant === undefined) return error
    return new CommandLineInvalid({
      message: `unknown command ${word}; did you mean ${meant}?`,
      hint: `It was taken as a selector: ${error.message}. See \`atlas-run --help\`.`
    })
  }

const version = (line: Line, number: string): string =>
  line.globals.json ? jsonLine({ atlas: "version/1", version: number }) : `atlas-run ${number}`

const execute = (
  line: Line,
  problems: ReadonlyArray<CommandLineInvalid>,
  number: string
): Effect.Effect<number, Failed, Terminal | Projects> =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    const { command, flags, globals, words, named } = line
    if (globals.help) {
      terminal.stdout.write(`${(named ? commandHelp(command) : programHelp()).join("\n")}\n`)
      return 0
    }
    if (problems.length > 0) return yield* Effect.fail(several(problems))
    if (globals.version) {
      terminal.stdout.write(`${version(line, number)}\n`)
      return 0
    }
    return yield* Effect.mapError(command.run({ flags, globals, words, ...styles(terminal, line) }), withCommand(line))
  })

/** Never fails: failures are told on stderr and become the exit code. Interruption stays interruption. */
export const commandLine = (argv: ReadonlyArray<string>, number: string): Effect.Effect<number, never, Terminal | Projects> =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    const { line, problems } = readArguments(argv)
    const told = (error: Failed): number => {
      tellFailure(error, line.globals, styles(terminal, line).errorStyle, terminal)
      return exitOfFailure(error)
    }
    const exit = yield* execute(line, problems, number).pipe(
      Effect.catchCause((cause) => {
        if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
        const failure = cause.reasons.find(Cause.isFailReason)
        const defect = cause.reasons.find(Cause.isDieReason)
        return Effect.sync(() => told(failure === undefined ? defectOf(defect?.defect) : failure.error))
      })
    )
    const delivery = yield* terminal.delivered.pipe(
      Effect.as(0),
      Effect.catch((error) => Effect.sync(() => told(error)))
    )
    return worst([exit, delivery])
  })
