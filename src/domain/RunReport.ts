/** `run-report/1`: what the last run came to, for `@failed` and `status`. No decision reads it. */
import { Schema } from "effect"
import { Verdict } from "./Finding.ts"
import { Outcome } from "./RunDocuments.ts"

export const RunReport = Schema.Struct({
  atlas: Schema.Literal("run-report/1"),
  run: Schema.String,
  /** When the run began (UTC). */
  at: Schema.String,
  outcome: Schema.Literals(["succeeded", "failed", "interrupted"]),
  tasks: Schema.Array(Schema.Struct({ task: Schema.String, outcome: Outcome, verdict: Schema.NullOr(Verdict) })),
  /** Tasks that are not listed were fresh. */
  others: Schema.optionalKey(Schema.Literal("fresh"))
})
export type RunReport = typeof RunReport.Type
