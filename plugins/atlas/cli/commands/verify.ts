import { Effect } from "effect"
import { canonicalId } from "../../format/dataset-id.ts"
import { type Proof, verify, verifyFindings } from "../../format/verify.ts"
import { command } from "../command.ts"
import { VerifyFacts } from "../documents.ts"
import { toldBy } from "../findings.ts"
import { datasetOf, on } from "../flag.ts"
import { grouped } from "../text.ts"
import { buildRootFlags, lookedAt, openBuildRootOf } from "./build-root.ts"
import { verdictLine } from "./validate.ts"

export const proofText = (proven: ReadonlyArray<Proof>): string => proven.map(({ what, count }) => `${grouped(count)} ${what}`).join(" · ")

export const Verify = command({
  name: "verify",
  summary: "proves a build root; with --deep everything is made again and compared",
  detail: [
    "Without --deep it looks at what validate looks at. With --deep every digest, row, signature and sidecar is made again from the",
    "files, and the FASTA is scanned against its index."
  ],
  flags: { ...buildRootFlags, deep: on("make everything again and compare") },
  examples: [
    {
      line: "atlas-dataset verify --deep --root build --release 110 --species saccharomyces_cerevisiae --assembly R64",
      does: "ends with 0 if it is proven, with 1 if not"
    }
  ],
  facts: VerifyFacts,
  run: ({ flags }) =>
    Effect.gen(function* () {
      const dataset = datasetOf(flags)
      const root = yield* openBuildRootOf(flags.root, dataset)
      const report = yield* verify(root, dataset, { deep: flags.deep })
      const findings = report.problems.map(toldBy(verifyFindings))
      return {
        facts: { ...lookedAt(root, report), deep: report.deep, proven: report.proven },
        findings,
        lines: (telling) => [verdictLine("verified", canonicalId(dataset), proofText(report.proven), findings, telling)]
      }
    })
})
