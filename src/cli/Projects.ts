/** Finds the config that a command is about, and opens it. */
import { configNames } from "../fast/ConfigNames.ts"
import { statSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { Context, Effect } from "effect"
import { CommandLineInvalid } from "../domain/EngineErrors.ts"
import type { EngineError, Session } from "../engine/Atlas.ts"
import { Terminal } from "../report/Terminal.ts"

/** Opens the project of a config, an absolute path; `anew` evaluates it although its last evaluation still stands. */
export class Projects extends Context.Service<
  Projects,
  { readonly open: (config: string, how: { readonly anew: boolean }) => Effect.Effect<Session, EngineError> }
>()("atlas-run/cli/Projects") {}

const isFile = (path: string): boolean => {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

const inFolder = (folder: string): string | undefined => configNames.map((name) => join(folder, name)).find(isFile)

/** The nearest config above `folder`: only to say where one might want to be. */
const above = (folder: string): string | undefined => {
  for (let at = dirname(folder), below = folder; at !== below; below = at, at = dirname(at)) {
    const found = inFolder(at)
    if (found !== undefined) return found
  }
  return undefined
}

/** The config named by `--config`, or the one in this folder; null if there is none here. */
export const findConfig = (folder: string, named: string | undefined): string | null =>
  named === undefined ? (inFolder(folder) ?? null) : resolve(folder, named)

const missing = (folder: string): CommandLineInvalid => {
  const elsewhere = above(folder)
  return new CommandLineInvalid({
    message: `there is no ${configNames[0]} in ${folder}`,
    hint:
      elsewhere === undefined
        ? "Run in the folder of a config, or name one with --config FILE."
        : `Run in the folder of a config, or name one: --config ${relative(folder, elsewhere)}`
  })
}

/** Existence and kind of a named config are checked here, so that nothing is loaded for a slip of the finger. */
export const openProject = (
  named: string | undefined,
  how: { readonly anew: boolean } = { anew: false }
): Effect.Effect<Session, EngineError | CommandLineInvalid, Terminal | Projects> =>
  Effect.gen(function* () {
    const { folder } = yield* Terminal
    const projects = yield* Projects
    const config = findConfig(folder, named)
    if (config === null) return yield* missing(folder)
    if (!isFile(config))
      return yield* new CommandLineInvalid({
        message: `--config ${named} is not a file`,
        where: { path: config },
        hint: "Name an existing config file."
      })
    return yield* projects.open(config, how)
  })
