/** Rows: the sorted, printable list of all that a task's result depends on. Two lists that differ are the reason to run. */
import { type Cause, type CauseKind, compareText, sortCauses } from "./Cause.ts"
import { excerpt } from "./Excerpt.ts"

/**
 * `kind` is `code option input discovered need environment tool runtime engine target output`; `value` decides, `note` is only printed.
 * A file that is not there has the value `Missing`. `discovered` rows are of files that a task told of while it ran, by path.
 */
export interface Row {
  readonly kind: string
  readonly subject: string
  readonly value: string
  readonly note: string | null
}

/** Value of an input or tool that is not there. */
export const Missing = "missing"

/** Kind, then subject, then value. */
export const compareRows = (a: Row, b: Row): number =>
  compareText(a.kind, b.kind) || compareText(a.subject, b.subject) || compareText(a.value, b.value)

const isSorted = (rows: ReadonlyArray<Row>): boolean => {
  for (let i = 1; i < rows.length; i++) if (compareRows(rows[i - 1] as Row, rows[i] as Row) >= 0) return false
  return true
}

/** Of rows that stand twice the one with the least note is kept, so that the answer does not depend on the order. */
const compareWithNotes = (a: Row, b: Row): number => compareRows(a, b) || compareText(a.note ?? "", b.note ?? "")

/** By kind, subject and value; a row that stands twice is kept once (rows are a set). The same array if it was in order. */
export const sortRows = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> =>
  isSorted(rows) ? rows : [...rows].sort(compareWithNotes).filter((row, i, all) => i === 0 || compareRows(all[i - 1] as Row, row) !== 0)

/** True if both are the same set of rows, notes aside. */
export const sameRows = (a: ReadonlyArray<Row>, b: ReadonlyArray<Row>): boolean => {
  const left = sortRows(a)
  const right = sortRows(b)
  if (left.length !== right.length) return false
  for (let i = 0; i < left.length; i++) if (compareRows(left[i] as Row, right[i] as Row) !== 0) return false
  return true
}

/** A need's output as a row: its digest is the value, so that a need that ran again with the same result changes nothing. */
export const needRow = (
  need: { readonly name: string; readonly task: string },
  output: { readonly name: string; readonly digest: string; readonly note?: string | null }
): Row => ({ kind: "need", subject: `${need.name}=${need.task}#${output.name}`, value: output.digest, note: output.note ?? null })

/** Reads the subject that `needRow` wrote; null for any other text. Names hold no `=`, outputs no `#`; task ids may hold both. */
export const needOfSubject = (subject: string): { readonly name: string; readonly task: string; readonly output: string } | null => {
  const equals = subject.indexOf("=")
  const hash = subject.lastIndexOf("#")
  return equals < 0 || hash < equals
    ? null
    : { name: subject.slice(0, equals), task: subject.slice(equals + 1, hash), output: subject.slice(hash + 1) }
}

const plainKinds = new Map<string, CauseKind>([
  ["option", "option-changed"],
  ["target", "option-changed"],
  ["output", "option-changed"],
  ["code", "code-changed"],
  ["need", "need-changed"],
  ["environment", "environment-changed"],
  ["runtime", "runtime-changed"],
  ["engine", "engine-changed"]
])

const ofFiles: ReadonlySet<string> = new Set(["input", "discovered"])

/** A file of a glob or one that was discovered goes away with its row; an input that is not declared any more is another input. */
const goesAway = (row: Row | null): boolean =>
  row !== null && row.value !== Missing && (row.kind === "discovered" || row.subject.includes("/"))

/** What a difference is called. A kind that is not known here was written by another build of the engine. */
const kindOf = (kind: string, old: Row | null, now: Row | null): CauseKind => {
  if (ofFiles.has(kind))
    return now === null
      ? goesAway(old)
        ? "input-missing"
        : "input-changed"
      : now.value === Missing
        ? "input-missing"
        : old === null || old.value === Missing
          ? "input-appeared"
          : "input-changed"
  if (kind === "tool") return now !== null && now.value === Missing ? "tool-missing" : "tool-changed"
  return plainKinds.get(kind) ?? "engine-changed"
}

const causeOf = (old: Row | null, now: Row | null): Cause => {
  const row = (now ?? old) as Row
  const need = row.kind === "need" ? needOfSubject(row.subject) : null
  return {
    kind: kindOf(row.kind, old, now),
    subject: need !== null ? `${need.name}.${need.output}` : row.kind === "discovered" ? `discovered:${row.subject}` : row.subject,
    old: old === null ? null : excerpt(old.value, old.note, now?.value ?? null),
    new: now === null ? null : excerpt(now.value, now.note, old?.value ?? null),
    from: need === null ? null : need.task
  }
}

/** Rows that only one of two sorted lists has. */
const apart = (
  left: ReadonlyArray<Row>,
  right: ReadonlyArray<Row>
): { readonly old: ReadonlyArray<Row>; readonly now: ReadonlyArray<Row> } => {
  const old: Array<Row> = []
  const now: Array<Row> = []
  let i = 0
  let j = 0
  while (i < left.length || j < right.length) {
    const a = left[i]
    const b = right[j]
    const order = a === undefined ? 1 : b === undefined ? -1 : compareRows(a, b)
    if (order <= 0) i++
    if (order >= 0) j++
    if (order < 0) old.push(a as Row)
    if (order > 0) now.push(b as Row)
  }
  return { old, now }
}

/**
 * What changed from `old` to `now`: one cause a subject, `old` null where a row appeared, `new` null where it is gone. Sorted; empty
 * exactly if `sameRows`. An input row that appears is `input-appeared`, one whose value becomes `Missing` is `input-missing`.
 */
export const diffRows = (old: ReadonlyArray<Row>, now: ReadonlyArray<Row>): ReadonlyArray<Cause> => {
  const changed = apart(sortRows(old), sortRows(now))
  const causes: Array<Cause> = []
  let i = 0
  let j = 0
  while (i < changed.old.length || j < changed.now.length) {
    const a = changed.old[i] ?? null
    const b = changed.now[j] ?? null
    const order = a === null ? 1 : b === null ? -1 : compareText(a.kind, b.kind) || compareText(a.subject, b.subject)
    if (order <= 0) i++
    if (order >= 0) j++
    causes.push(causeOf(order <= 0 ? a : null, order >= 0 ? b : null))
  }
  return sortCauses(causes)
}
