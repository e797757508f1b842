import { Effect } from "effect"
import { counted } from "../core/Quantity.ts"
import type { WatchEvent } from "../domain/WatchDocuments.ts"
import type { Watched } from "../engine/watch/Watcher.ts"
import { pathText } from "../report/ErrorText.ts"
import { jsonLine } from "../report/Ndjson.ts"
import { Terminal, type TerminalShape } from "../report/Terminal.ts"
import { type Call, command, type Failed, selectors } from "./Command.ts"
import { count, on } from "./Flag.ts"
import { findConfig, openProject } from "./Projects.ts"
import { runTold } from "./Run.ts"
import { gathered, tellFailure } from "./TellFailure.ts"

/** Loaded when it is needed: help and version do without the engine. */
const engine = Effect.promise(() => import("../engine/Atlas.ts"))

const shown = 3

const eventText = (event: WatchEvent, folder: string): string => {
  if (event.event === "watch-waiting")
    return `waiting for changes at ${counted(event.places, "place")}; Ctrl-C ends it${
      event.polling === null ? "" : `\n  looking every second instead of being told: ${event.polling}`
    }`
  const more = event.more + Math.max(0, event.paths.length - shown)
  const paths = event.paths.slice(0, shown).map((path) => pathText(path, folder))
  return `changed: ${paths.join(", ")}${more === 0 ? "" : ` and ${more} more`}`
}

const teller =
  ({ stdout, stderr, folder }: TerminalShape, { globals: { json, quiet }, errorStyle }: Pick<Call<any>, "globals" | "errorStyle">) =>
  (event: WatchEvent): void => {
    if (json) stdout.write(`${jsonLine(event)}\n`)
    else if (!quiet) stderr.write(`${errorStyle.dim(eventText(event, folder))}\n`)
  }

export const Watch = command({
  name: "watch",
  summary: "run, and run again whenever an input, the config or its code changes, until Ctrl-C",
  detail: [
    "A burst of changes gives one run: it begins when nothing moved for 100 ms, after 2 s at the latest. What changes while a run goes on",
    "gives another run after it, which executes only what that made stale.",
    "Inputs, globs, programs and all that the config was made of are waited for, wherever they lie; outputs and .atlas are not.",
    "A config that cannot be used is told, and mended ones are run. Where the system cannot tell of changes they are looked for every second."
  ],
  words: selectors,
  flags: {
    jobs: count("N", 1, 4096, "most tasks at one time; as many as there are cores if absent"),
    "fail-fast": on("start nothing new in a run after a failure"),
    sandbox: on("let tasks reach only what they declare; fails where the machine cannot do that"),
    "no-cache": on("neither restore from the local cache nor keep anything in it")
  },
  examples: [
    { line: "atlas-run watch", does: "the whole project" },
    { line: "atlas-run watch '110/*:verify'", does: "verification of the targets that begin with 110/" },
    { line: "atlas-run watch --json", does: "the events of every run, and of what changed between them" }
  ],
  run: (call) =>
    Effect.gen(function* () {
      const { flags, globals, words, errorStyle } = call
      const terminal = yield* Terminal
      const { Atlas } = yield* engine
      const config = findConfig(terminal.folder, globals.config)
      let last: Watched = { places: [], ignored: new Set() }
      let first = true

      const round = (known: (watched: Watched) => void) => {
        const learn = (watched: Watched): void => {
          last = watched
          known(watched)
        }
        const run = Effect.gen(function* () {
          const session = yield* openProject(globals.config)
          const selected = { select: words }
          learn(yield* session.watched(selected))
          const how = {
            ...selected,
            failFast: flags["fail-fast"],
            ...(flags["no-cache"] ? { cache: false } : {}),
            ...(flags.sandbox ? { sandbox: true } : {}),
            ...(flags.jobs === undefined ? {} : { jobs: flags.jobs })
          }
          yield* runTold(session, how, call)
          learn(yield* session.watched(selected))
        })
        // what is wrong may be mended while it waits; a slip of the finger on the command line is not
        const survived = Effect.catch(run, (error: Failed) => {
          if (config === null || (first && error._tag !== "ConfigInvalid")) return Effect.fail(error)
          return Effect.sync(() => {
            tellFailure(error, globals, errorStyle, terminal)
            const named = gathered(error).flatMap(({ where }) => (where === undefined ? [] : [where.path]))
            learn({ ...last, places: [...last.places, ...Atlas.brokenPlaces(config, named)] })
          })
        })
        return Effect.andThen(
          survived,
          Effect.suspend(() => ((first = false), terminal.delivered))
        )
      }
      return yield* Atlas.watch(round, teller(terminal, call))
    })
})
