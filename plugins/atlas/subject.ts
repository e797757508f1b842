/** What check authors read a build root through. Its failures need no declaration: the engine knows `SubjectUnreadable`. */
import { Effect } from "effect"
import { SubjectUnreadable } from "atlas-run/plugin"
import { type BuildRoot, type DatasetCounts, openBuildRoot as open, type SequenceCount } from "./format/build-root.ts"
import type { Manifest } from "./format/artifact/manifest.ts"

export interface BuildRootSubject {
  readonly path: string
  /** Every sequence of the genome by name, also those without genes; `length` in bases. */
  readonly sequences: Effect.Effect<ReadonlyArray<SequenceCount>, SubjectUnreadable>
  readonly counts: Effect.Effect<DatasetCounts, SubjectUnreadable>
  readonly manifest: Effect.Effect<Manifest, SubjectUnreadable>
  /** The root itself, with typed errors of its own. */
  readonly root: BuildRoot
}

const readable =
  (path: string) =>
  <A, E extends { readonly message: string }>(effect: Effect.Effect<A, E>): Effect.Effect<A, SubjectUnreadable> =>
    Effect.mapError(effect, (e) => new SubjectUnreadable({ message: e.message, where: { path }, reason: e.message }))

/** Opens the folder of one dataset that ingest made. */
export const openBuildRoot = (path: string): Effect.Effect<BuildRootSubject, SubjectUnreadable> =>
  Effect.map(readable(path)(open(path)), (root) => ({
    path: root.path,
    sequences: readable(path)(root.sequences),
    counts: readable(path)(root.counts),
    manifest: readable(path)(root.manifest),
    root
  }))
