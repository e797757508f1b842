import { Effect } from "effect"
import { canonicalId } from "../../format/dataset-id.ts"
import { validate, validateFindings } from "../../format/validate.ts"
import { command } from "../command.ts"
import { ValidateFacts } from "../documents.ts"
import { errorsAmong, toldBy } from "../findings.ts"
import { datasetOf } from "../flag.ts"
import { counted, type Telling } from "../text.ts"
import { findingCounts } from "../told.ts"
import type { ToldFinding } from "../documents.ts"
import { buildRootFlags, lookedAt, openDatasetFilesOf } from "./build-root.ts"

/** `✓ accepted 110/x/y  19 files`, or `✗ rejected …  2 errors`. */
export const verdictLine = (accepted: string, dataset: string, proof: string, findings: ReadonlyArray<ToldFinding>, { style }: Telling) => {
  const bad = errorsAmong(findings) > 0
  const parts = [...(bad || proof === "" ? [] : [proof]), ...(findings.length === 0 ? [] : [findingCounts(findings)])]
  return `${bad ? style.red("✗") : style.green("✓")} ${bad ? "rejected" : accepted} ${style.bold(dataset)}  ${parts.join(" · ")}`
}

export const Validate = command({
  name: "validate",
  summary: "accepts or rejects a build root or published dataset, all problems at once",
  detail: [
    "Looks at every file's digest, the manifest's rules, the evidence, the database's schema and counts, and the publication gates.",
    "Takes what bijux-atlas 0.2.1 wrote too, in both its forms; what is known of it is told as warnings."
  ],
  flags: buildRootFlags,
  examples: [
    {
      line: "atlas-dataset validate --root build --release 110 --species saccharomyces_cerevisiae --assembly R64",
      does: "ends with 0 if it is accepted, with 1 if not"
    }
  ],
  facts: ValidateFacts,
  run: ({ flags }) =>
    Effect.gen(function* () {
      const dataset = datasetOf(flags)
      const root = yield* openDatasetFilesOf(flags.root, dataset)
      const report = yield* validate(root, dataset)
      const findings = report.problems.map(toldBy(validateFindings))
      return {
        facts: lookedAt(root, report),
        findings,
        lines: (telling) => [verdictLine("accepted", canonicalId(dataset), counted(report.files.size, "file"), findings, telling)]
      }
    })
})
