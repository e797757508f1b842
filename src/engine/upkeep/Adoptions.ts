/** What a trace remembers of adoptions. */
import type { Adoption, Trace } from "../../domain/Trace.ts"

/** For the trace that replaces `before`: its adoption ends, and that there was one stays on record. */
export const endedAdoptions = (before: Trace | null): Pick<Trace, "adoptedBefore"> => {
  const ended = [...(before?.adoptedBefore ?? []), ...(before?.adopted === undefined ? [] : [before.adopted])]
  return ended.length === 0 ? {} : { adoptedBefore: ended }
}

/** All of them, oldest first. */
export const adoptionsOf = (trace: Trace | null): ReadonlyArray<Adoption & { readonly inForce: boolean }> => [
  ...(trace?.adoptedBefore ?? []).map((adoption) => ({ ...adoption, inForce: false })),
  ...(trace?.adopted === undefined ? [] : [{ ...trace.adopted, inForce: true }])
]
