/** Inputs held against the lists of checksums that came with them. */
import { basename } from "node:path"
import { Effect, Schema } from "effect"
import { type ErrorDocs, type Several, Several as SeveralErrors, several, Told } from "atlas-run/plugin"
import { quote, type InvalidUtf8 } from "../text.ts"
import { type Algorithm, algorithms, type ChecksumEntry, ChecksumLine, entriesFor, readChecksums } from "./checksum-listing.ts"
import type { ContentError } from "./failure.ts"
import { fileDigests } from "./file-digests.ts"

export class ChecksumMismatch extends Schema.TaggedError<ChecksumMismatch>()("ChecksumMismatch", {
  ...Told,
  file: Schema.String,
  algorithm: Schema.Literals(algorithms),
  expected: Schema.String,
  found: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "A file is not the one that a list of checksums tells of",
    hint: "Download it again, or take the list that belongs to it: providers change files within a release.",
    example: 'The sum of "genome.fa.gz" is 24720 1, line 2 of CHECKSUMS has 36979 1.'
  }
}

export type ChecksumError = ContentError | ChecksumLine | ChecksumMismatch | InvalidUtf8

/** For the `errors` of a stage or check. */
export const checksumErrors = [ChecksumLine, ChecksumMismatch] as const

export interface ListedInput {
  readonly role: string
  readonly path: string
  /** The list that should have it; undefined where none was given. */
  readonly list: string | undefined
}

export interface Checked {
  /** Inputs that their list does not have. */
  readonly unlisted: ReadonlyArray<ListedInput>
  /** To be asked once the inputs were read: are they still the files that were checked? */
  readonly unchanged: Effect.Effect<void, ContentError>
}

/** Of several entries by one algorithm for a name in unlike folders, one must be right; and no other of the same folder may say otherwise. */
const mismatches = (
  { path, list }: ListedInput,
  entries: ReadonlyArray<ChecksumEntry>,
  digests: ReadonlyMap<Algorithm, string>
): ReadonlyArray<ChecksumMismatch> =>
  algorithms.flatMap((algorithm) => {
    const listed = entries.filter((entry) => entry.algorithm === algorithm)
    const found = digests.get(algorithm)
    const right = new Set(listed.filter(({ value }) => value === found).map(({ name }) => name))
    const wrong = listed.find(({ name, value }) => value !== found && (right.size === 0 || right.has(name)))
    if (wrong === undefined || found === undefined) return []
    const file = basename(path)
    const message = `The ${algorithm} of ${quote(file)} is ${found}, line ${wrong.line} of ${basename(list ?? "")} has ${wrong.value}.`
    return [new ChecksumMismatch({ message, where: { path }, file, algorithm, expected: wrong.value, found })]
  })

/** Fails with everything that is wrong with the lists, and with all files that are not as listed. */
export const checkListed = (inputs: ReadonlyArray<ListedInput>): Effect.Effect<Checked, ChecksumError | Several<ChecksumError>> =>
  Effect.gen(function* () {
    const problems: Array<ChecksumError> = []
    /** What fails is a problem beside the others. */
    const tried = <A>(effect: Effect.Effect<A, ChecksumError | Several<ChecksumError>>) =>
      Effect.match(effect, {
        onSuccess: (value): A | undefined => value,
        onFailure: (error): A | undefined => void problems.push(...(error instanceof SeveralErrors ? error.errors : [error]))
      })
    const lists = new Map<string, ReadonlyArray<ChecksumEntry> | undefined>()
    const unlisted: Array<ListedInput> = []
    const unchanged: Array<Effect.Effect<void, ContentError>> = []
    for (const input of inputs) {
      const { list, path } = input
      if (list === undefined) continue
      if (!lists.has(list)) lists.set(list, yield* tried(readChecksums(list)))
      const listing = lists.get(list)
      if (listing === undefined) continue
      const entries = entriesFor(path, listing)
      if (entries.length === 0) {
        unlisted.push(input)
        continue
      }
      const read = yield* tried(fileDigests(path, new Set(entries.map(({ algorithm }) => algorithm))))
      if (read === undefined) continue
      problems.push(...mismatches(input, entries, read.digests))
      unchanged.push(read.unchanged)
    }
    if (problems.length > 0) return yield* Effect.fail(several(problems))
    return { unlisted, unchanged: Effect.all(unchanged, { discard: true }) }
  })
