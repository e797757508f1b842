/** What a fresh task rests on: each row and output with how it is known to hold, and since when. */
import { isAbsolute, join } from "node:path"
import { needOfSubject } from "../../core/Rows.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { WhyDocument } from "../../domain/RunDocuments.ts"
import type { Row, Trace, TracedOutput } from "../../domain/Trace.ts"
import { absent, type FileDigestsShape } from "../../ports/FileDigests.ts"

type Evidence = NonNullable<WhyDocument["evidence"]>
type Proven = Pick<Evidence["rows"][number], "by" | "since">
type Since = NonNullable<Proven["since"]>

export interface Proving {
  readonly root: string
  readonly trace: Trace
  /** What earlier processes remember, and nothing of this one: a digest that it knows was not computed now. */
  readonly remembered: FileDigestsShape
  /** Everything was read anew. */
  readonly paranoid: boolean
  /** The run that put the outputs where they are. */
  readonly madeBy: { readonly run: string; readonly at: string }
  readonly traceOf: (task: string) => Trace | null
}

/** Changed last, from a stat row; null for a folder's, which does not say. */
const changedAt = (stat: string): string | null => {
  const ns = /:(\d{10,})$/.exec(stat)?.[1]
  return ns === undefined ? null : new Date(Number(BigInt(ns) / 1_000_000n)).toISOString()
}

/** The stat row of before the run proves since then; a younger one proves only since it is there. */
const sinceOf = (stat: string, made: Since): Since => {
  const changed = changedAt(stat)
  return changed === null || changed <= made.at ? made : { run: null, at: changed }
}

const placed = (root: string, path: string): string => (isAbsolute(path) ? path : join(root, path))

const discovered = "discovered:"

/** Where the input of a row or cause lies: of a glob's file, and of one that was discovered, its subject tells. Null for one that is gone. */
export const inputPath = ({ inputs }: ProjectTask, subject: string): string | null => {
  if (subject.startsWith(discovered)) return subject.slice(discovered.length)
  const input = inputs.find(({ name }) => name === subject)
  if (input !== undefined) return "path" in input ? input.path : null
  const glob = inputs.find(({ kind, name }) => kind === "glob" && subject.startsWith(`${name}/`))
  return glob === undefined ? null : subject.slice(glob.name.length + 1)
}

const ofFile = ({ remembered, paranoid, trace: { run, at } }: Proving, path: string): Proven => {
  const found = paranoid ? null : remembered.known(path)
  const tree = paranoid || found !== null ? null : remembered.knownTree(path)
  if (found === absent) return { by: "stat", since: { run, at } }
  if (found !== null) return { by: "stat", since: sinceOf(found.stat, { run, at }) }
  return tree === null ? { by: "hash" } : { by: "stat", since: { run, at } }
}

const ofOutput = ({ remembered, paranoid, root, madeBy }: Proving, { kind, path }: TracedOutput): Proven => {
  if (kind === "value") return { by: "config", since: madeBy }
  const at = placed(root, path)
  const found = paranoid ? null : remembered.knownTree(at)
  const file = remembered.known(at)
  if (found === null || found === absent) return { by: "hash" }
  return { by: "stat", since: file === null || file === absent ? madeBy : sinceOf(file.stat, madeBy) }
}

const ofRow = (proving: Proving, task: ProjectTask, { kind, subject, note }: Row): Proven => {
  const { root, trace, traceOf } = proving
  const made = { run: trace.run, at: trace.at }
  switch (kind) {
    case "input": {
      const path = inputPath(task, subject)
      return path === null ? { by: "config", since: made } : ofFile(proving, placed(root, path))
    }
    case "discovered":
      return ofFile(proving, placed(root, subject))
    case "tool":
      return note === null ? { by: "environment", since: made } : ofFile(proving, note)
    case "need": {
      const need = needOfSubject(subject)
      const from = need === null ? null : traceOf(need.task)
      return { by: "need", since: from === null ? made : { run: from.run, at: from.at } }
    }
    case "environment":
      return { by: "environment", since: made }
    case "runtime":
      return { by: "runtime", since: made }
    default:
      return { by: "config", since: made }
  }
}

export const evidenceOf = (task: ProjectTask, proving: Proving): Evidence => ({
  run: proving.trace.run,
  at: proving.trace.at,
  rows: proving.trace.rows.map((row) => ({ kind: row.kind, subject: row.subject, value: row.value, ...ofRow(proving, task, row) })),
  outputs: proving.trace.outputs.map((output) => ({
    name: output.name,
    path: output.path,
    digest: output.digest,
    ...ofOutput(proving, output)
  }))
})
