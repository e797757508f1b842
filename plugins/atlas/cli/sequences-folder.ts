/** Putting the three sequence files of a build root to a folder of the user's: each whole, in place of an older one. */
import { randomBytes } from "node:crypto"
import * as fs from "node:fs/promises"
import { join, resolve } from "node:path"
import { Effect } from "effect"
import { openBuildRoot } from "../format/build-root.ts"
import { change, makeDirectory, remove, syncDirectory } from "../format/durable.ts"
import { type SequencesOptions, writeSequences } from "../format/sequences/from-build-root.ts"
import { sequenceFiles } from "../format/sequences/sequence-files.ts"

export const placeSequences = (buildRoot: string, folder: string, options: SequencesOptions) =>
  Effect.gen(function* () {
    const place = resolve(folder)
    const work = join(place, `.sequences-${randomBytes(8).toString("hex")}`)
    yield* makeDirectory(place)
    const counts = yield* Effect.ensuring(
      Effect.gen(function* () {
        const counts = yield* writeSequences(yield* openBuildRoot(buildRoot), work, options)
        for (const name of Object.values(sequenceFiles))
          yield* change("rename", join(place, name), () => fs.rename(join(work, name), join(place, name)))
        return counts
      }),
      Effect.ignore(remove(work))
    )
    yield* syncDirectory(place)
    return { folder: place, ...counts }
  })
