/** Runs programs, each in a process group of its own that is empty when the run ends, however it ends. */
import * as fs from "node:fs"
import { Context, Effect, Layer } from "effect"
import type { DiskFull, IoDurability, IoFailed } from "../domain/FileErrors.ts"
import { ProgramNotStarted } from "../domain/ProgramErrors.ts"
import { errnoOf, ioFault, wordsOf } from "./Errno.ts"
import { makeWatchdog } from "./ProcessGroup.ts"
import type { Program, ProgramResult } from "./Program.ts"
import { startProgram } from "./RunningProgram.ts"
import { findTool, resolveTool, type Tool } from "./Tools.ts"

export type { Program, ProgramResult } from "./Program.ts"
export type { Tool } from "./Tools.ts"

export type ProgramError = ProgramNotStarted | IoFailed | DiskFull | IoDurability

export interface ProgramsShape {
  /** A status other than 0, a signal and a time-out are results. Interruption ends the group: SIGTERM, grace, SIGKILL. */
  readonly run: (program: Program) => Effect.Effect<ProgramResult, ProgramError>
  /** `searchPath` as in `PATH`; `cwd` for names with a slash. Null if there is no such executable. */
  readonly resolveTool: (name: string, searchPath: string, cwd: string) => Tool | null
}

const notStarted = (program: Program, cause: unknown): ProgramNotStarted => {
  const name = program.argv[0] ?? ""
  const noFolder = !(fs.statSync(program.cwd, { throwIfNoEntry: false })?.isDirectory() ?? false)
  const { what, hint } = noFolder ? { what: `its working folder ${program.cwd} is not there` } : wordsOf(cause)
  return new ProgramNotStarted({
    message: `cannot start ${name}: ${what}`,
    program: name,
    errno: errnoOf(cause),
    ...(hint === undefined ? {} : { hint })
  })
}

const notFound = (program: Program): ProgramNotStarted => {
  const name = program.argv[0] ?? ""
  const what = name.includes("/") ? "no executable file" : `not found on PATH (${program.env["PATH"] ?? "PATH is not set"})`
  return new ProgramNotStarted({
    message: `cannot start ${name === "" ? "a program without a name" : name}: ${what}`,
    program: name,
    errno: "ENOENT"
  })
}

export class Programs extends Context.Service<Programs, ProgramsShape>()("atlas-run/ports/Programs") {
  static readonly layer: Layer.Layer<Programs> = Layer.effect(
    Programs,
    Effect.acquireRelease(Effect.sync(makeWatchdog), (watchdog) => Effect.sync(watchdog.close)).pipe(
      Effect.map((watchdog) => ({
        resolveTool,
        run: (program) =>
          Effect.callback<ProgramResult, ProgramError>((resume) => {
            const tool = findTool(program.argv[0] ?? "", program.env["PATH"] ?? "", program.cwd)
            if (tool === null) return resume(Effect.fail(notFound(program)))
            const running = (() => {
              try {
                return startProgram(
                  tool,
                  program,
                  watchdog,
                  (result) => resume(Effect.succeed(result)),
                  (cause) => resume(Effect.fail(notStarted(program, cause)))
                )
              } catch (cause) {
                const onStdout = program.stdout !== undefined && (cause as { readonly path?: unknown }).path === program.stdout
                resume(Effect.fail(onStdout ? ioFault("write", program.stdout, cause) : notStarted(program, cause)))
                return null
              }
            })()
            if (running === null) return undefined
            return Effect.callback<void>((done) => {
              running.stop()
              running.whenDone(() => done(Effect.void))
            })
          })
      }))
    )
  )
}
