/** Causes speak of inputs by name; people also want the path. */
import type { Cause, CauseKind } from "../domain/RunDocuments.ts"

const ofInputs = new Set<CauseKind>(["input-changed", "input-missing", "input-appeared"])

interface Inputs {
  readonly task: string
  readonly inputs: ReadonlyArray<{ readonly kind: string; readonly name: string; readonly path?: string }>
}

const discovered = "discovered:"

/** Of a glob's file, and of what was discovered, the path stands in the subject. */
const parted = (subject: string, inputs: Inputs["inputs"]): string | undefined => {
  if (subject.startsWith(discovered)) return `discovered ${subject.slice(discovered.length)}`
  const glob = inputs.find(({ kind, name }) => kind === "glob" && subject.startsWith(`${name}/`))
  return glob === undefined ? undefined : `${glob.name} ${subject.slice(glob.name.length + 1)}`
}

/** Puts the path after the name of each input that a task's causes name: `table` → `table data/a.tsv`. Says nothing else. */
export const inputPaths = (tasks: ReadonlyArray<Inputs>) => {
  const byTask = new Map(tasks.map(({ task, inputs }) => [task, inputs]))
  return <T extends { readonly task: string; readonly causes: ReadonlyArray<Cause> }>(told: T): T => {
    if (!told.causes.some(({ kind }) => ofInputs.has(kind))) return told
    const inputs = byTask.get(told.task) ?? []
    const named = (cause: Cause): Cause => {
      if (!ofInputs.has(cause.kind)) return cause
      const path = inputs.find(({ name }) => name === cause.subject)?.path
      const subject = path === undefined ? parted(cause.subject, inputs) : `${cause.subject} ${path}`
      return subject === undefined ? cause : { ...cause, subject }
    }
    return { ...told, causes: told.causes.map(named) }
  }
}
