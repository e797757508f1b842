/** A run's record as a trace that Chrome, Perfetto and speedscope read: one bar a task, on as many lanes as ran at once. */
import type { RecordedTask, RunRecord } from "../domain/RunRecord.ts"
import { causeText } from "./CauseText.ts"

/** The lane of each task: the first that is free when it begins. `tasks` that took no time have none. */
export const lanesOf = (tasks: ReadonlyArray<RecordedTask>): ReadonlyMap<string, number> => {
  const ends: Array<number> = []
  const lanes = new Map<string, number>()
  for (const { task, beganMs, ms } of [...tasks].filter(({ ms }) => ms > 0).sort((a, b) => a.beganMs - b.beganMs)) {
    const free = ends.findIndex((end) => end <= beganMs)
    const lane = free < 0 ? ends.length : free
    ends[lane] = beganMs + ms
    lanes.set(task, lane)
  }
  return lanes
}

/** Trace Event Format; times in µs since the run began. */
export const chromeTrace = ({ tasks, summary }: RunRecord): unknown => {
  const lanes = lanesOf(tasks)
  const events = tasks.flatMap((task) => {
    const lane = lanes.get(task.task)
    if (lane === undefined) return []
    const { beganMs, ms, outcome, verdict, causes, errors } = task
    return [
      {
        name: task.task,
        cat: task.check === null ? task.stage : task.check,
        ph: "X",
        ts: beganMs * 1000,
        dur: ms * 1000,
        pid: 1,
        tid: lane + 1,
        args: { outcome, verdict, causes: causes.map(causeText), ...(errors[0] === undefined ? {} : { error: errors[0].code }) }
      }
    ]
  })
  const named = (name: string, tid: number, value: string) => ({ name, ph: "M", pid: 1, tid, args: { name: value } })
  const count = Math.max(0, ...Array.from(lanes.values(), (lane) => lane + 1))
  return {
    displayTimeUnit: "ms",
    otherData: { run: summary.run, at: summary.at, host: summary.host, outcome: summary.outcome },
    traceEvents: [
      named("process_name", 0, `${summary.project} ${summary.run}`),
      ...Array.from({ length: count }, (_, lane) => named("thread_name", lane + 1, `lane ${lane + 1}`)),
      ...events
    ]
  }
}
