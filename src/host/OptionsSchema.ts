/** JSON Schema of a definition's options, for help and editors. */
import { Schema } from "effect"

/** Null for options without fields, or whose schema has no JSON form. */
export const toJsonSchema = (options: Schema.Top): Schema.Json => {
  try {
    const document = Schema.toJsonSchemaDocument(options as Schema.Codec<unknown, unknown>)
    const empty = Object.keys((document.schema["properties"] as object | undefined) ?? {}).length === 0
    return empty ? null : (JSON.parse(JSON.stringify({ ...document.schema, $defs: document.definitions })) as Schema.Json)
  } catch {
    return null
  }
}
