/** The rows of a task that its project declares: all but its needs' outputs. */
import { Effect } from "effect"
import { Missing, type Row, sortRows } from "../../core/Rows.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import { absent, type FileDigestsShape, type TreeError } from "../../ports/FileDigests.ts"
import { resolveTool } from "../../ports/Tools.ts"
import { type InputLook, lookAtDiscovered, lookAtInputs, type LookedInputs, type TaskInput } from "./Inputs.ts"

/** Counts up when the meaning of rows changes: every task is then stale once. */
export const engineVersion = "engine/1"

const row = (kind: string, subject: string, value: string, note: string | null = null): Row => ({ kind, subject, value, note })

const runtimePart: Readonly<Record<string, () => string>> = {
  node: () => process.versions.node,
  sqlite: () => process.versions["sqlite"] ?? "none",
  icu: () => process.versions["icu"] ?? "none",
  platform: () => `${process.platform} ${process.arch}`
}

/** Rows that stay the same as long as the config and its code do; `closure` is the digest of the definition's code. */
export const declaredRows = (task: ProjectTask, closure: string | undefined): ReadonlyArray<Row> => {
  const rows: Array<Row> = [row("engine", "engine", engineVersion)]
  if (task.command !== null) rows.push(row("code", "command", JSON.stringify(task.command)))
  else if (closure !== undefined) rows.push(row("code", task.definition, `sha256:${closure}`))
  for (const [key, value] of Object.entries((task.options ?? {}) as Record<string, unknown>))
    rows.push(row("option", key, JSON.stringify(value)))
  const inputPaths = new Set<unknown>(task.inputs.flatMap((input) => (input.kind === "glob" ? input.patterns : [input.path])))
  const isPlace = (value: unknown): boolean => inputPaths.has(value) || (Array.isArray(value) && value.length > 0 && value.every(isPlace))
  // where an input lies is not what it is: its content is a row of its own
  for (const [key, value] of Object.entries((task.subject ?? {}) as Record<string, unknown>))
    if (!isPlace(value)) rows.push(row("target", key, JSON.stringify(value)))
  for (const output of task.outputs)
    rows.push(row("output", output.name, output.kind === "value" ? "value" : `${output.kind} ${output.path}`))
  for (const name of task.environment) {
    const value = process.env[name]
    rows.push(row("environment", name, value === undefined ? "unset" : JSON.stringify(value)))
  }
  for (const part of task.runtime) rows.push(row("runtime", part, runtimePart[part]?.() ?? "unknown"))
  return rows
}

export interface OwnRows extends LookedInputs {
  /** What it told of the last time, as it is now. */
  readonly discovered: ReadonlyArray<TaskInput>
  readonly missingTools: ReadonlyArray<string>
}

/** Of what has no rows. */
export const nothingLooked: OwnRows = { rows: [], inputs: [], globs: [], paths: [], problems: [], discovered: [], missingTools: [] }

/** Rows of programs on PATH, each looked for once: a run sees one set of tools. */
export const toolRows = (root: string, digests: FileDigestsShape): ((name: string) => Effect.Effect<Row, TreeError>) => {
  const known = new Map<string, Row>()
  return (name) =>
    Effect.suspend(() => {
      const hit = known.get(name)
      if (hit !== undefined) return Effect.succeed(hit)
      const path = resolveTool(name, process.env["PATH"] ?? "", root)?.real
      const remember = (tool: Row): Row => {
        known.set(name, tool)
        return tool
      }
      if (path === undefined) return Effect.succeed(remember(row("tool", name, Missing)))
      return Effect.map(digests.file(path), (found) =>
        remember(found === absent ? row("tool", name, Missing) : row("tool", name, `sha256:${found.sha256}`, path))
      )
    })
}

/** All own rows now; `discovered` are the subjects of what the task told of when it last ran. */
export const ownRows = (
  task: ProjectTask,
  declared: ReadonlyArray<Row>,
  discovered: ReadonlyArray<string>,
  how: InputLook,
  tools: ReturnType<typeof toolRows>
): Effect.Effect<OwnRows, TreeError> =>
  Effect.gen(function* () {
    const looked = yield* lookAtInputs(how, task)
    const told = yield* lookAtDiscovered(how, task, discovered)
    const rows: Array<Row> = [...declared, ...looked.rows, ...told.rows]
    const missingTools: Array<string> = []
    for (const name of task.tools) {
      const tool = yield* tools(name)
      rows.push(tool)
      if (tool.value === Missing) missingTools.push(name)
    }
    return { ...looked, rows: sortRows(rows), discovered: told.inputs, missingTools }
  })
