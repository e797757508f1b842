import { Effect } from "effect"
import { nearest } from "../core/Nearest.ts"
import { CommandLineInvalid } from "../domain/EngineErrors.ts"
import type { Explanation, Session } from "../engine/Atlas.ts"
import { explainLines } from "../report/ExplainText.ts"
import { Terminal } from "../report/Terminal.ts"
import { answer } from "./Answer.ts"
import { engineCodes } from "./Codes.ts"
import { command } from "./Command.ts"
import { findConfig, openProject } from "./Projects.ts"

const codesOf = ({ project: { definitions } }: Session): ReadonlyArray<string> =>
  definitions.flatMap(({ errors, findings }) => [...errors.map(({ code }) => code), ...Object.keys(findings)])

const unknown = (code: string, known: Iterable<string>, alone: boolean): CommandLineInvalid => {
  const near = nearest(code, known)
  const meant = near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`
  return new CommandLineInvalid({
    message: `no error or finding is called ${code}${meant}`,
    hint: alone
      ? "Without a config only the engine's own codes are known: run in the folder of an atlas.config.ts, or name it with --config FILE."
      : "Codes stand at the end of every failure, and findings at their check."
  })
}

const upper = (code: string): string => code.toUpperCase().replaceAll("-", "_")

export const Explain = command({
  name: "explain",
  summary: "what an error or finding code means, with an example and the remedy",
  detail: ["The engine's own codes need no config; those of stages and checks come from the project's config."],
  words: { name: "CODE", least: 1, most: 1, help: "an error code, or the name of a finding" },
  flags: {},
  examples: [
    { line: "atlas-run explain TASK_TAINTED", does: "a code of the engine" },
    { line: "atlas-run explain PUBLISH_CONFLICT --json", does: "the same as a document explain/1" }
  ],
  run: ({ words, globals, style }) =>
    Effect.gen(function* () {
      const code = words[0] ?? ""
      const tell = (explanations: ReadonlyArray<Explanation>) =>
        Effect.as(
          answer(globals.json, { atlas: "explain/1", code, explanations }, () => explainLines(explanations, style)),
          0
        )
      const own = engineCodes.get(code) ?? engineCodes.get(upper(code))
      if (own !== undefined) return yield* tell([own])
      const { folder } = yield* Terminal
      if (findConfig(folder, globals.config) === null) return yield* unknown(code, engineCodes.keys(), true)
      const session = yield* openProject(globals.config)
      const exact = session.explain(code)
      const explanations = exact.length > 0 ? exact : session.explain(upper(code))
      return explanations.length > 0 ? yield* tell(explanations) : yield* unknown(code, [...engineCodes.keys(), ...codesOf(session)], false)
    })
})
