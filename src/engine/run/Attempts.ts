/** When a failed task is tried again. */
import type { ErrorDocument } from "../../domain/Failure.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"

/** Faults that may not come again. What the engine found by looking at rows, outputs or versions does. */
const passing: ReadonlySet<string> = new Set([
  "COMMAND_FAILED",
  "PLUGIN_LEAK",
  "TASK_DEFECT",
  "TASK_EXIT",
  "TASK_LEFTOVERS",
  "TASK_LOST",
  "TASK_MEMORY",
  "TASK_TIMEOUT"
])

/** Whether a task that failed with `errors`, after `made` further attempts, gets another one. All of the errors have to allow it. */
export const triesAgain = ({ resources }: ProjectTask, errors: ReadonlyArray<ErrorDocument>, made: number): boolean => {
  const retry = resources?.retry
  if (retry === undefined || made >= retry.times || errors.length === 0) return false
  const allowed = retry.on === undefined ? passing : new Set(retry.on)
  return errors.every(({ code }) => allowed.has(code))
}

/** As its log tells it. */
export const attemptText = (attempt: number, of: number, { code, message }: { readonly code: string; readonly message: string }): string =>
  `attempt ${attempt} of ${of} failed: ${code}: ${message}; trying again`
