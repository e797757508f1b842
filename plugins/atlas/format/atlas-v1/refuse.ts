/** Readers of this room throw their refusal; `refusals` makes it the failure of an effect. */
import { Effect } from "effect"
import { LimitExceeded } from "../limits.ts"
import { type AtlasV1Error, atlasV1Errors } from "./failure.ts"
import { type ReferenceEnd, referenceEnd } from "./reference-end.ts"

interface Refusal {
  readonly message: string
  readonly where?: { readonly path: string; readonly line?: number }
  readonly reference: ReferenceEnd
}

/** Throws a refusal with the reference's message; `path` and `line` say where, if a place is known. */
export const refuse = (kind: new (fields: Refusal) => AtlasV1Error, message: string, path?: string, line?: number): never => {
  const where = path === undefined ? {} : { where: line === undefined ? { path } : { path, line } }
  throw new kind({ message, ...where, reference: referenceEnd(message) })
}

const isRefusal = (cause: unknown): cause is AtlasV1Error | LimitExceeded =>
  cause instanceof LimitExceeded || atlasV1Errors.some((kind) => cause instanceof kind)

/** Runs what may refuse; anything else thrown is a defect. */
export const refusals = <A>(run: () => A): Effect.Effect<A, AtlasV1Error | LimitExceeded> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(run())
    } catch (cause) {
      return isRefusal(cause) ? Effect.fail(cause) : Effect.die(cause)
    }
  })
