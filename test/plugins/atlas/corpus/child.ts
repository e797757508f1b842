/** `atlas-dataset` in a process of its own that tells how much memory it took: `node child.ts ARGUMENTS`. Prints `{ code, stdout, megabytes }`. */
import { Effect } from "effect"
import { commandLine } from "../../../../plugins/atlas/cli/command-line.ts"
import { Terminal } from "../../../../plugins/atlas/cli/terminal.ts"

let stdout = ""
const code = await Effect.runPromise(
  commandLine(process.argv.slice(2), "1.2.3").pipe(
    Effect.provideService(Terminal, {
      stdout: { write: (text) => void (stdout += text), isTTY: false },
      stderr: { write: () => undefined, isTTY: false, columns: () => 80 },
      delivered: Effect.void,
      environment: {},
      now: () => 0
    })
  )
)
console.log(JSON.stringify({ code, stdout, megabytes: process.resourceUsage().maxRSS >> 10 }))
