/** The files that needs gave: a task reads them as it reads inputs, so they are looked at before and after it. */
import { Effect } from "effect"
import { encodeFailure, type ErrorDocument } from "../../domain/Failure.ts"
import { TaskTainted } from "../../domain/Fault.ts"
import type { Need } from "../../domain/TaskDocument.ts"
import { absent, type FileDigestsShape, type StatRow, type TreeError } from "../../ports/FileDigests.ts"

interface Given {
  /** `NEED/OUTPUT`. */
  readonly name: string
  /** Output and owner, as told. */
  readonly told: string
  /** Absolute. */
  readonly path: string
  readonly digest: string
}

/** A file or folder of a need under the stat row that its recorded content was seen under. */
export type SeenNeedFile = Given & { readonly row: StatRow }

const givenBy = (needs: ReadonlyArray<Need>): ReadonlyArray<Given> =>
  needs.flatMap((need) =>
    need.outputs.flatMap(({ name, path, digest }) =>
      path === null ? [] : [{ name: `${need.name}/${name}`, told: `output ${name} of ${need.task}`, path, digest }]
    )
  )

const taint = ({ name, path }: Given, message: string): ErrorDocument =>
  encodeFailure(new TaskTainted({ message, where: { path }, input: name }))

/** The row under which it is as recorded now; null if it is not. */
const rowOf = (digests: FileDigestsShape, { path, digest }: Given): Effect.Effect<StatRow | null, TreeError> =>
  Effect.map(digests.tree(path), (tree) => (tree === absent || tree.digest !== digest ? null : tree.stat))

export class NeedFiles {
  readonly #digests: FileDigestsShape
  /** What this run made, so that nothing young is read twice. */
  readonly #made = new Map<string, StatRow>()

  constructor(digests: FileDigestsShape) {
    this.#digests = digests
  }

  made(path: string, row: StatRow): void {
    this.#made.set(path, row)
  }

  /** Those that are not as recorded any more, and the others with their rows. */
  look(
    needs: ReadonlyArray<Need>
  ): Effect.Effect<{ readonly seen: ReadonlyArray<SeenNeedFile>; readonly altered: ReadonlyArray<ErrorDocument> }, TreeError> {
    const digests = this.#digests
    const rows = this.#made
    return Effect.gen(function* () {
      const seen: Array<SeenNeedFile> = []
      const altered: Array<ErrorDocument> = []
      for (const given of givenBy(needs)) {
        const made = rows.get(given.path)
        const row = made !== undefined && made === digests.statTree(given.path) ? made : yield* rowOf(digests, given)
        if (row === null) altered.push(taint(given, `${given.told} is not what was recorded any more`))
        else seen.push({ ...given, row })
      }
      return { seen, altered }
    })
  }

  /** Those that moved since `look`, while `task` ran. */
  moved(seen: ReadonlyArray<SeenNeedFile>, task: string): ReadonlyArray<ErrorDocument> {
    return seen.flatMap((given) =>
      this.#digests.statTree(given.path) === given.row ? [] : [taint(given, `${given.told} changed while ${task} ran`)]
    )
  }
}
