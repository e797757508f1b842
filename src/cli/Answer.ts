/** One result on stdout: the document itself, or its lines. */
import { Effect } from "effect"
import { jsonLine } from "../report/Ndjson.ts"
import { Terminal } from "../report/Terminal.ts"

export const answer = (json: boolean, document: unknown, lines: () => ReadonlyArray<string>): Effect.Effect<void, never, Terminal> =>
  Effect.map(Terminal, ({ stdout }) =>
    stdout.write(
      json
        ? `${jsonLine(document)}\n`
        : lines()
            .map((line) => `${line}\n`)
            .join("")
    )
  )
