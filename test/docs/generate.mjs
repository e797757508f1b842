/** Writes the reference pages that are made from the code: `npm run docs`. */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { generated } from "./generated.ts"
import { repository } from "./pages.ts"

for (const [path, text] of await generated()) {
  mkdirSync(dirname(join(repository, path)), { recursive: true })
  writeFileSync(join(repository, path), text)
}
