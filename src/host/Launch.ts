/** How a host process is started: its words, its environment, its guards. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { resolveTool } from "../ports/Tools.ts"
import { fixedVariables } from "./Environment.ts"
import { noBundledEffect } from "./effect/Provide.ts"
import { hostMark } from "./Wire.ts"

export interface Launch {
  /** The module that the process runs, absolute. */
  readonly entry: string
  /** Its working folder. */
  readonly folder: string
  /** Largest heap, MiB; null leaves it to Node. */
  readonly memoryMiB: number | null
  readonly mark: string
  /** Waits for a debugger. */
  readonly inspect: boolean
  /** More flags for Node. */
  readonly flags: ReadonlyArray<string>
  /** Words that start it, which must keep `only` from other processes than it; none if absent. */
  readonly before?: (only: Readonly<Record<string, string>>) => ReadonlyArray<string>
}

/** Where hosts find what earlier ones compiled; used if it is there. */
export const compileCacheOf = (folder: string): string => join(folder, ".atlas", "compile-cache")

/** Without its variables a task finds programs, UTC and plain letters, whoever started the run. */
const environmentOf = ({ folder, mark }: Launch): NodeJS.ProcessEnv => {
  const cache = compileCacheOf(folder)
  const plain = process.env[noBundledEffect]
  return {
    PATH: process.env["PATH"] ?? "",
    ...fixedVariables,
    [hostMark]: mark,
    ...(plain === undefined ? {} : { [noBundledEffect]: plain }),
    ...(existsSync(cache) ? { NODE_COMPILE_CACHE: cache } : {})
  }
}

const shell = "/bin/sh"

/** `setpriv` of util-linux; others of that name cannot do it. */
const findDeathSignal = (): string | null => {
  const tool = resolveTool("setpriv", `${process.env["PATH"] ?? ""}:/usr/bin:/bin`, "/")
  if (tool === null) return null
  return spawnSync(tool.path, ["--pdeathsig", "KILL", shell, "-c", ":"], { stdio: "ignore" }).status === 0 ? tool.path : null
}

let deathSignal: string | null | undefined

/** So that a host dies with the process that started it even while it spins, and leaves no core file. */
const guarded = (words: ReadonlyArray<string>): ReadonlyArray<string> => {
  deathSignal ??= findDeathSignal()
  const mortal = deathSignal === null ? words : [deathSignal, "--pdeathsig", "KILL", ...words]
  return existsSync(shell) ? [shell, "-c", 'ulimit -c 0; exec "$@"', "sh", ...mortal] : mortal
}

/** Leader of a group and session of its own; descriptor 3 is the line to it. Throws what `spawn` throws. */
export const launch = (how: Launch): ChildProcess => {
  const cache = compileCacheOf(how.folder)
  const flags = [
    ...(how.memoryMiB === null ? [] : [`--max-old-space-size=${how.memoryMiB}`]),
    // tells a full heap from other ends; its environment and addresses are nobody's business
    "--report-on-fatalerror",
    "--report-exclude-env",
    "--report-exclude-network",
    ...(how.inspect ? ["--inspect-wait=127.0.0.1:0"] : []),
    ...how.flags,
    // without it Node reads no compiled code either; nothing is written there but by hosts that execute
    ...(how.flags.includes("--permission") && existsSync(cache) ? [`--allow-fs-write=${cache}`] : [])
  ]
  const [file = process.execPath, ...words] = guarded([
    ...(how.before?.({ [hostMark]: how.mark }) ?? []),
    process.execPath,
    ...flags,
    how.entry
  ])
  return spawn(file, words, { cwd: how.folder, env: environmentOf(how), detached: true, stdio: ["ignore", "pipe", "pipe", "pipe"] })
}
