import { Effect } from "effect"
import { CommandLineInvalid } from "../domain/EngineErrors.ts"
import { cacheLines } from "../report/CacheText.ts"
import { Terminal } from "../report/Terminal.ts"
import { answer } from "./Answer.ts"
import { command } from "./Command.ts"
import { openProject } from "./Projects.ts"

export const CacheStats = command({
  name: "cache",
  summary: "how full the local cache is, what the last runs got from it, and what else the project has on the disk",
  detail: ["Touches nothing; `atlas-run gc` makes room. ATLAS_CACHE_CAP sets its cap, in bytes."],
  words: { name: "stats", least: 1, most: 1, help: "the one thing to ask" },
  flags: {},
  examples: [
    { line: "atlas-run cache stats", does: "entries, bytes, cap, quarantine, hits and misses" },
    { line: "atlas-run cache stats --json | jq .bytes", does: "for a program" }
  ],
  run: ({ words, globals, style }) =>
    Effect.gen(function* () {
      if (words[0] !== "stats")
        return yield* new CommandLineInvalid({ message: `cache knows stats, not ${words[0]}`, hint: "See `atlas-run cache --help`." })
      const { folder } = yield* Terminal
      const session = yield* openProject(globals.config)
      const stats = yield* session.cacheStats()
      yield* answer(globals.json, stats, () => cacheLines(stats, { style, folder }))
      return 0
    })
})
