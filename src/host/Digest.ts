/** Asks a content what a file comes to. */
import { Cause, Effect } from "effect"
import { encodeFailure } from "../domain/Failure.ts"
import { TaskLost } from "../domain/Fault.ts"
import type { ContentDigestDocument, DigestDocument } from "../domain/TaskDocument.ts"
import { decoded, defect, type Definitions } from "./Execute.ts"
import { contentOf } from "./Inputs.ts"

const sentence = (error: unknown): string => {
  const message = typeof error === "object" && error !== null ? (error as { readonly message?: unknown }).message : error
  return typeof message === "string" && message !== "" ? message : String((error as { readonly _tag?: unknown } | null)?._tag ?? error)
}

/** A failure of the content is told as what the file is not; what breaks is an error. */
export const digest = (definitions: Definitions, question: DigestDocument): Effect.Effect<ContentDigestDocument> =>
  Effect.suspend(() => {
    const answer = (more: Partial<ContentDigestDocument>): ContentDigestDocument => ({
      atlas: "content-digest/1",
      task: question.task,
      errors: [],
      digest: null,
      unreadable: null,
      ...more
    })
    const { input, path } = question
    const asking = Effect.suspend(() => {
      const value = definitions.get(question.definition)
      const inputs = value?.kind === "stage" ? value.def.inputs(decoded(value.def.target, question.subject)) : {}
      const content = contentOf((inputs as Readonly<Record<string, unknown>>)[input])
      if (content === null) {
        const message = `the host knows no content of input ${input} of ${question.definition}`
        return Effect.succeed(answer({ errors: [encodeFailure(new TaskLost({ message }))] }))
      }
      return Effect.map(content.def.digest({ path, name: input }), (text): ContentDigestDocument => {
        if (typeof text !== "string") throw new Error(`${content.content} gives no text`)
        return answer({ digest: text })
      })
    })
    return Effect.matchCauseEffect(asking, {
      onSuccess: Effect.succeed,
      onFailure: (cause) => {
        if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
        const broken = cause.reasons.find(Cause.isDieReason)
        const failed = cause.reasons.find(Cause.isFailReason)
        return Effect.succeed(
          broken !== undefined
            ? answer({ errors: [defect(question.definition, broken.defect)] })
            : answer({ unreadable: sentence(failed?.error) })
        )
      }
    })
  })
