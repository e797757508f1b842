/**
 * How a task's outputs get their names: written beside the final place, moved there whole. Paths are absolute. A link at a
 * final name is itself replaced, what it points to is never touched.
 */
import { Context, Effect, Layer } from "effect"
import type { TaskOutputMissing } from "../domain/Fault.ts"
import type { DiskFull, IoDurability, IoFailed, NameNotText, OutputEscapes, SpecialFile } from "../domain/FileErrors.ts"
import { type Move, openMoves } from "./OutputMoves.ts"
import { recoverFinals, type Recovery } from "./OutputRecovery.ts"
import { attempt } from "./Errno.ts"
import { removeTree } from "./RemoveTree.ts"
import { syncAll, syncTree } from "./SyncTree.ts"

export type { Move } from "./OutputMoves.ts"
export type { Recovery } from "./OutputRecovery.ts"

export type OutputError = IoFailed | DiskFull | IoDurability | SpecialFile | NameNotText | OutputEscapes | TaskOutputMissing

export interface OutputsShape {
  /**
   * A name beside `final` where nothing is yet; folders above are made. With `within`, a final path whose folder really
   * lies elsewhere, through a link, is refused before anything is made.
   */
  readonly stage: (final: string, options: { readonly run: string; readonly within: string | null }) => Effect.Effect<string, OutputError>
  /**
   * Moves each into its place, in order; a failure leaves those after it as they were, and the failing one with its old
   * content. `durable`: bytes are on the disk before the name is, and the name when this succeeds. Not interrupted midway.
   */
  readonly commit: (
    moves: ReadonlyArray<Move>,
    options: { readonly run: string; readonly durable: boolean }
  ) => Effect.Effect<void, OutputError>
  /** Bytes and names of outputs that were committed otherwise are on the disk when this succeeds: many at once cost little more than one. */
  readonly harden: (finals: ReadonlyArray<string>) => Effect.Effect<void, OutputError>
  /** Removes stagings that will not be committed. */
  readonly discard: (stagings: ReadonlyArray<string>) => Effect.Effect<void, OutputError>
  /** Under the lease only: undoes half a commit of a run that died and removes what dead runs left beside these. */
  readonly recover: (finals: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<Recovery>, OutputError>
}

export class Outputs extends Context.Service<Outputs, OutputsShape>()("atlas-run/ports/Outputs") {
  static readonly layer: Layer.Layer<Outputs> = Layer.sync(Outputs, () => {
    const moves = openMoves()
    return {
      stage: (final, { run, within }) => moves.stage(final, run, within),
      commit: (all, { run, durable }) =>
        Effect.gen(function* () {
          // All bytes first, so that the names change close together.
          if (durable) for (const { staging } of all) yield* syncTree(staging)
          yield* Effect.uninterruptible(Effect.forEach(all, (move) => moves.move(move, run, durable), { discard: true }))
        }),
      harden: (finals) => Effect.suspend(() => syncAll(finals, moves.above(finals))),
      discard: (stagings) =>
        Effect.forEach(
          stagings,
          (staging) => {
            moves.forget(staging)
            return attempt("remove", staging, () => removeTree(staging))
          },
          { discard: true }
        ),
      recover: (finals) => recoverFinals(finals)
    }
  })
}
