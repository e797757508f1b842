/** verify-pack: reads a pack as its recipient would, byte for byte. */
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
import { DatasetFields, idOf } from "../dataset.ts"
import { verifyPack, verifyPackErrors } from "../format/pack/verify.ts"
import { Pack } from "./pack.ts"

export class VerifyPack extends Stage("verify-pack")({
  summary: "Accepts exactly the bytes that pack writes for its members",
  target: DatasetFields,
  needs: [Pack],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: {},
  findings: {},
  errors: verifyPackErrors,
  run: ({ target, needs, summary }) =>
    Effect.gen(function* () {
      const { members, level } = yield* verifyPack(needs.pack.pack, { id: idOf(target) })
      yield* summary(`${level} · ${members.length} members`)
    })
}) {}
