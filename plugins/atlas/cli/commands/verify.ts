import { Effect } from "effect"
import { canonicalId } from "../../format/dataset-id.ts"
import { remake } from "../../format/proof/remake.ts"
import { type Proof, type VerificationReport, verify, verifyFindings } from "../../format/verify.ts"
import { command } from "../command.ts"
import { VerifyFacts } from "../documents.ts"
import { toldBy } from "../findings.ts"
import { datasetOf, on } from "../flag.ts"
import { byteSize, counted, grouped, labelled, oneLine, type Telling } from "../text.ts"
import { buildRootFlags, lookedAt, openDatasetFilesOf } from "./build-root.ts"
import { verdictLine } from "./validate.ts"

/** `0.42 s` */
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`

const proofText = ({ what, count, rows, bytes, ms }: Proof): readonly [string, string] => [
  what,
  [
    grouped(count),
    ...(rows === undefined ? [] : [counted(rows, "row")]),
    ...(bytes === undefined ? [] : [byteSize(bytes)]),
    seconds(ms)
  ].join(" · ")
]

/** `19 digests · 5,386 bases` */
const proofSummary = ({ proven }: VerificationReport): string => proven.map(({ what, count }) => `${grouped(count)} ${what}`).join(" · ")

/** What was proven, a line each, and what could not be. */
const proofLines = ({ proven, unproven, ms }: VerificationReport, telling: Telling): ReadonlyArray<string> => [
  ...labelled("", [...proven.map(proofText), ["in all", seconds(ms)]], telling).slice(1),
  ...unproven.map(({ at, reason }) => `  ${telling.style.yellow("not proven")}  ${oneLine(at)}: ${oneLine(reason)}`)
]

export const Verify = command({
  name: "verify",
  summary: "proves a build root or published dataset; with --deep everything is made again and compared",
  detail: [
    "Without --deep it looks at what validate looks at. With --deep every digest, row, signature and sidecar is made again from the",
    "files, the FASTA is scanned against its index, and every table is made again from the inputs and compared row by row. It ends",
    "with what was proven, in counts and time, and what could not be."
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
      const root = yield* openDatasetFilesOf(flags.root, dataset)
      const report = yield* verify(root, dataset, { deep: flags.deep, remake })
      const findings = report.problems.map(toldBy(verifyFindings))
      return {
        facts: { ...lookedAt(root, report), deep: report.deep, proven: report.proven, unproven: report.unproven, ms: report.ms },
        findings,
        lines: (telling) => [
          verdictLine("verified", canonicalId(dataset), proofSummary(report), findings, telling),
          ...proofLines(report, telling)
        ]
      }
    })
})
