/** Leaves what the next run may start from: the project document, and the stat rows that a run's result rests on. */
import { Effect } from "effect"
import { components } from "../core/Components.ts"
import type { AnalyzedProject } from "./Analyzer.ts"
import type { Elsewhere } from "./Elsewhere.ts"
import { keepProject } from "./Kept.ts"
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

export const record = ({ project, elsewhere, kept: seal, state, rests, now }: RecordRequest) =>
  Effect.suspend(() => {
    if (elsewhere !== null) {
      const { groups, indices, looked } = elsewhere
      return standing({
        project,
        groupOf: (task) => groups[task] as number,
        indexOf: (task) => indices[task] as number,
        rests,
        now,
        kept: looked.columns.header.project,
        groups: 0,
        elsewhere
      })
    }
    const { of, count } = components(project.graph)
    return standing({
      project,
      groupOf: (task) => of[task] as number,
      indexOf: (task) => task,
      rests,
      now,
      kept: seal ?? kept(state, project),
      groups: count,
      elsewhere
    })
  })
