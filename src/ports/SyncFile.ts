/** Makes the bytes of a file, or the names in a folder, durable while others go on. */
import * as fs from "node:fs"
import { Effect } from "effect"

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants

/** Only the wait for the disk is handed to another thread: opening and closing what was just written takes less than handing it over. */
export const syncFile = (file: string): Effect.Effect<void, unknown> =>
  Effect.callback<void, unknown>((resume) => {
    let descriptor: number
    try {
      descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    } catch (cause) {
      return resume(Effect.fail(cause))
    }
    fs.fsync(descriptor, (failed) => {
      let problem: unknown = failed
      try {
        fs.closeSync(descriptor)
      } catch (cause) {
        problem ??= cause
      }
      resume(problem === null ? Effect.void : Effect.fail(problem))
    })
  })
