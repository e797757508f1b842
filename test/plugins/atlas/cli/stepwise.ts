/** `atlas-dataset` that kills itself: `stepwise.ts STEP ARGV…`, before its STEP-th change of the file system; never if STEP is -1. Prints the number of changes on stderr. */
import { Effect } from "effect"
import { commandLine } from "../../../../plugins/atlas/cli/command-line.ts"
import { processTerminal, Terminal } from "../../../../plugins/atlas/cli/terminal.ts"
import { BeforeChange } from "../../../../plugins/atlas/format/durable.ts"

const [step = "-1", ...argv] = process.argv.slice(2)
let changes = 0

const kill = () =>
  Effect.sync(() => {
    if (changes++ === Number(step)) process.kill(process.pid, "SIGKILL")
  })

process.exitCode = await Effect.runPromise(
  commandLine(argv, "0").pipe(Effect.provideService(Terminal, processTerminal()), Effect.provideService(BeforeChange, kill))
)
process.stderr.write(`changes ${changes}\n`)
