/** What is known of the tasks that were decided or settled so far, for those that come after them. */
import { resolve } from "node:path"
import type { GateState, NeedState } from "../../core/Decide.ts"
import { needRow, type Row } from "../../core/Rows.ts"
import { edgesOf } from "../../core/TaskGraph.ts"
import type { Verdict } from "../../domain/Finding.ts"
import type { Need } from "../../domain/TaskDocument.ts"
import type { TracedOutput } from "../../domain/Trace.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import { partOf } from "../project/Items.ts"

/** One decided (in a plan) or settled (in a run) task. */
export interface Known {
  readonly outputs: ReadonlyArray<TracedOutput>
  readonly verdict: Verdict | null
  readonly need: (rows: ReadonlyArray<Row>) => NeedState
  readonly gate: GateState
}

export class Upstream {
  #project: AnalyzedProject
  readonly #known: Array<Known | undefined> = []

  constructor(project: AnalyzedProject) {
    this.#project = project
  }

  /** The same tasks at the same places, and more. */
  grow(project: AnalyzedProject): void {
    this.#project = project
  }

  tell(task: number, known: Known): void {
    this.#known[task] = known
  }

  of(task: number): Known | undefined {
    return this.#known[task]
  }

  #indexOf(task: string): number {
    return this.#project.graph.indexOf.get(task) ?? -1
  }

  needs(task: number): ReadonlyArray<{ readonly name: string; readonly task: string; readonly state: NeedState }> {
    const { needs = [], item } = this.#project.tasks[task] ?? {}
    return needs.map((need) => {
      const known = this.#known[this.#indexOf(need.task)]
      if (known === undefined) return { ...need, state: { unknown: true } as const }
      const rows = partOf(need.part, known.outputs, item).map(({ name, digest }) => needRow(need, { name, digest }))
      return { ...need, state: known.need(rows) }
    })
  }

  gates(task: number): ReadonlyArray<{ readonly task: string; readonly state: GateState }> {
    return Array.from(edgesOf(this.#project.graph.gates, task), (gate) => ({
      task: this.#project.graph.tasks[gate] ?? "",
      state: this.#known[gate]?.gate ?? ("unknown" as const)
    }))
  }

  /** The needs with their outputs, as documents carry them; only right once all needs are known. */
  documents(task: number): ReadonlyArray<Need> {
    const { root } = this.#project.document
    const { needs = [], item } = this.#project.tasks[task] ?? {}
    return needs.map((need) => ({
      ...need,
      outputs: partOf(need.part, this.#known[this.#indexOf(need.task)]?.outputs ?? [], item).map(({ name, kind, path, value, digest }) => ({
        name,
        kind,
        path: kind === "value" ? null : resolve(root, path),
        value,
        digest
      }))
    }))
  }
}
