/** The documents as JSON Schemas, held against real output by a validator that knows nothing of Effect. */
import { join } from "node:path"
import { Ajv2020 } from "ajv/dist/2020.js"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { documentName } from "../../../../plugins/atlas/cli/command.ts"
import { commands } from "../../../../plugins/atlas/cli/commands.ts"
import { documents } from "../../../../plugins/atlas/cli/documents.ts"
import { file, idFlags, runHere, sample, scratch } from "./program.ts"

const validatorOf = (schema: Schema.Constraint) => {
  const { schema: root, definitions } = Schema.toJsonSchemaDocument(schema)
  return new Ajv2020({ strict: false, allErrors: true }).compile({ ...root, $defs: definitions })
}

describe("JSON documents", () => {
  it("exist for every command, and for when there is none", () => {
    assert.deepStrictEqual(
      Object.keys(documents).sort(),
      [...commands.map(({ name }) => `dataset-${documentName(name)}/1`), "dataset/1"].sort()
    )
  })

  it.effect("keep their JSON Schemas, on good and bad ends", () =>
    Effect.gen(function* () {
      const top = scratch()
      const [build, store, pack] = [join(top, "build"), join(top, "store"), join(top, "p.tar")]
      const ids = idFlags("1", "phix174", "NC_001422.1")
      const genome = sample("phix174/NC_001422.1.fa")
      const lines: ReadonlyArray<ReadonlyArray<string>> = [
        ["ingest", "--gff3", sample("phix174/NC_001422.1.gff3.gz"), "--fasta", genome, ...ids, "--output-root", build],
        ["ingest", "--gff3", genome, "--fasta", genome, ...ids, "--output-root", build],
        ["ingest"],
        ["validate", "--root", build, ...ids],
        ["validate", "--root", top, ...ids],
        ["verify", "--root", build, ...ids],
        ["verify", "--root", build, ...ids, "--deep"],
        ["publish", "--source-root", build, "--store-root", store, ...ids],
        ["publish", "--source-root", top, "--store-root", store, ...ids],
        ["catalog", "promote", "--store-root", store, ...ids],
        ["catalog", "validate", "--store-root", store],
        ["catalog", "validate", genome],
        ["catalog", "latest-alias-update", "--store-root", store, ...ids],
        ["pack", "--store-root", store, ...ids, "--out", pack],
        ["verify-pack", "--pack", pack],
        ["verify-pack", "--pack", genome],
        ["unpack", "--pack", pack, "--out", join(top, "out")],
        ...[build, store, pack, genome, join(top, "out"), join(store, "catalog.json"), join(store, "latest.alias.json")].map((path) => [
          "inspect",
          path
        ]),
        ["catalog", "publish", "--store-root", store, "--catalog", join(store, "catalog.json"), "--digest"],
        ["catalog", "publish", "--store-root", store, "--catalog", genome],
        ["catalog", "alias", "--store-root", store, ...ids.slice(2)],
        ["catalog", "alias", "--store-root", store, "--species", "other", "--assembly", "A"],
        ["catalog", "embargo", "--store-root", store, ...ids, "--until", "2999-01-01", "--because", "b"],
        ["catalog", "embargo", "--store-root", top, ...ids, "--lift"],
        ["catalog", "promote", "--store-root", store, ...ids],
        ["catalog", "history", "--store-root", store],
        ["catalog", "history", "--store-root", genome],
        ["diff", "--store-root", store, "--from-release", "1", "--to-release", "1", ...ids.slice(2)],
        ["diff", "--root", build, "--from-release", "1", "--to-release", "2", ...ids.slice(2)],
        ["compare", genome, join(store, "release=1/species=s/assembly=A")],
        ["compare", genome, file("notes.txt", "hello\n")],
        ["catalog", "rollback", "--store-root", store, ...ids, "--because", "b"],
        ["catalog", "rollback", "--store-root", store, ...ids, "--because", "b", "--remove-alias"],
        ["catalog", "retire", "--store-root", store, ...ids, "--because", "b"],
        ["catalog", "retire", "--store-root", top, ...ids, "--because", "b"],
        ["inspect", sample("phix174/NC_001422.1.gff3.gz")],
        ["inspect", file("notes.txt", "hello\n")],
        ["nonsense"]
      ]
      const seen = new Map<string, Set<boolean>>()
      for (const line of lines) {
        const { code, stdout } = yield* runHere([...line, "--json"])
        const document = JSON.parse(stdout) as { readonly atlas: keyof typeof documents; readonly ok: boolean }
        const validate = validatorOf(documents[document.atlas])
        assert.isTrue(validate(document), `${line.join(" ")}: ${JSON.stringify(validate.errors)}`)
        assert.strictEqual(document.ok, code === 0, line.join(" "))
        seen.set(document.atlas, (seen.get(document.atlas) ?? new Set()).add(document.ok))
        const { atlas: _, ...without } = document
        assert.isFalse(validate(without), "a schema that holds for anything would say nothing")
      }
      assert.deepStrictEqual([...seen.keys()].sort(), Object.keys(documents).sort())
    })
  )
})
