/** What is known of the tasks that were decided or settled so far, for those that come after them. */
import { resolve } from "node:path"
import type { GateState, NeedState } from "../core/Decide.ts"
import { needRow, type Row } from "../core/Rows.ts"
import { edgesOf } from "../core/TaskGraph.ts"
import type { Verdict } from "../domain/Finding.ts"
import type { Need } from "../domain/TaskDocument.ts"
import type { TracedOutput } from "../domain/Trace.ts"
import type { AnalyzedProject } from "./Analyzer.ts"

/** One decided (in a plan) or settled (in a run) task. */
export interface Known {
  readonly outputs: ReadonlyArray<TracedOutput>
  readonly verdict: Verdict | null
  readonly need: (rows: ReadonlyArray<Row>) => NeedState
  readonly gate: GateState
}

export class Upstream {
  readonly #project: AnalyzedProject
  readonly #known: Array<Known | undefined> = []

  constructor(project: AnalyzedProject) {
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
    return (this.#project.tasks[task]?.needs ?? []).map((need) => {
      const known = this.#known[this.#indexOf(need.task)]
      if (known === undefined) return { ...need, state: { unknown: true } as const }
      return { ...need, state: known.need(known.outputs.map((output) => needRow(need, { name: output.name, digest: output.digest }))) }
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
    return (this.#project.tasks[task]?.needs ?? []).map((need) => ({
      name: need.name,
      task: need.task,
      outputs: (this.#known[this.#indexOf(need.task)]?.outputs ?? []).map(({ name, kind, path, value, digest }) => ({
        name,
        kind,
        path: kind === "value" ? null : resolve(root, path),
        value,
        digest
      }))
    }))
  }
}
