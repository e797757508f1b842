/** Tasks that are remembered and that the project no longer has, and what stands there of their outputs. */
import { isAbsolute, join, normalize } from "node:path"
import { Effect } from "effect"
import { templateOf } from "../../core/Item.ts"
import type { Orphan, OrphanState } from "../../domain/CacheDocuments.ts"
import type { ProjectDocument } from "../../domain/ProjectDocument.ts"
import type { Trace, TracedOutput } from "../../domain/Trace.ts"
import { absent, FileDigests } from "../../ports/FileDigests.ts"
import { liesBelow, weigh } from "../../ports/Leftovers.ts"
import { attempt } from "../../ports/Errno.ts"
import { type FormerNames, formerNames, sameButName } from "../why/Renamed.ts"
import { globFiles } from "../../ports/GlobFiles.ts"

export const placeOf = (root: string, path: string): string => normalize(isAbsolute(path) ? path : join(root, path))

const overlaps = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)

/** Everything that the project names: outputs, inputs, its config. */
const claimed = ({ root, config, tasks }: ProjectDocument): ReadonlyArray<string> => [
  ...new Set([
    ...(config === null ? [] : [config]),
    ...tasks.flatMap((task) =>
      [
        ...task.outputs.filter(({ kind }) => kind !== "value").map(({ path }) => path),
        ...task.inputs.flatMap((input) => (input.kind === "glob" ? globFiles(root, input.patterns).paths : [input.path]))
      ].map((path) => placeOf(root, path))
    )
  ])
]

/** The engine's own state, but for the outputs that have no other place. */
const isState = (at: string, root: string): boolean => {
  const state = join(root, ".atlas")
  return overlaps(at, state) && !at.startsWith(join(state, "outputs/"))
}

/** Of an output that nobody claims, only what stands there exactly as it was made is ours to take. */
const stateOf = Effect.fnUntraced(function* (output: TracedOutput, at: string, root: string, claims: ReadonlyArray<string>) {
  const digests = yield* FileDigests
  if (isState(at, root) || claims.some((claim) => overlaps(at, claim))) return "shared" satisfies OrphanState as OrphanState
  if (!(yield* attempt("look at", at, () => liesBelow(at, root)))) return "outside"
  // What cannot be read, or is no file at all by now, is not as it was made.
  const tree = yield* Effect.orElseSucceed(digests.fresh.tree(at), () => null)
  return tree === absent ? "gone" : tree?.digest === output.digest ? "present" : "altered"
})

export interface OrphanTask extends Orphan {
  /** Absolute places of those of its outputs that are as they were made. */
  readonly removable: ReadonlyArray<string>
}

/** `remove`: outputs that are ours are told as removed, and nothing of the task is worth remembering after that. */
export const orphansOf = Effect.fnUntraced(function* (
  project: ProjectDocument,
  traces: ReadonlyMap<string, Trace>,
  { remove }: { readonly remove: boolean }
) {
  const own = new Set(project.tasks.map(({ task }) => task))
  const claims = claimed(project)
  const found: Array<OrphanTask> = []
  let formers: FormerNames | undefined
  for (const [task, trace] of [...traces].sort(([a], [b]) => (a < b ? -1 : 1))) {
    // while the items of a fan-out are not known, none of them is known to be gone
    if (own.has(task) || own.has(templateOf(task))) continue
    const outputs: Array<Orphan["outputs"][number]> = []
    const removable: Array<string> = []
    for (const output of trace.outputs) {
      if (output.kind === "value") continue
      const at = placeOf(project.root, output.path)
      const state = yield* stateOf(output, at, project.root, claims)
      const bytes = state === "present" || state === "altered" ? yield* attempt("look at", at, () => weigh(at)) : 0
      if (state === "present") removable.push(at)
      outputs.push({ name: output.name, path: output.path, state: state === "present" && remove ? "removed" : state, bytes })
    }
    // As long as something of it stands there, in a shared place too, this memory is all that knows of it.
    const forgotten = remove
      ? outputs.every(({ state }) => state !== "present")
      : trace.applied === null && outputs.every(({ state }) => state !== "present" && state !== "altered")
    formers ??= formerNames([...traces.values()].filter((one) => own.has(one.task)))
    const renamedTo = sameButName(task, trace.rows, formers)
    found.push({ task, ...(renamedTo === null ? {} : { renamedTo }), forgotten, outputs, removable: remove ? removable : [] })
  }
  return found as ReadonlyArray<OrphanTask>
})
