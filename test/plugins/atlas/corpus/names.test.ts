/** Names that would do harm if anything but a value were made of them: they stand in the dataset as they are, and nothing else happens. */
import * as fs from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { documentOf, filesBelow, runHere } from "../cli/program.ts"
import { decide, head, ids, row } from "./decision.ts"

/** As they are meant, and as GFF3 writes them. */
const names = [
  "../../../etc/passwd",
  "/etc/passwd",
  "..",
  "'; DROP TABLE gene_summary; --",
  '" OR ""="',
  "%s%n{0}${HOME}",
  "$(touch pwned)`touch pwned`",
  "__proto__",
  "constructor",
  "toString",
  "<script>alert(1)</script>",
  "=1+1",
  "\\u0000\\",
  "NULL",
  "遺伝子 ☃ 𝔘"
]

const written = (name: string): string => name.replace(/[%;=&,]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

describe("names that look like paths, SQL, scripts or properties", () => {
  it.effect("are taken as they stand, and the dataset verifies", () =>
    Effect.gen(function* () {
      const gff3 = names
        .map((name, i) => row(`chr1 s gene ${i * 10 + 1} ${i * 10 + 9} . + . ID=${written(name)};Name=${written(name)}`))
        .join("")
      const { code, refused, root } = yield* decide({ gff3: head + gff3 })
      assert.deepStrictEqual([code, refused], [0, []])
      const files = [...filesBelow(root).keys()]
      assert.isTrue(files.every((path) => path.startsWith("release=1/species=testus/assembly=T1/")))
      const database = new DatabaseSync(join(root, files.find((path) => path.endsWith("gene_summary.sqlite")) ?? ""), { readOnly: true })
      const found = database.prepare("SELECT gene_id, name FROM gene_summary").all()
      database.close()
      assert.deepStrictEqual(found.map((r) => [r["gene_id"], r["name"]]).toSorted(), names.map((name) => [name, name]).toSorted())
      const verified = yield* runHere(["verify", "--root", root, ...ids, "--deep", "--json"])
      assert.isTrue(documentOf("dataset-verify/1", verified).ok, verified.stdout)
      assert.isFalse(fs.existsSync("pwned"))
    })
  )
})
