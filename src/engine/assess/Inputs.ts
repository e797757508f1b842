/** The files that a task reads, as they are now: its inputs, what its globs stand for, and what it told of while it ran. */
import { realpathSync } from "node:fs"
import { isAbsolute, join, normalize, relative } from "node:path"
import { Effect } from "effect"
import { type Claim, claimSentence } from "../../core/Claims.ts"
import { grouped } from "../../core/Quantity.ts"
import { Missing, type Row } from "../../core/Rows.ts"
import { encodeFailure, type ErrorDocument } from "../../domain/Failure.ts"
import { TaskInputMissing, TaskNeedCycle, TaskNeedMissing } from "../../domain/Fault.ts"
import type { ProjectInput, ProjectTask } from "../../domain/ProjectDocument.ts"
import type { TaskInputPath } from "../../domain/TaskDocument.ts"
import { ioFault } from "../../ports/Errno.ts"
import { absent, type FileDigest, type FileDigestsShape, type StatRow, type TreeError } from "../../ports/FileDigests.ts"
import { globFiles, type GlobMatch } from "../../ports/GlobFiles.ts"
import { NameNotText } from "../../domain/FileErrors.ts"
import { type ContentCounter, contentRow } from "./Contents.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"

export interface TaskInput {
  /** `NAME`, for a glob's file `NAME/PATH`, for one that was discovered `discovered:PATH`. */
  readonly name: string
  /** Absolute. */
  readonly path: string
  /** Digest of its bytes, whatever counts of them: `sha256:…` or `tree:…`; null if it is not there. */
  readonly digest: string | null
  /** The stat row that its content was read under: what it must still be when the task has ended. */
  readonly stat: StatRow
  /** Where it really is, if it is a folder; a link to one is looked through. Null for a file. */
  readonly folder: string | null
}

export interface TaskGlob extends GlobMatch {
  readonly name: string
  readonly patterns: ReadonlyArray<string>
}

/** What inputs come to. */
export interface LookedInputs {
  readonly rows: ReadonlyArray<Row>
  readonly inputs: ReadonlyArray<TaskInput>
  readonly globs: ReadonlyArray<TaskGlob>
  /** As the task is given them. */
  readonly paths: ReadonlyArray<TaskInputPath>
  /** Why it cannot run. */
  readonly problems: ReadonlyArray<ErrorDocument>
}

export interface InputLook {
  readonly project: AnalyzedProject
  readonly digests: FileDigestsShape
  /** Takes stat rows for content where that is safe. */
  readonly trusting: boolean
  readonly count: ContentCounter
  readonly claim: (task: string, path: string) => Claim | null
}

const realOf = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** The stat row of an input as it is now: what it was read under, unless it moved. */
export const inputNow = (digests: FileDigestsShape, { path, folder }: Pick<TaskInput, "path" | "folder">): StatRow =>
  folder === null ? digests.stat(path) : realOf(path) === folder ? digests.statTree(folder) : absent

const row = (kind: string, subject: string, value: string, note: string | null): Row => ({ kind, subject, value, note })

const bytes = (n: number): string => `${grouped(n)} bytes`

interface Place {
  readonly kind: "input" | "discovered"
  /** Of its row. */
  readonly subject: string
  /** How the stage calls it. */
  readonly input: string
  readonly path: string
  readonly content?: string | undefined
}

interface Looked {
  readonly row: Row
  readonly input: TaskInput
}

/** One file or folder. */
const look = (
  { project, digests, trusting, count }: InputLook,
  task: ProjectTask,
  { kind, subject, input, path, content }: Place
): Effect.Effect<Looked, TreeError> => {
  const reader = trusting ? digests : digests.fresh
  const name = kind === "discovered" ? `discovered:${subject}` : subject
  const looked = (value: string, note: string, more: Pick<TaskInput, "digest" | "stat" | "folder">): Looked => ({
    row: row(kind, subject, value, note),
    input: { name, path, ...more }
  })
  const nothing = looked(Missing, path, { digest: null, stat: absent, folder: null })
  const file = (found: FileDigest): Effect.Effect<Looked, TreeError> => {
    const digest = `sha256:${found.sha256}`
    const more = { digest, stat: found.stat, folder: null }
    if (content === undefined) return Effect.succeed(looked(digest, bytes(found.bytes), more))
    return Effect.map(count(project, task, { input, content, path }, found), ({ value, note }) => looked(value, note, more))
  }
  const folder = (): Effect.Effect<Looked, TreeError> => {
    const real = realOf(path)
    return Effect.map(reader.tree(real), (tree) => {
      if (tree === absent) return nothing
      const digest = `tree:${tree.digest}`
      return looked(digest, bytes(tree.bytes), { digest, stat: tree.stat, folder: real })
    })
  }
  const once = Effect.suspend((): Effect.Effect<Looked, TreeError> => {
    const hit = trusting ? digests.known(path) : null
    if (hit !== null) return hit === absent ? Effect.succeed(nothing) : file(hit)
    return reader.file(path).pipe(
      Effect.flatMap((found) => (found === absent ? Effect.succeed(nothing) : file(found))),
      Effect.catchTag("SpecialFile", folder)
    )
  })
  return content === undefined ? once : Effect.catchTag(once, "FileMoved", () => once)
}

/** Where a path of the project lies; a relative one starts at its folder. */
export const absolute = (root: string, path: string): string => normalize(isAbsolute(path) ? path : join(root, path))

/** `path` as a row has it: relative to the project, absolute for what lies outside. */
export const subjectOf = (root: string, path: string): string => {
  const below = relative(root, path)
  return below === "" || below === ".." || below.startsWith("../") ? path : below
}

/** What is wrong with reading another task's output; null if nothing is. */
export const claimProblem = (
  { project, claim }: Pick<InputLook, "project" | "claim">,
  task: string,
  path: string
): ErrorDocument | null => {
  const found = claim(task, path)
  if (found === null) return null
  const input = subjectOf(project.document.root, path)
  const message = claimSentence(task, input, found)
  return encodeFailure(
    found.claim === "cycle"
      ? new TaskNeedCycle({ message, where: { path }, input, steps: [...found.steps] })
      : new TaskNeedMissing({ message, where: { path }, input, owner: found.owner })
  )
}

const globbed = (root: string, patterns: ReadonlyArray<string>): Effect.Effect<GlobMatch, TreeError> =>
  Effect.try({
    try: () => globFiles(root, patterns),
    catch: (cause) => (cause instanceof NameNotText ? cause : ioFault("read", root, cause))
  })

const missing = (input: string, where: string, message: string): ErrorDocument =>
  encodeFailure(new TaskInputMissing({ message, where: { path: where }, input }))

const lookAtGlob = Effect.fnUntraced(function* (
  how: InputLook,
  task: ProjectTask,
  { name, patterns, min, content }: Extract<ProjectInput, { readonly kind: "glob" }>
) {
  const { root } = how.project.document
  const match = yield* globbed(root, patterns)
  const rows: Array<Row> = []
  const inputs: Array<TaskInput> = []
  const problems: Array<ErrorDocument> = []
  for (const one of match.paths) {
    const path = absolute(root, one)
    const problem = claimProblem(how, task.task, path)
    const looked = yield* look(how, task, { kind: "input", subject: `${name}/${one}`, input: name, path, content })
    // never recorded: whatever was made of it before, it has to be told
    rows.push(problem === null ? looked.row : { ...looked.row, value: problem.message })
    inputs.push(looked.input)
    if (problem !== null) problems.push(problem)
  }
  if (match.paths.length < min) {
    const wanted = patterns.join(" ")
    rows.push(row("input", name, Missing, wanted))
    const message = `input ${name} is ${match.paths.length === 0 ? "no file" : `${match.paths.length} files`}, ${min} at least are wanted: ${wanted}`
    problems.push(missing(name, root, message))
  }
  return { rows, inputs, problems, glob: { name, patterns, ...match }, paths: inputs.map(({ path }) => path) }
})

/** All inputs of a task. */
export const lookAtInputs = Effect.fnUntraced(function* (how: InputLook, task: ProjectTask) {
  const { root } = how.project.document
  const rows: Array<Row> = []
  const inputs: Array<TaskInput> = []
  const globs: Array<TaskGlob> = []
  const paths: Array<TaskInputPath> = []
  const problems: Array<ErrorDocument> = []
  for (const declared of task.inputs) {
    const { name, content } = declared
    const code = content === undefined ? null : contentRow(how.project, content)
    if (code !== null) rows.push(code)
    if (declared.kind === "glob") {
      const found = yield* lookAtGlob(how, task, declared)
      rows.push(...found.rows)
      inputs.push(...found.inputs)
      globs.push(found.glob)
      problems.push(...found.problems)
      paths.push({ name, paths: found.paths })
      continue
    }
    const path = absolute(root, declared.path)
    const looked = yield* look(how, task, { kind: "input", subject: name, input: name, path, content })
    rows.push(looked.row)
    inputs.push(looked.input)
    const there = looked.input.digest !== null
    paths.push({ name, path: there || declared.kind === "file" ? path : null })
    if (!there && declared.kind === "file") problems.push(missing(name, path, `input ${name} is missing: ${path}`))
  }
  return { rows, inputs, globs, paths, problems } satisfies LookedInputs as LookedInputs
})

/** What was discovered, by the subjects of its rows. */
export const lookAtDiscovered = Effect.fnUntraced(function* (how: InputLook, task: ProjectTask, subjects: ReadonlyArray<string>) {
  const rows: Array<Row> = []
  const inputs: Array<TaskInput> = []
  for (const subject of subjects) {
    const path = absolute(how.project.document.root, subject)
    const problem = claimProblem(how, task.task, path)
    const looked = yield* look(how, task, { kind: "discovered", subject, input: "", path })
    rows.push(problem === null ? looked.row : { ...looked.row, value: problem.message })
    inputs.push(looked.input)
  }
  return { rows, inputs }
})

/** Files that are others than when they were read, and globs that stand for others: `name`, and where. */
export const movedInputs = (
  digests: FileDigestsShape,
  root: string,
  { inputs, globs }: Pick<LookedInputs, "inputs" | "globs">
): ReadonlyArray<{ readonly name: string; readonly path: string }> => [
  ...inputs.filter((input) => inputNow(digests, input) !== input.stat),
  ...globs.flatMap(({ name, patterns, paths }) =>
    sameFiles(root, patterns, paths) ? [] : [{ name, path: absolute(root, patterns[0] ?? "") }]
  )
]

/** Whether patterns still stand for the same files. */
export const sameFiles = (root: string, patterns: ReadonlyArray<string>, paths: ReadonlyArray<string>): boolean => {
  try {
    const now = globFiles(root, patterns).paths
    return now.length === paths.length && now.every((path, at) => path === paths[at])
  } catch {
    return false
  }
}
