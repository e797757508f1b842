/** Writing JSON files in pieces, so that no document is held whole. */
import { Effect } from "effect"
import { canonicalChunks } from "../canonical-json.ts"
import { type IoDurability, writeNew, type Written } from "../durable.ts"
import { spooling } from "./spool.ts"

const batchBytes = 1 << 20
/** UTF-8 bytes of one UTF-16 unit, at most. */
const bytesPerUnit = 3

/** Writes a new file from pieces of text or bytes, about 1 MiB at a time out of one buffer. What making a piece throws as `IoDurability` fails. */
export const writePieces = (path: string, pieces: Iterable<string | Uint8Array>): Effect.Effect<Written, IoDurability> =>
  writeNew(path, (sink) =>
    Effect.gen(function* () {
      const batch = Buffer.allocUnsafe(batchBytes)
      let filled = 0
      const iterator = pieces[Symbol.iterator]()
      for (;;) {
        const next = yield* spooling(() => iterator.next())
        if (next.done === true) break
        const piece = next.value
        const most = typeof piece === "string" ? piece.length * bytesPerUnit : batchBytes + 1
        if (filled > 0 && filled + most > batchBytes) {
          yield* sink.write(batch.subarray(0, filled))
          filled = 0
        }
        if (typeof piece !== "string") yield* sink.write(piece)
        else if (most > batchBytes) yield* sink.write(Buffer.from(piece))
        else filled += batch.write(piece, filled)
      }
      if (filled > 0) yield* sink.write(batch.subarray(0, filled))
    })
  )

/** Writes a new canonical JSON file. */
export const writeJson = (path: string, value: unknown): Effect.Effect<Written, IoDurability> => writePieces(path, canonicalChunks(value))
