/** Asks the owner of a cell what should be there and what is. */
import { Cause, Effect } from "effect"
import { encodeFailure, encodeFailures, type ErrorDocument } from "../domain/Failure.ts"
import { TaskDefect, TaskLost } from "../domain/Fault.ts"
import type { CellObservation, ObservationDocument, ObserveDocument } from "../domain/TaskDocument.ts"
import { decoded, type Definitions, needsView } from "./Execute.ts"

const failures = (cause: Cause.Cause<{ readonly _tag: string }>, task: string): ReadonlyArray<ErrorDocument> =>
  cause.reasons.flatMap((reason) =>
    Cause.isFailReason(reason)
      ? encodeFailures(reason.error)
      : [
          encodeFailure(
            new TaskDefect({
              message: `${task} could not observe its cell: ${Cause.isDieReason(reason) ? String(reason.defect) : "interrupted"}`,
              trace: ""
            })
          )
        ]
  )

export const observe = (definitions: Definitions, question: ObserveDocument): Effect.Effect<ObservationDocument> =>
  Effect.gen(function* () {
    const answer = (
      errors: ReadonlyArray<ErrorDocument>,
      desired: string | null,
      live: CellObservation | null,
      witnesses: ReadonlyArray<string> = []
    ): ObservationDocument => ({
      atlas: "observation/1",
      task: question.task,
      errors: [...errors],
      desired,
      live,
      witnesses: [...new Set(witnesses)].sort()
    })
    const value = definitions.get(question.definition)
    const cell = value?.kind === "stage" ? value.def.cell : undefined
    if (value === undefined || value.kind === "check" || cell === undefined)
      return answer([encodeFailure(new TaskLost({ message: `the host knows no cell of ${question.definition}` }))], null, null)
    const at = {
      target: decoded(value.def.target, question.subject),
      labels: question.labels,
      options: decoded(value.def.options, question.options),
      roots: question.roots
    }
    const asking = Effect.gen(function* () {
      const { witnesses, ...live } = yield* cell.observe(at)
      const desired = question.needsKnown ? yield* cell.desired({ ...at, needs: needsView(question.needs).own }) : null
      // who changed it may be a search through a long history: only asked where it is told
      const strange = live.state === "damaged" || (live.state === "present" && desired !== null && live.value !== desired)
      const changed = strange && cell.changed !== undefined ? yield* cell.changed(at, live) : null
      return answer([], desired, changed === null ? live : { ...live, changed }, witnesses)
    })
    return yield* Effect.matchCauseEffect(asking, {
      onSuccess: Effect.succeed,
      onFailure: (cause) =>
        Cause.hasInterruptsOnly(cause) ? Effect.interrupt : Effect.succeed(answer(failures(cause, question.task), null, null))
    })
  })
