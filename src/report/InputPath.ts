/** Causes speak of inputs by name; people also want the path. */
import type { Cause, CauseKind } from "../domain/RunDocuments.ts"

const ofInputs = new Set<CauseKind>(["input-changed", "input-missing", "input-appeared"])

interface Inputs {
  readonly task: string
  readonly inputs: ReadonlyArray<{ readonly name: string; readonly path: string }>
}

/** Puts the path after the name of each input that a task's causes name: `table` → `table data/a.tsv`. Says nothing else. */
export const inputPaths = (tasks: ReadonlyArray<Inputs>) => {
  const byTask = new Map(tasks.map(({ task, inputs }) => [task, inputs]))
  return <T extends { readonly task: string; readonly causes: ReadonlyArray<Cause> }>(told: T): T => {
    if (!told.causes.some(({ kind }) => ofInputs.has(kind))) return told
    const inputs = byTask.get(told.task) ?? []
    const named = (cause: Cause): Cause => {
      const path = ofInputs.has(cause.kind) ? inputs.find(({ name }) => name === cause.subject)?.path : undefined
      return path === undefined ? cause : { ...cause, subject: `${cause.subject} ${path}` }
    }
    return { ...told, causes: told.causes.map(named) }
  }
}
