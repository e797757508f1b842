/** Scanning a FASTA file with its digests on two cores, where it is large enough for that. */
import { stat } from "node:fs/promises"
import { availableParallelism } from "node:os"
import { Effect, type Scope } from "effect"
import type { LimitExceeded } from "../limits.ts"
import { DigestThread } from "./digest-thread.ts"
import { type FastaFacts, type FastaOptions, FastaScanner } from "./scanner.ts"
import { withDigests } from "./sequence-digests.ts"

export interface FastaScan {
  readonly push: (chunk: Buffer) => void
  /** Why it is no use to go on; undefined else. `end` tells it too, with its place. */
  readonly hopeless: () => LimitExceeded | undefined
  /** Once all bytes were pushed. */
  readonly end: Effect.Effect<FastaFacts>
}

/** Bytes of a file, packed or not: below it a thread (15 ms) costs more than it saves. */
const worthAThread = 16 * 2 ** 20

const startThread = (path: string): Effect.Effect<DigestThread | undefined> =>
  Effect.promise(async () => {
    const size = await stat(path).then(
      (found) => found.size,
      () => 0
    )
    return size >= worthAThread && availableParallelism() > 1 ? DigestThread.start() : undefined
  })

/** A scanner for the bytes of the file at `path`, packed there or not. A thread that it has started ends with the scope at the latest. */
export const fastaScan = (path: string, options: FastaOptions = {}): Effect.Effect<FastaScan, never, Scope.Scope> =>
  Effect.gen(function* () {
    const thread =
      options.digests === undefined || options.digests === true
        ? yield* Effect.acquireRelease(startThread(path), (thread) => Effect.promise(async () => thread?.close()))
        : undefined
    const scanner = new FastaScanner({ path, ...options, ...(thread === undefined ? {} : { digests: thread }) })
    return {
      push: (chunk) => scanner.push(chunk),
      hopeless: () => scanner.hopeless,
      end: Effect.suspend(() => {
        const facts = scanner.end()
        return thread === undefined
          ? Effect.succeed(facts)
          : Effect.map(
              Effect.promise(() => thread.finish()),
              (digests) => withDigests(facts, digests)
            )
      })
    }
  })
