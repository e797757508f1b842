import { Effect } from "effect"
import { isOurs, provenanceText } from "../../format/artifact/dialect.ts"
import { type VerifiedPack, verifyPack } from "../../format/pack/verify.ts"
import { verifyFindings } from "../../format/verify.ts"
import { command } from "../command.ts"
import { VerifyPackFacts } from "../documents.ts"
import { toldBy } from "../findings.ts"
import { expectFlag, maybeDatasetOf, oneOf, optionalDatasetFlags, partlyNamed, required } from "../flag.ts"
import { packFacts, packLines } from "./pack.ts"

/** Of a dataset that another program wrote, that it did. */
const foreignPack = ({ writtenBy }: VerifiedPack) =>
  isOurs(writtenBy)
    ? []
    : [toldBy(verifyFindings)({ name: "reference-writer", at: "manifest.json", message: `written by ${provenanceText(writtenBy)}` })]

export const VerifyPack = command({
  name: "verify-pack",
  summary: "accepts exactly the bytes that pack writes for the members a pack holds",
  detail: [
    "intact: sound in itself, whoever made it. identified: also the one expected, by its digest or by its dataset.",
    "Packs of bijux-atlas have the same bytes around their members; who wrote the dataset in it, and in which form, is told.",
    "authentic is refused: signatures are not part of this format yet."
  ],
  flags: {
    pack: required("FILE.tar", "the pack"),
    expect: expectFlag,
    ...optionalDatasetFlags,
    level: oneOf(["intact", "identified", "authentic"], "the least that must be proved")
  },
  conflicts: partlyNamed,
  examples: [
    { line: "atlas-dataset verify-pack --pack yeast.tar", does: "is it intact?" },
    { line: "atlas-dataset verify-pack --pack yeast.tar --expect sha256:91bc… --level identified", does: "is it the one that was sent?" }
  ],
  facts: VerifyPackFacts,
  run: ({ flags }) =>
    Effect.gen(function* () {
      const { pack: path, expect, level } = flags
      const id = maybeDatasetOf(flags)
      const verified = yield* verifyPack(path, { level, ...(expect === undefined ? {} : { expect }), ...(id === undefined ? {} : { id }) })
      return {
        facts: { ...packFacts(path, verified), level: verified.level, writtenBy: verified.writtenBy },
        findings: foreignPack(verified),
        lines: (telling) =>
          packLines(`pack is ${verified.level}:`, path, verified, telling, [["written by", provenanceText(verified.writtenBy)]])
      }
    })
})
