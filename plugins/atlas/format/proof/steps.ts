/** Asking a database of a dataset in steps, so that others run between them. */
import { Effect } from "effect"
import { GeneSummaryUnreadable } from "../artifact/gene-summary-reader.ts"
import { reasonOf } from "../artifact/sha256.ts"
import type { DatasetFiles } from "../build-root.ts"

export const sqlite = <A>(root: DatasetFiles, ask: () => A): Effect.Effect<A, GeneSummaryUnreadable> => {
  const where = { path: root.file("sqlite") }
  return Effect.try({
    try: ask,
    catch: (cause) =>
      new GeneSummaryUnreadable({ message: `${where.path} could not be read: ${reasonOf(cause)}`, where, reason: reasonOf(cause) })
  })
}

/** Runs the steps of a synchronous examination; gives what it returns. */
export const inSteps = <A>(root: DatasetFiles, steps: Generator<void, A>): Effect.Effect<A, GeneSummaryUnreadable> =>
  Effect.gen(function* () {
    for (;;) {
      const step = yield* sqlite(root, () => steps.next())
      if (step.done === true) return step.value
      yield* Effect.yieldNow
    }
  })
