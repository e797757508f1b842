/**
 * A run whose fan-outs come to other items than it began with. A source that made others is settled for those who look, and not yet for
 * those that wait for it; when nothing else is ready, the graph is made anew with their tasks. So no task of an item runs that is not there
 * any more, and a graph is made once for many sources. Tasks keep their index from graph to graph.
 */
import type { Outcome } from "../../core/Upstream.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { FannedOut } from "../../domain/RunDocuments.ts"
import type { TracedOutput } from "../../domain/Trace.ts"
import type { AnalyzedProject } from "./Analyzer.ts"
import { expand, type Expansion, grow, isTemplate, itemsOf, type OutputsOf, sourceKey } from "./Expansion.ts"

/** What was asked for of a graph: indices with all their upstream, and who is forced. */
export interface Wanted {
  readonly selection: Iterable<number>
  readonly forced: (task: number) => boolean
}

/** What was asked for of a grown project; `gone` are tasks that it has no more. */
export type WantedOf = (project: AnalyzedProject, gone: ReadonlySet<number>) => Wanted

const good: ReadonlySet<Outcome> = new Set(["executed", "fresh", "restored", "reused", "held"])

const same = (a: ReadonlyArray<string> | null, b: ReadonlyArray<string> | null): boolean =>
  a === b || (a !== null && b !== null && a.length === b.length && a.every((name, at) => name === b[at]))

/** Ids of tasks of fan-outs, by the task that makes their items. */
const bySource = (tasks: ReadonlyArray<ProjectTask>): ReadonlyMap<string, Array<string>> => {
  const found = new Map<string, Array<string>>()
  for (const { task, each } of tasks) {
    if (each === undefined) continue
    const known = found.get(each.task)
    if (known === undefined) found.set(each.task, [task])
    else known.push(task)
  }
  return found
}

export class Growth {
  readonly #expansion: Expansion | undefined
  readonly #sources = new Map<string, Array<NonNullable<ProjectTask["each"]>>>()
  readonly #made = new Map<string, ReadonlyArray<TracedOutput>>()
  readonly #before: OutputsOf
  readonly #gone = new Set<number>()
  #items: Expansion["items"]
  #grown: AnalyzedProject | null = null
  /** Sources that are to be settled with the next graph. */
  readonly parked = new Map<number, Outcome>()

  /** `before` gives the outputs of what this run does not execute. */
  constructor({ expansion }: AnalyzedProject, before: OutputsOf) {
    this.#expansion = expansion
    this.#items = expansion?.items ?? new Map()
    this.#before = before
    for (const { each } of expansion?.from.tasks.filter(isTemplate) ?? [])
      this.#sources.set(each.task, [...(this.#sources.get(each.task) ?? []), each])
  }

  readonly #outputsOf: OutputsOf = (task) => this.#made.get(task) ?? this.#before(task)

  /** Whether the task made other items than there are tasks for; it is parked then. */
  park(index: number, task: string, settled: { readonly outcome: Outcome; readonly outputs: ReadonlyArray<TracedOutput> }): boolean {
    const sources = this.#sources.get(task)
    if (sources === undefined || !good.has(settled.outcome)) return false
    this.#made.set(task, settled.outputs)
    if (sources.every((each) => same(this.#items.get(sourceKey(each)) ?? null, itemsOf(each, this.#outputsOf)))) return false
    this.parked.set(index, settled.outcome)
    return true
  }

  /** The project by what is known now, and for each parked source what that changed. */
  grow(before: AnalyzedProject): {
    readonly project: AnalyzedProject
    readonly gone: ReadonlySet<number>
    readonly told: ReadonlyArray<FannedOut>
  } {
    const from = this.#expansion?.from ?? before
    this.#grown = expand(from, this.#outputsOf)
    this.#items = this.#grown.expansion?.items ?? this.#items
    const { project, gone } = grow(before, this.#grown)
    const added = bySource(project.tasks.slice(before.tasks.length))
    const removed = bySource(before.tasks.filter((_, at) => gone.has(at) && !this.#gone.has(at)))
    const told = [...this.parked.keys()].map((index): FannedOut => {
      const { task, target } = before.tasks[index] as ProjectTask
      return { event: "fanned-out", task, target, added: added.get(task) ?? [], removed: removed.get(task) ?? [] }
    })
    for (const index of gone) this.#gone.add(index)
    return { project, gone, told }
  }

  /** The project in its own order, and values by index of the one that ran brought over to it. */
  settled<A>(
    ran: AnalyzedProject,
    values: ReadonlyMap<number, A>
  ): { readonly project: AnalyzedProject; readonly values: ReadonlyMap<number, A> } {
    const project = this.#grown
    if (project === null) return { project: ran, values }
    const at = project.graph.indexOf
    const brought = [...values].flatMap(([index, value]) => {
      const found = at.get(ran.tasks[index]?.task ?? "")
      return found === undefined ? [] : [[found, value] as const]
    })
    return { project, values: new Map(brought) }
  }
}
