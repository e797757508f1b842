import { resolve } from "node:path"
import { Effect } from "effect"
import type { RunRecord } from "../domain/RunRecord.ts"
import { attempt } from "../ports/Errno.ts"
import { replaceFile } from "../ports/ReplaceFile.ts"
import { chromeTrace } from "../report/ChromeTrace.ts"
import { reportPage } from "../report/ReportPage.ts"
import { Terminal } from "../report/Terminal.ts"
import { answer } from "./Answer.ts"
import { command } from "./Command.ts"
import { text } from "./Flag.ts"
import { openProject } from "./Projects.ts"

export const traceFlag = text("FILE", "write when what ran there, for chrome://tracing, Perfetto or speedscope")

/** Whole or not at all, in the place of what was there. */
const write = (folder: string, file: string, content: string) => {
  const at = resolve(folder, file)
  return attempt("write", at, () => replaceFile(at, content, { durable: false }))
}

/** Files that are asked for, relative to the folder of work. */
export const writeReports = Effect.fnUntraced(function* (
  record: () => RunRecord,
  { report, trace }: { readonly report: string | undefined; readonly trace: string | undefined }
) {
  if (report === undefined && trace === undefined) return
  const { folder } = yield* Terminal
  const told = record()
  if (report !== undefined) yield* write(folder, report, reportPage(told))
  if (trace !== undefined) yield* write(folder, trace, `${JSON.stringify(chromeTrace(told))}\n`)
})

export const Report = command({
  name: "report",
  summary: "a page of HTML about a run: what was done and why, when, and what went wrong",
  detail: ["One file that needs nothing else, on stdout unless --out names a place. With --json the record itself."],
  words: { name: "[RUN]", least: 0, most: 1, help: "a run by its id, how that begins, or `last`, which it is if absent" },
  flags: { out: text("FILE", "write the page there"), trace: traceFlag },
  examples: [
    { line: "atlas-run report --out report.html", does: "the last run that did something" },
    { line: "atlas-run report last --trace trace.json", does: "when what ran, for a viewer of traces, and the page on stdout" }
  ],
  run: ({ words, flags: { out, trace }, globals }) =>
    Effect.gen(function* () {
      const session = yield* openProject(globals.config)
      const record = yield* session.record(words[0] ?? "last")
      yield* writeReports(() => record, { report: out, trace })
      if (globals.json || out === undefined) yield* answer(globals.json, record, () => reportPage(record).trimEnd().split("\n"))
      return 0
    })
})
