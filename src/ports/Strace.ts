/** strace, where it is installed and may trace: how it is put before a program, and what it wrote. */
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { type Access, accessesOf, watchedCalls } from "../core/SystemCalls.ts"
import { resolveTool } from "./Tools.ts"

export interface Strace {
  /** `strace 6.1` */
  readonly name: string
  /** Words before a program whose calls are written to `file`. The program keeps its process id; variables in `only` it alone sees. */
  readonly before: (file: string, only?: Readonly<Record<string, string>>) => ReadonlyArray<string>
}

/** Out of the way (`-DDD`: a session of its own), so that the traced process is the child that its starter waits for. */
const words = ["-DDD", "-f", "--seccomp-bpf", "-y", "-qq", "-e", `trace=${watchedCalls}`, "-e", "signal=none"]

/** Null if there is none, or it may not trace here. */
export const findStrace = (searchPath = process.env["PATH"] ?? ""): Strace | null => {
  const tool = resolveTool("strace", searchPath, "/")
  if (tool === null) return null
  if (spawnSync(tool.path, [...words, "-o", "/dev/null", "true"], { stdio: "ignore" }).status !== 0) return null
  const { stdout } = spawnSync(tool.path, ["--version"], { encoding: "utf8" })
  return {
    name: `strace ${/version (\S+)/.exec(stdout)?.[1] ?? ""}`.trim(),
    before: (file, only = {}) => [
      ...(Object.keys(only).length === 0 ? [] : ["/usr/bin/env", ...Object.keys(only).flatMap((name) => ["-u", name])]),
      tool.path,
      ...words,
      "-o",
      file,
      ...Object.entries(only).flatMap(([name, value]) => ["-E", `${name}=${value}`]),
      "--"
    ]
  }
}

/** What a trace tells; `folder` is where the program was started. */
export const readStrace = (file: string, folder: string): ReadonlyArray<Access> => accessesOf(readFileSync(file, "utf8"), folder)
