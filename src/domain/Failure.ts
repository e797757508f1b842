/**
 * How a failure is told: every error class is a `Schema.TaggedError` whose fields may include `message` (one sentence),
 * `where` (place) and `hint`; its static `docs` feed `explain` and the errors reference. Its code is its tag in capitals.
 */
import { Data, Schema } from "effect"

/** A place in a file: `line` and `column` count from 1 (column in bytes), `byte` from 0. */
export const Where = Schema.Struct({
  path: Schema.String,
  line: Schema.optionalKey(Schema.Int),
  column: Schema.optionalKey(Schema.Int),
  byte: Schema.optionalKey(Schema.Int)
})
export type Where = typeof Where.Type

/** The JSON form of every failure (experience.md §5). */
export const ErrorDocument = Schema.Struct({
  code: Schema.String,
  message: Schema.String,
  where: Schema.optionalKey(Where),
  hint: Schema.String,
  details: Schema.Record(Schema.String, Schema.Json),
  task: Schema.optionalKey(Schema.String)
})
export type ErrorDocument = typeof ErrorDocument.Type

/** What `explain` and the errors reference say of a class; `hint` is the default hint of its instances. */
export interface ErrorDocs {
  readonly summary: string
  readonly hint: string
  readonly example: string
}

/** Fields that most error classes share. */
export const Told = { message: Schema.String, where: Schema.optionalKey(Where), hint: Schema.optionalKey(Schema.String) }

/** A class that a stage or check may list in `errors`. */
export interface ErrorClass<E = any> {
  new (...args: ReadonlyArray<any>): E
  readonly docs?: ErrorDocs
}

/** Several failures of one execution, told together: `E | Several<E>` is what a run may fail with. */
export class Several<E> extends Data.TaggedError("Several")<{ readonly errors: readonly [E, ...ReadonlyArray<E>] }> {
  override get message(): string {
    return this.errors.map((e) => (e instanceof Error ? e.message : String(e))).join("; ")
  }
}

/** One failure as itself, several as `Several`. Dies on none. */
export const several = <E>(errors: ReadonlyArray<E>): E | Several<E> => {
  const [first, ...rest] = errors
  if (first === undefined) throw new Error("several() wants at least one failure")
  return rest.length === 0 ? first : new Several({ errors: [first, ...rest] })
}

/** `PublishConflict` → `PUBLISH_CONFLICT`. */
export const codeOfTag = (tag: string): string =>
  tag
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toUpperCase()

/** `PUBLISH_CONFLICT` → `PublishConflict`. Inverse of `codeOfTag` for tags of capitalised words. */
export const tagOfCode = (code: string): string =>
  code
    .split("_")
    .map((word) => word.slice(0, 1) + word.slice(1).toLowerCase())
    .join("")

/** `too-sparse` → `TOO_SPARSE`: findings may be asked after in this form too. */
export const codeOfFinding = (name: string): string => name.replaceAll("-", "_").toUpperCase()

/** Tags whose code maps back to them. */
export const isCodedTag = (tag: string): boolean => /^[A-Z][A-Za-z0-9]*$/.test(tag) && tagOfCode(codeOfTag(tag)) === tag

const toldKeys = new Set(["_tag", "message", "where", "hint", "stack", "cause"])

const jsonOf = (value: unknown): Schema.Json => {
  const text = JSON.stringify(value, (_key, v) => (typeof v === "bigint" ? Number(v) : v))
  return text === undefined ? null : (JSON.parse(text) as Schema.Json)
}

/** Encodes a tagged error. Fields that are not message, where or hint become details. Total: what cannot be encoded is printed. */
export const encodeFailure = (error: { readonly _tag: string }, docs?: ErrorDocs): ErrorDocument => {
  const fields = error as unknown as Record<string, unknown>
  const own = docs ?? (error.constructor as { docs?: ErrorDocs }).docs
  const details: Record<string, Schema.Json> = {}
  for (const [key, value] of Object.entries(fields)) if (!toldKeys.has(key)) details[key] = jsonOf(value)
  const message = typeof fields["message"] === "string" && fields["message"] !== "" ? fields["message"] : (own?.summary ?? error._tag)
  const where = Schema.decodeUnknownOption(Where)(fields["where"])
  return {
    code: codeOfTag(error._tag),
    message,
    ...(where._tag === "Some" ? { where: where.value } : {}),
    hint: typeof fields["hint"] === "string" ? fields["hint"] : (own?.hint ?? ""),
    details
  }
}

/** All failures of an execution, in order. */
export const encodeFailures = (error: { readonly _tag: string }): ReadonlyArray<ErrorDocument> =>
  error instanceof Several || error._tag === "Several"
    ? (error as unknown as Several<{ readonly _tag: string }>).errors.map((e) => encodeFailure(e))
    : [encodeFailure(error)]
