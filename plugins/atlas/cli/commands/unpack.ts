import { resolve } from "node:path"
import { Effect } from "effect"
import { unpack } from "../../format/pack/unpack.ts"
import { command } from "../command.ts"
import { UnpackFacts } from "../documents.ts"
import { expectFlag, required } from "../flag.ts"
import { packFacts, packLines } from "./pack.ts"

export const Unpack = command({
  name: "unpack",
  summary: "verifies a pack, extracts it, and verifies what was extracted",
  detail: ["Into a folder that does not exist or is empty; nothing is put there if anything is wrong."],
  flags: { pack: required("FILE.tar", "the pack"), out: required("DIR", "a new or empty folder"), expect: expectFlag },
  examples: [{ line: "atlas-dataset unpack --pack yeast.tar --out yeast", does: "manifest.json, gene_summary.sqlite and manifest.lock" }],
  facts: UnpackFacts,
  run: ({ flags }) =>
    Effect.gen(function* () {
      const { pack: path, out, expect } = flags
      const verified = yield* unpack(path, out, expect === undefined ? {} : { expect })
      return {
        facts: { ...packFacts(path, verified), level: verified.level, writtenBy: verified.writtenBy, out: resolve(out) },
        lines: (telling) => packLines(`unpacked to ${out}:`, path, verified, telling)
      }
    })
})
