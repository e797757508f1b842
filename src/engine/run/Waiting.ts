/** Takes a project's lease; who has to wait for another process is told so, and that it is over. */
import { hostname } from "node:os"
import { Effect } from "effect"
import type { LockHolder } from "../../domain/StateErrors.ts"
import type { LeaseRequest, LeaseShape } from "../../ports/Lease.ts"

const nameOf = (holder: LockHolder | null): string =>
  holder === null ? "another process" : `pid ${holder.pid}${holder.host === hostname() ? "" : ` on ${holder.host}`}`

/** `told` gets a line when the wait begins, or is for another one, and one when it is over; none where there was none. */
export const holdTold = Effect.fnUntraced(function* (lease: LeaseShape, request: LeaseRequest, told: (line: string) => void = () => {}) {
  const waited: Array<string> = []
  const onWait = (holder: LockHolder | null) =>
    Effect.sync(() => {
      const name = nameOf(holder)
      if (waited.at(-1) !== name) waited.push(name)
      told(`waiting for ${name}${holder === null ? "" : `, since ${holder.at}: ${holder.command}`}`)
    })
  yield* lease.hold({ ...request, onWait })
  if (waited.length > 0) told(`waited for ${waited.join(", then ")}`)
})
