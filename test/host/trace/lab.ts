/** Real projects in temporary folders, evaluated by real host processes. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { ConfigEvidence } from "../../../src/domain/ConfigEvidence.ts"
import type { ErrorDocument } from "../../../src/domain/Failure.ts"
import type { ProjectDocument } from "../../../src/domain/ProjectDocument.ts"
import { evaluateFlags } from "../../../src/host/trace/Permission.ts"

export const repository = join(import.meta.dirname, "..", "..", "..")
const program = join(import.meta.dirname, "fixtures", "evaluate.ts")

/** A copy of this package: what is edited meanwhile is no business of a test. */
export const installed = (() => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "atlas installed ")))
  // the last one only where it was built
  for (const part of ["package.json", "src", "plugins", "atlas.config.ts", "dist/node_modules"])
    if (existsSync(join(repository, part))) cpSync(join(repository, part), join(folder, part), { recursive: true })
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"))
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
  return folder
})()

export interface Answer {
  readonly config: string
  /** What was replaced for the evaluation is as it was. */
  readonly restored: boolean
  readonly project?: ProjectDocument
  readonly evidence?: ConfigEvidence | null
  readonly problems?: ReadonlyArray<ErrorDocument>
}

/** How a host process is started: as the process layer does it, or like any program. */
export type Started = "confined" | "plain"

interface Starting {
  readonly environment?: NodeJS.ProcessEnv
  /** The `src` that evaluates. */
  readonly source?: string
}

const command = (configs: ReadonlyArray<string>, how: Started, source: string): ReadonlyArray<string> => [
  ...(how === "confined" ? evaluateFlags(source) : []),
  program,
  source,
  ...configs
]

const options = (environment: NodeJS.ProcessEnv) => ({ cwd: tmpdir(), env: { PATH: process.env["PATH"], ...environment } })

export const answersOf = (stdout: string): ReadonlyArray<Answer> =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Answer)

export const evaluate = (
  configs: ReadonlyArray<string>,
  how: Started = "confined",
  { environment = {}, source = join(installed, "src") }: Starting = {}
): ReadonlyArray<Answer> => {
  const { stdout, stderr, status } = spawnSync(process.execPath, command(configs, how, source), {
    ...options(environment),
    encoding: "utf8",
    maxBuffer: 1 << 28
  })
  if (status !== 0) throw new Error(stderr)
  return answersOf(stdout)
}

/** The same, still under way. */
export const start = (configs: ReadonlyArray<string>): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, command(configs, "confined", join(installed, "src")), options({}))

/** A folder with `files`; `atlas-run` and `effect` are linked into it. */
export class Lab {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "atlas trace ")))

  constructor(files: Readonly<Record<string, string>>) {
    this.link("node_modules/atlas-run", installed)
    this.link("node_modules/effect", join(repository, "node_modules", "effect"))
    for (const [path, content] of Object.entries(files)) this.write(path, content)
  }

  at(path: string): string {
    return join(this.root, path)
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true })
    writeFileSync(this.at(path), content)
  }

  link(path: string, to: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true })
    rmSync(this.at(path), { recursive: true, force: true })
    symlinkSync(to, this.at(path))
  }

  copy(from: string, to: string): void {
    cpSync(from, this.at(to), { recursive: true })
  }

  remove(path = ""): void {
    rmSync(this.at(path), { recursive: true, force: true })
  }
}

/** A stage of its own, and a project with one target; `more` stands before, `value` is a word of the target. */
export const config = (more: string, value = '"x"'): string => `import { project } from "atlas-run"
import { Stage } from "atlas-run/plugin"
import { Effect, Schema } from "effect"
${more}
class One extends Stage("one")({
  target: Schema.Struct({ word: Schema.String }),
  needs: [],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { made: "file" },
  findings: {},
  errors: [],
  run: () => Effect.void
}) {}
export default project({ name: "lab", stages: [One], targets: (target) => [target({ word: String(${value}) }, { id: "a" })] })
`
/** Line of the config that `more` begins at. */
export const moreAt = 4
