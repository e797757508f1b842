/** Findings are evidence, verdicts are judged (engine.md §4). The judging itself is `core/Judge.ts`. */
import { Schema } from "effect"

export const Severity = Schema.Literals(["error", "warning"])
export type Severity = typeof Severity.Type

export const Verdict = Schema.Literals(["passed", "warned", "waived", "failed"])
export type Verdict = typeof Verdict.Type

/** One thing that a stage or check saw: `at` is its place in the subject, e.g. a sequence name. */
export const Finding = Schema.Struct({ name: Schema.String, at: Schema.String, message: Schema.String })
export type Finding = typeof Finding.Type

/** How a definition declares a finding. */
export const FindingDeclaration = Schema.Struct({ severity: Severity, hint: Schema.String })
export type FindingDeclaration = typeof FindingDeclaration.Type

/** Accepts findings of one name at one place (`at` is a value or a glob) until a day, inclusive, UTC `YYYY-MM-DD`. */
export const Waiver = Schema.Struct({
  finding: Schema.String,
  at: Schema.String,
  because: Schema.String,
  until: Schema.NullOr(Schema.String)
})
export type Waiver = typeof Waiver.Type

/** A finding as judged: shown with its severity and, if waived, by what. */
export const JudgedFinding = Schema.Struct({
  ...Finding.fields,
  severity: Severity,
  hint: Schema.String,
  waived: Schema.NullOr(Waiver)
})
export type JudgedFinding = typeof JudgedFinding.Type
