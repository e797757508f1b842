/** Writes docs/reference/schemas/: `npm run schemas`. Schemas of documents that are gone go too. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { repository } from "../docs/pages.ts"
import { generatedSchemas } from "./generated.ts"

const files = generatedSchemas()
const folder = join(repository, "docs", "reference", "schemas")
mkdirSync(folder, { recursive: true })
for (const name of readdirSync(folder)) if (!files.has(`docs/reference/schemas/${name}`)) rmSync(join(folder, name))
for (const [path, text] of files) {
  mkdirSync(dirname(join(repository, path)), { recursive: true })
  writeFileSync(join(repository, path), text)
}
