/** docs/reference/schemas/: a JSON Schema (draft 2020-12) a document, and the page that lists them. Text by path in the repository. */
import { Schema } from "effect"
import { table } from "../docs/markdown.ts"
import { described, fileOf } from "./documents.ts"

const folder = "docs/reference/schemas"

type Strictness = "ignore" | "error"

/** `error` also refuses keys that the Schema does not name: for our own output. The published ones take them, as documents may grow. */
export const jsonSchema = (name: string, onExcessProperty: Strictness = "ignore"): Readonly<Record<string, unknown>> => {
  const document = described.get(name)
  if (document === undefined) throw new Error(`no document is called ${name}`)
  const { schema, definitions } = Schema.toJsonSchemaDocument(document.schema, { onExcessProperty })
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `urn:atlas-run:${name.replace(" ", ":")}`,
    title: name,
    description: document.from.replaceAll("`", ""),
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions })
  }
}

const page = (): string =>
  `${[
    "# JSON Schemas of machine output",
    "",
    "Made by `npm run schemas` from the Schemas in the code; do not edit. Draft 2020-12. Documents may grow by keys that a schema does not",
    "name: read what you know and skip the rest. A key is only taken away or changed with a new version, the number in `atlas`.",
    ...table(
      ["Document", "Printed by", "Schema"],
      [...described].map(([name, { from }]) => [`\`${name}\``, from, `[${fileOf(name)}](${fileOf(name)})`])
    )
  ].join("\n")}\n`

export const generatedSchemas = (): ReadonlyMap<string, string> =>
  new Map([
    [`${folder}/README.md`, page()],
    ...[...described.keys()].map((name): readonly [string, string] => [
      `${folder}/${fileOf(name)}`,
      `${JSON.stringify(jsonSchema(name), null, 2)}\n`
    ])
  ])
