import { Effect } from "effect"
import { oneLine } from "../core/Excerpt.ts"
import { auditLines } from "../report/AuditText.ts"
import { Terminal } from "../report/Terminal.ts"
import { answer } from "./Answer.ts"
import { command, selectors } from "./Command.ts"
import { openProject } from "./Projects.ts"

export const Audit = command({
  name: "audit",
  summary: "execute tasks twice, watched, and tell what they read, write or send undeclared, and what differs",
  detail: [
    "Each task is executed twice in private folders on what is there now; nothing is recorded, and no output is touched.",
    "Told are: files that are read, folders listed and programs run that are neither inputs, outputs of needs, code, declared tools nor the",
    "system's own; writes outside of outputs, scratch and temporary folders; inputs that are written; anything sent over a network; and the",
    "first place where both executions differ. Without strace only the last is looked at.",
    "Stages that change a shared place are not audited, nor what needs something that is not fresh. Ends with 1 if anything is found."
  ],
  words: selectors,
  flags: {},
  examples: [
    { line: "atlas-run audit", does: "every stage and check of the project" },
    { line: "atlas-run audit ':ingest' --json", does: "one stage of every target, for another program" }
  ],
  run: ({ words, globals, style }) =>
    Effect.gen(function* () {
      const terminal = yield* Terminal
      const session = yield* openProject(globals.config)
      const { quiet, verbose, json } = globals
      const audited = yield* session.audit({ select: words }, ({ task, outcome }) => {
        if (!quiet) terminal.stderr.write(`audited ${oneLine(task)}: ${outcome}\n`)
      })
      yield* answer(json, audited, () => auditLines(audited, { style, folder: terminal.folder, verbose, quiet }))
      return audited.ok ? 0 : 1
    })
})
