/** Reading a JSON file of the artifact: bounded size, strict JSON, decoded by a Schema that refuses unknown fields, all problems at once. */
import { Effect, Result, Schema, SchemaIssue } from "effect"
import { type ErrorDocs, Told, type Where } from "atlas-run/plugin"
import { limits } from "../limits.ts"
import { parseStrictJson } from "../strict-json.ts"
import { type ArtifactUnreadable, unreadable, withFile } from "./sha256.ts"

export class JsonFileInvalid extends Schema.TaggedError<JsonFileInvalid>()("JsonFileInvalid", {
  ...Told,
  problems: Schema.Array(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A JSON file of a dataset is not of its shape",
    hint: "it was altered, or written by another version of the format: ingest again",
    example: "derived/qc.json is not of its shape: counts: missing"
  }
}

const tell = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) =>
    issue._tag === "MissingKey" ? "missing" : issue._tag === "UnexpectedKey" ? "unknown field" : SchemaIssue.defaultLeafHook(issue)
})

const problemsOf = (issue: SchemaIssue.Issue): ReadonlyArray<string> =>
  tell(issue).issues.map(({ message, path }) => {
    const place = (path ?? []).map((p) => String(typeof p === "object" ? p.key : p)).join(".")
    return place === "" ? message : `${place}: ${message}`
  })

const invalid = (path: string, problems: ReadonlyArray<string>, where: Where = { path }) =>
  new JsonFileInvalid({ message: `${path} is not of its shape: ${problems.slice(0, 20).join("; ")}`, where, problems })

/** The bytes of a file that is held whole. */
export const readWhole = (path: string, limit: number = limits.jsonBytes): Effect.Effect<Buffer, ArtifactUnreadable> =>
  withFile(path, (file) =>
    Effect.tryPromise({
      try: async () => {
        const { size } = await file.stat()
        if (size > limit) throw new Error(`it has ${size} bytes, more than ${limit}`)
        return await file.readFile()
      },
      catch: unreadable(path)
    })
  )

/** Decodes the bytes of a JSON document; `path` is for the telling only. */
export const decodeJson = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  bytes: Uint8Array,
  path: string
): Effect.Effect<S["Type"], JsonFileInvalid> =>
  Effect.suspend(() => {
    const json = parseStrictJson(bytes, path)
    if (Result.isFailure(json)) return Effect.fail(invalid(path, [json.failure.message], json.failure.where))
    const value = Schema.decodeUnknownResult(schema)(json.success, { errors: "all", onExcessProperty: "error" })
    return Result.isFailure(value) ? Effect.fail(invalid(path, problemsOf(value.failure.issue))) : Effect.succeed(value.success)
  })

/** Reads and decodes a JSON file. */
export const readJsonFile = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  path: string
): Effect.Effect<S["Type"], ArtifactUnreadable | JsonFileInvalid> =>
  Effect.flatMap(readWhole(path), (bytes) => decodeJson(schema, bytes, path))
