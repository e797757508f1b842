/** The rows of a task that its project declares: all but its needs' outputs. */
import { realpathSync } from "node:fs"
import { isAbsolute, join } from "node:path"
import { Effect } from "effect"
import { grouped } from "../core/Quantity.ts"
import { Missing, type Row, sortRows } from "../core/Rows.ts"
import type { ProjectTask } from "../domain/ProjectDocument.ts"
import type { FileDigest, FileDigestsShape, StatRow, TreeError } from "../ports/FileDigests.ts"
import { absent } from "../ports/FileDigests.ts"
import { resolveTool } from "../ports/Tools.ts"

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
  const inputPaths = new Set<unknown>(task.inputs.map((input) => input.path))
  // where an input lies is not what it is: its content is a row of its own
  for (const [key, value] of Object.entries((task.subject ?? {}) as Record<string, unknown>))
    if (!inputPaths.has(value)) rows.push(row("target", key, JSON.stringify(value)))
  for (const output of task.outputs)
    rows.push(row("output", output.name, output.kind === "value" ? "value" : `${output.kind} ${output.path}`))
  for (const name of task.environment) {
    const value = process.env[name]
    rows.push(row("environment", name, value === undefined ? "unset" : JSON.stringify(value)))
  }
  for (const part of task.runtime) rows.push(row("runtime", part, runtimePart[part]?.() ?? "unknown"))
  return rows
}

export interface TaskInput {
  readonly name: string
  /** Absolute. */
  readonly path: string
  /** Null if it is not there. */
  readonly digest: string | null
  /** The stat row that its content was read under: what it must still be when the task has ended. */
  readonly stat: StatRow
  /** Where it really is, if it is a folder; a link to one is looked through. Null for a file. */
  readonly folder: string | null
}

export interface OwnRows {
  readonly rows: ReadonlyArray<Row>
  readonly inputs: ReadonlyArray<TaskInput>
  readonly missingTools: ReadonlyArray<string>
}

const bytes = (n: number): string => `${grouped(n)} bytes`

const missing = (name: string, path: string): Looked => ({ row: row("input", name, Missing, path), stat: absent, folder: null })

const realOf = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** The stat row of an input as it is now: what it was read under, unless it moved. */
export const inputNow = (digests: FileDigestsShape, { path, folder }: TaskInput): StatRow =>
  folder === null ? digests.stat(path) : realOf(path) === folder ? digests.statTree(folder) : absent

interface Looked {
  readonly row: Row
  readonly stat: StatRow
  readonly folder: string | null
}

const look = (digests: FileDigestsShape, name: string, path: string, trusting: boolean): Effect.Effect<Looked, TreeError> => {
  const reader = trusting ? digests : digests.fresh
  const file = ({ sha256, bytes: size, stat }: FileDigest): Looked => ({
    row: row("input", name, `sha256:${sha256}`, bytes(size)),
    stat,
    folder: null
  })
  const hit = trusting ? digests.known(path) : null
  if (hit !== null) return Effect.succeed(hit === absent ? missing(name, path) : file(hit))
  return reader.file(path).pipe(
    Effect.map((digest) => (digest === absent ? missing(name, path) : file(digest))),
    Effect.catchTag("SpecialFile", () => {
      const folder = realOf(path)
      return Effect.map(reader.tree(folder), (tree) =>
        tree === absent
          ? missing(name, path)
          : { row: row("input", name, `tree:${tree.digest}`, bytes(tree.bytes)), stat: tree.stat, folder }
      )
    })
  )
}

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

/** All own rows now. `trusting` takes stat rows for content where that is safe. */
export const ownRows = (
  task: ProjectTask,
  declared: ReadonlyArray<Row>,
  {
    root,
    digests,
    trusting,
    tools
  }: {
    readonly root: string
    readonly digests: FileDigestsShape
    readonly trusting: boolean
    readonly tools: ReturnType<typeof toolRows>
  }
): Effect.Effect<OwnRows, TreeError> =>
  Effect.gen(function* () {
    const rows: Array<Row> = [...declared]
    const inputs: Array<TaskInput> = []
    for (const { name, path } of task.inputs) {
      const at = isAbsolute(path) ? path : join(root, path)
      const looked = yield* look(digests, name, at, trusting)
      rows.push(looked.row)
      inputs.push({
        name,
        path: at,
        digest: looked.row.value === Missing ? null : looked.row.value,
        stat: looked.stat,
        folder: looked.folder
      })
    }
    const missingTools: Array<string> = []
    for (const name of task.tools) {
      const tool = yield* tools(name)
      rows.push(tool)
      if (tool.value === Missing) missingTools.push(name)
    }
    return { rows: sortRows(rows), inputs, missingTools }
  })
