/** Rows of a task here beside those of another machine, checkout or run, from what a command there printed or a state file holds. */
import { readFileSync, statSync } from "node:fs"
import { Effect, Schema } from "effect"
import { compareRows } from "../../core/Rows.ts"
import { CommandLineInvalid } from "../../domain/EngineErrors.ts"
import type { ComparedRow, WhyDocument } from "../../domain/RunDocuments.ts"
import type { RowBeside } from "../../domain/RunRecord.ts"
import { Row } from "../../domain/Trace.ts"
import { wordsOf } from "../../ports/Errno.ts"

/** Bytes beyond which a file is none of ours. */
const limit = 1024 * 1024 * 1024

const RowAtLeast = Schema.Struct({ kind: Schema.String, subject: Schema.String, value: Schema.String })
const rows = Schema.Array(RowAtLeast)
const decode = <A>(schema: Schema.Codec<A, any>) => Schema.decodeUnknownOption(schema)

const Why = decode(
  Schema.Struct({
    atlas: Schema.Literal("why/1"),
    task: Schema.String,
    evidence: Schema.NullOr(Schema.Struct({ run: Schema.String, rows })),
    rows: Schema.optionalKey(rows)
  })
)
const Show = decode(
  Schema.Struct({
    atlas: Schema.Literal("show/1"),
    task: Schema.String,
    result: Schema.NullOr(Schema.Struct({ run: Schema.String, rows }))
  })
)
const Traced = decode(Schema.Struct({ atlas: Schema.Literal("trace/1"), task: Schema.String, run: Schema.String, rows: Schema.Array(Row) }))
const Recorded = decode(
  Schema.Struct({
    atlas: Schema.Literal("run-record/1"),
    tasks: Schema.Array(Schema.Struct({ task: Schema.String, rows: Schema.optionalKey(rows) })),
    summary: Schema.Struct({ run: Schema.String })
  })
)

type Rows = ReadonlyArray<typeof RowAtLeast.Type>

interface There {
  readonly task: string
  readonly run: string | null
  readonly rows: Rows
}

/** What a document says of `task`; a sentence where it says nothing of use. */
const thereIn = (document: unknown, task: string): There | string => {
  const why = Why(document)
  if (why._tag === "Some") {
    const { evidence, rows } = why.value
    const told = evidence?.rows ?? rows
    return told === undefined
      ? "says nothing of what the task depends on"
      : { task: why.value.task, run: evidence?.run ?? null, rows: told }
  }
  const show = Show(document)
  if (show._tag === "Some") {
    const { result } = show.value
    return result === null
      ? "is of a task that was never executed with success"
      : { task: show.value.task, run: result.run, rows: result.rows }
  }
  const traced = Traced(document)
  if (traced._tag === "Some") return { task: traced.value.task, run: traced.value.run, rows: traced.value.rows }
  const recorded = Recorded(document)
  if (recorded._tag === "None") return "is none of why --json, show --json, a run's record or a trace"
  const found = recorded.value.tasks.find((one) => one.task === task)
  if (found?.rows === undefined) return `is the record of run ${recorded.value.summary.run}, which did not bring ${task} to a good end`
  return { task, run: recorded.value.summary.run, rows: found.rows }
}

const keyOf = ({ kind, subject }: { readonly kind: string; readonly subject: string }): string => JSON.stringify([kind, subject])

/** By kind and subject; rows of one subject that stand several times are set beside each other in order. */
const beside = (old: Rows, now: Rows): ReadonlyArray<RowBeside> => {
  const sorted = (rows: Rows) => rows.map((row) => ({ ...row, note: null })).sort(compareRows)
  const left = new Map<string, Array<string>>()
  for (const row of sorted(old)) left.set(keyOf(row), [...(left.get(keyOf(row)) ?? []), row.value])
  const found: Array<RowBeside> = []
  for (const { kind, subject, value } of sorted(now)) {
    const was = left.get(keyOf({ kind, subject }))
    found.push({ kind, subject, old: was?.shift() ?? null, new: value })
  }
  for (const [key, values] of left) {
    const [kind, subject] = JSON.parse(key) as [string, string]
    for (const value of values) found.push({ kind, subject, old: value, new: null })
  }
  return found.sort((a, b) => compareRows({ ...a, value: "", note: null }, { ...b, value: "", note: null }))
}

/** Rows that differ. */
export const differingRows = (old: Rows, now: Rows): ReadonlyArray<RowBeside> => beside(old, now).filter((row) => row.old !== row.new)

const told = ({ kind, subject, old: there, new: here }: RowBeside): ComparedRow => ({
  kind,
  subject,
  here,
  there,
  is: here === there ? "equal" : here === null ? "only-there" : there === null ? "only-here" : "different"
})

/** `file` is absolute. */
export const compareWith = Effect.fnUntraced(function* (file: string, task: string, here: Rows) {
  const invalid = (what: string): CommandLineInvalid =>
    new CommandLineInvalid({
      message: `--compare ${file} ${what}`,
      where: { path: file },
      hint: `Make one there: \`atlas-run why ${task} --json > FILE\`.`
    })
  const document = yield* Effect.try({
    try: (): unknown => {
      const stat = statSync(file)
      if (!stat.isFile() || stat.size > limit) throw new Error(stat.isFile() ? "it is too large" : "it is not a file")
      return JSON.parse(readFileSync(file, "utf8"))
    },
    catch: (cause) => invalid(cause instanceof SyntaxError ? "is no JSON" : `cannot be read: ${wordsOf(cause).what}`)
  })
  const there = thereIn(document, task)
  if (typeof there === "string") return yield* invalid(there)
  return { with: file, task: there.task, run: there.run, rows: beside(there.rows, here).map(told) } satisfies WhyDocument["compared"]
})
