/** Turns a schema's refusal into sentences that begin with the culprit's name. */
import { Schema, SchemaIssue } from "effect"

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** One refusal: `key` is the path inside the value, e.g. `min` or `windows.0`. */
export interface SchemaProblem {
  readonly key: string
  readonly message: string
}

const segment = (part: PropertyKey | { readonly key: PropertyKey }): string => String(typeof part === "object" ? part.key : part)

/** Decodes with defaults, refuses unknown keys, and tells all problems at once. */
export const decodeAll = (
  schema: Schema.Top,
  value: unknown
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problems: ReadonlyArray<SchemaProblem> } => {
  const exit = Schema.decodeUnknownExit(schema as Schema.Codec<unknown, unknown>)(value, { errors: "all", onExcessProperty: "error" })
  if (exit._tag === "Success") return { ok: true, value: exit.value }
  const problems: Array<SchemaProblem> = []
  for (const reason of exit.cause.reasons) {
    if (reason._tag !== "Fail") {
      problems.push({ key: "", message: reason._tag === "Die" ? String(reason.defect) : "interrupted" })
      continue
    }
    for (const issue of format(reason.error.issue).issues) {
      problems.push({ key: (issue.path ?? []).map(segment).join("."), message: issue.message })
    }
  }
  return { ok: false, problems }
}

/** The encoded form of a decoded value, as JSON. */
export const encodeJson = (schema: Schema.Top, value: unknown): Schema.Json =>
  JSON.parse(JSON.stringify(Schema.encodeUnknownSync(schema as Schema.Codec<unknown, unknown>)(value) ?? null)) as Schema.Json

/** Keys of a struct; null if the schema is not one. */
export const fieldsOf = (schema: unknown): ReadonlyArray<string> | null => {
  const fields = (schema as { readonly fields?: Record<string, unknown> } | undefined)?.fields
  return fields === undefined || fields === null ? null : Object.keys(fields)
}
