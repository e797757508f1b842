/** What the records of past runs say of one task. */
import type { RecordedTask, RunSummary } from "../../domain/RunRecord.ts"
import type { RunRecordsShape } from "../../ports/RunRecords.ts"

/** The last run that did something to a task, with what it did; null if none is remembered. */
export const lastMention = (
  records: RunRecordsShape,
  task: string,
  fits: (recorded: RecordedTask) => boolean = () => true
): { readonly summary: RunSummary; readonly task: RecordedTask } | null => {
  const only = new Set([task])
  for (const run of records.runs()) {
    const record = records.read(run, only)
    const found = record?.tasks.findLast(fits)
    if (record !== null && found !== undefined) return { summary: record.summary, task: found }
  }
  return null
}
