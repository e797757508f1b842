/** What runs now, as the lines of a live region: bars from what tasks report, rate and time left. Events in, lines out. */
import { oneLine } from "../core/Excerpt.ts"
import type { RunEvent } from "../domain/RunDocuments.ts"
import { clip, padEnd, padStart, widest } from "../core/Layout.ts"
import { byteSize, grouped, wholeTime } from "../core/Quantity.ts"

/** `bar`: cells; `tasks`: most lines; `window`, `settled`: ms over which a rate is taken, and before it is told. */
const Limits = { bar: 20, tasks: 8, window: 5000, settled: 1000 } as const

interface Sample {
  readonly at: number
  readonly done: number
}

interface Running {
  readonly task: string
  readonly since: number
  label: string
  unit: string
  total: number | null
  samples: Array<Sample>
}

const amount = (n: number, unit: string): string =>
  unit === "bytes" ? byteSize(n) : `${grouped(Math.round(n))} ${oneLine(unit)}`.trimEnd()

const bar = (share: number): string => {
  const full = Math.round(share * Limits.bar)
  return "━".repeat(full) + "╌".repeat(Limits.bar - full)
}

/** Units a ms over the last seconds; null until there is enough to say. */
const rateOf = (samples: ReadonlyArray<Sample>, now: number): number | null => {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined || now - first.at < Limits.settled) return null
  return (last.done - first.done) / (now - first.at)
}

const detail = ({ label, unit, total, samples, since }: Running, now: number): string => {
  const done = samples.at(-1)?.done
  const elapsed = wholeTime(now - since)
  if (done === undefined) return elapsed
  const rate = rateOf(samples, now)
  const speed = rate === null || rate <= 0 ? [] : [`${amount(rate * 1000, unit)}/s`]
  const named = label === "" ? [] : [oneLine(label)]
  if (total === null || total <= 0) return [...named, amount(done, unit), ...speed, elapsed].join("  ")
  const share = Math.min(1, Math.max(0, done / total))
  const left = rate === null || rate <= 0 ? [] : [`${wholeTime(Math.max(0, total - done) / rate)} left`]
  return [
    `${bar(share)} ${padStart(`${Math.floor(share * 100)}%`, 4)}`,
    ...named,
    `${amount(done, unit)} of ${amount(total, unit)}`,
    ...speed,
    ...left
  ].join("  ")
}

export class Progress {
  readonly #running = new Map<string, Running>()
  #tasks = 0
  #finished = 0
  #since = 0

  /** `now` in ms of a clock that never goes back. */
  tell(event: RunEvent, now: number): void {
    switch (event.event) {
      case "run-started":
        this.#tasks = event.tasks
        this.#since = now
        return
      case "fanned-out":
        this.#tasks += event.added.length - event.removed.length
        return
      case "task-started":
        this.#running.set(event.task, { task: event.task, since: now, label: "", unit: "", total: null, samples: [] })
        return
      case "task-finished":
        this.#finished++
        this.#running.delete(event.task)
        return
      case "task-progress": {
        const running = this.#running.get(event.task)
        if (running === undefined) return
        const last = running.samples.at(-1)
        if (running.label !== event.label || running.unit !== event.unit || (last !== undefined && event.done < last.done))
          running.samples = []
        running.label = event.label
        running.unit = event.unit
        running.total = event.total
        running.samples.push({ at: now, done: event.done })
        // The oldest sample stays just outside the window, so that a rate always spans it.
        while (running.samples.length > 2 && (running.samples[1] as Sample).at < now - Limits.window) running.samples.shift()
        return
      }
      default:
    }
  }

  /** Nothing while nothing runs. Every line fits into `columns` cells. */
  lines(now: number, columns: number, rows: number): ReadonlyArray<string> {
    const running = [...this.#running.values()]
    if (running.length === 0) return []
    const most = Math.max(1, Math.min(Limits.tasks, rows - 3))
    const shown = running.slice(0, most)
    const width = Math.min(widest(shown.map(({ task }) => oneLine(task))), Math.max(20, Math.floor(columns / 2)))
    const more = running.length - shown.length
    return [
      ...shown.map((task) => `  ${padEnd(clip(oneLine(task.task), width), width)}  ${detail(task, now)}`),
      `  ${grouped(this.#finished)} of ${grouped(this.#tasks)} tasks  ${running.length} running${more > 0 ? ` (${more} not shown)` : ""}  ${wholeTime(now - this.#since)}`
    ].map((line) => clip(line, Math.max(1, columns)))
  }
}
