/** Leaves what the next run may start from: the project document, and the stat rows that a run's result rests on. */
import { Effect } from "effect"
import { components } from "../../core/Components.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import type { Elsewhere } from "./Elsewhere.ts"
import { originOf } from "../project/Expansion.ts"
import { keepProject } from "../project/Kept.ts"
import { type Rest, standing } from "./Standing.ts"

export interface RecordRequest {
  readonly project: AnalyzedProject
  readonly elsewhere: Elsewhere | null
  /** Seal of the kept document that `project` was opened from; null if it was evaluated. */
  readonly kept: string | null
  /** The project's `.atlas`, absolute. */
  readonly state: string
  readonly rests: ReadonlyMap<number, Rest>
  readonly now: string
}

/** Disposable: where the document cannot be written, the next run evaluates. */
const kept = (state: string, project: AnalyzedProject): string | null => {
  try {
    return keepProject(state, project)
  } catch {
    return null
  }
}

/** How many more tasks than declared there are in each group in which there are others; `groupOf` by declared task. */
const fannedOf = (
  { expansion }: AnalyzedProject,
  groupOf: (declared: number) => number
): ReadonlyArray<readonly [group: number, more: number]> => {
  const more = new Map<number, number>()
  const add = (group: number, by: number) => more.set(group, (more.get(group) ?? 0) + by)
  for (const index of expansion?.from.tasks.keys() ?? []) add(groupOf(index), -1)
  for (const origin of expansion?.origins ?? []) add(groupOf(origin), 1)
  return [...more].filter(([, by]) => by !== 0)
}

export const record = ({ project, elsewhere, kept: seal, state, rests, now }: RecordRequest) =>
  Effect.suspend(() => {
    const origin = originOf(project)
    if (elsewhere !== null) {
      const { groups, indices, looked } = elsewhere
      return standing({
        project,
        groupOf: (task) => groups[origin(task)] as number,
        indexOf: (task) => indices[origin(task)] as number,
        fanned: fannedOf(project, (task) => groups[task] as number),
        rests,
        now,
        kept: looked.columns.header.project,
        groups: 0,
        elsewhere
      })
    }
    // items hang together with what stands for them, so that the document's groups are those of all its expansions
    const declared = project.expansion?.from ?? project
    const { of, count } = components(declared.graph)
    return standing({
      project,
      groupOf: (task) => of[origin(task)] as number,
      indexOf: origin,
      fanned: fannedOf(project, (task) => of[task] as number),
      rests,
      now,
      kept: seal ?? kept(state, declared),
      groups: count,
      elsewhere
    })
  })
