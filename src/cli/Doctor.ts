import { dirname } from "node:path"
import { Effect } from "effect"
import { oneLine } from "../core/Excerpt.ts"
import { padEnd, widest } from "../core/Layout.ts"
import { counted } from "../core/Quantity.ts"
import type { Style } from "../core/Style.ts"
import type { DoctorDocument } from "../domain/StartDocuments.ts"
import type { Found } from "../engine/upkeep/Doctor.ts"
import { Terminal } from "../report/Terminal.ts"
import { answer } from "./Answer.ts"
import { command, type Failed } from "./Command.ts"
import { findConfig, openProject } from "./Projects.ts"

/** Loaded when it is needed: help and version do without the engine. */
const engine = Effect.promise(() => import("../engine/Atlas.ts"))

const marks = { ok: "✓", warn: "⚠", fail: "✗" } as const

const lines = ({ examined, counts }: DoctorDocument, style: Style, quiet: boolean): ReadonlyArray<string> => {
  const paint = { ok: style.green, warn: style.yellow, fail: style.red }
  const width = widest(examined.map(({ name }) => name))
  const told = examined.filter(({ state }) => !quiet || state !== "ok")
  return [
    ...told.flatMap(({ name, state, found, remedy }) => [
      `${paint[state](marks[state])} ${padEnd(oneLine(name), width)}  ${oneLine(found)}`,
      ...(remedy === null ? [] : [`  ${padEnd("", width)}  ${style.dim(oneLine(remedy))}`])
    ]),
    ...(quiet ? [] : [`${counts.ok} good, ${counted(counts.warn, "warning")}, ${counted(counts.fail, "problem")}`])
  ]
}

export const Doctor = command({
  name: "doctor",
  summary: "tell what is wrong with this machine or this project, and what to do about it",
  detail: [
    "Looks at Node, the disk and its file system, limits, helpers (strace, bubblewrap, setpriv), the state and its lock, the config and the",
    "programs that it declares. Ends with 1 if anything would make runs fail."
  ],
  words: { name: "", least: 0, most: 0, help: "" },
  flags: {},
  examples: [{ line: "atlas-run doctor", does: "one line a matter, with a remedy where one is needed" }],
  run: ({ globals, style }) =>
    Effect.gen(function* () {
      const { folder: here } = yield* Terminal
      const path = findConfig(here, globals.config)
      const found: Found =
        path === null
          ? null
          : yield* openProject(globals.config).pipe(
              Effect.map(({ project }): Found => ({ project })),
              Effect.catch((error: Failed) => Effect.succeed<Found>({ problem: { message: error.message } }))
            )
      const { Atlas } = yield* engine
      const examined = yield* Atlas.examine(path === null ? here : dirname(path), found)
      yield* answer(globals.json, examined, () => lines(examined, style, globals.quiet))
      return examined.ok ? 0 : 1
    })
})
