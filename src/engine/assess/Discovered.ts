/** What a task read beside its inputs, as it told itself: looked at when it has ended, and held to what it was when it began. */
import { lstatSync, mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { dependencies } from "../../core/DependencyFile.ts"
import { encodeFailure, type ErrorDocument } from "../../domain/Failure.ts"
import { TaskOutputMissing } from "../../domain/Fault.ts"
import type { Command, ProjectTask } from "../../domain/ProjectDocument.ts"
import type { ResultDocument, TaskDocument } from "../../domain/TaskDocument.ts"
import type { Row } from "../../core/Rows.ts"
import type { TreeError } from "../../ports/FileDigests.ts"
import type { OwnRows } from "./Rows.ts"
import { absolute, claimProblem, type InputLook, inputNow, lookAtDiscovered, subjectOf, type TaskInput } from "./Inputs.ts"

/** A path that was told of, with its stat row before it was read, if that is known. */
export interface ToldPath {
  readonly path: string
  readonly stat: string | null
}

export interface Discoveries {
  readonly rows: ReadonlyArray<Row>
  readonly inputs: ReadonlyArray<TaskInput>
  /** Those that changed since the task began. */
  readonly moved: ReadonlyArray<TaskInput>
  readonly errors: ReadonlyArray<ErrorDocument>
}

export const noDiscoveries: Discoveries = { rows: [], inputs: [], moved: [], errors: [] }

/** When a task began, by the clock of the file system that its folder is on: `device` and ns. */
export interface Beginning {
  readonly device: bigint
  readonly at: bigint
}

/** Makes the task's own folder. */
export const beginning = (scratch: string): Beginning => {
  mkdirSync(scratch, { recursive: true })
  const { dev, ctimeNs } = lstatSync(scratch, { bigint: true })
  return { device: dev, at: ctimeNs }
}

/** A clock that we cannot ask may be so much behind ours, ns. */
const slack = 50_000_000n

/** Whether something was written to a file since: it has the time of its last change in its row. */
const changedSince = ({ device, at }: Beginning, { stat, folder }: TaskInput): boolean => {
  const parts = stat.split(":")
  if (folder !== null || parts.length !== 6) return false
  const changed = BigInt(parts[5] as string)
  return BigInt(parts[0] as string) === device ? changed >= at : changed + slack >= at
}

/** The file that a program tells in what it read. */
export const listOf = (document: TaskDocument): string => join(document.scratch, "discovered")

/** Paths that a program told of; fails with the reason why there are none. */
export const programDiscoveries = (
  { discovered }: Command,
  document: TaskDocument
): { readonly told: ReadonlyArray<ToldPath> } | { readonly error: ErrorDocument } => {
  if (discovered === undefined) return { told: [] }
  try {
    const text = readFileSync(listOf(document), "utf8")
    return { told: dependencies(text, discovered).map((path) => ({ path, stat: null })) }
  } catch {
    const message = `${document.task} did not tell what it read: it declares \`discovered\`, and did not write the list`
    return { error: encodeFailure(new TaskOutputMissing({ message, output: "discovered" })) }
  }
}

const liesIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

/** What it is given anyway: its inputs, outputs of its needs, its own places. */
const givenBy = (own: OwnRows, document: TaskDocument): ((path: string) => boolean) => {
  const files = new Set(own.inputs.map(({ path }) => path))
  const folders = [
    document.scratch,
    ...own.inputs.flatMap(({ path, folder }) => (folder === null ? [] : [path])),
    ...document.outputs.flatMap(({ path }) => (path === "" ? [] : [path])),
    ...document.needs.flatMap(({ outputs }) => outputs.flatMap(({ path }) => path ?? []))
  ]
  return (path) => files.has(path) || folders.some((folder) => liesIn(path, folder))
}

/** Nothing can be recorded of what has no content: devices and the like. */
const recordable = (path: string): boolean => !liesIn(path, "/dev") && !liesIn(path, "/proc") && !liesIn(path, "/sys")

/** Looks at all that a task told of. */
export const discover = (
  how: InputLook,
  task: ProjectTask,
  { own, document, began }: { readonly own: OwnRows; readonly document: TaskDocument; readonly began: Beginning },
  told: ReadonlyArray<ToldPath>
): Effect.Effect<Discoveries, TreeError> =>
  Effect.gen(function* () {
    if (told.length === 0) return noDiscoveries
    const { root } = how.project.document
    const given = givenBy(own, document)
    const seen = new Map<string, string | null>()
    for (const { path, stat } of told) {
      const at = absolute(root, path)
      if (!given(at) && recordable(at) && !seen.has(at)) seen.set(at, stat)
    }
    const errors = Array.from(seen.keys(), (path) => claimProblem(how, task.task, path)).filter((problem) => problem !== null)
    if (errors.length > 0) return { ...noDiscoveries, errors }
    const subjects = Array.from(seen.keys(), (path) => subjectOf(root, path)).sort()
    const { rows, inputs } = yield* lookAtDiscovered(how, task, subjects)
    const moved = inputs.filter((input) => {
      const before = seen.get(input.path) ?? null
      return inputNow(how.digests, input) !== input.stat || (before !== null && before !== input.stat) || changedSince(began, input)
    })
    return { rows, inputs, moved, errors: [] }
  })

/** What a host told of. */
export const hostDiscoveries = ({ discovered = [] }: ResultDocument): ReadonlyArray<ToldPath> => discovered
