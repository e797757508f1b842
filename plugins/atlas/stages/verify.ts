/** verify: makes every digest, count and table of a build root again and compares. Always deep. */
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
import { DatasetFields, idOf } from "../dataset.ts"
import { BuildRootInvalid, openBuildRoot } from "../format/build-root.ts"
import { IoDurability } from "../format/durable.ts"
import { verify, verifyErrors, verifyFindings } from "../format/verify.ts"
import { reportPath, writeReport } from "./evidence.ts"
import { Ingest } from "./ingest.ts"

export class Verify extends Stage("verify")({
  summary: "Recomputes every digest, reopens the database and recounts",
  target: DatasetFields,
  needs: [Ingest],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { report: "file" },
  roots: { build: "build" },
  paths: ({ target, roots }) => ({ report: reportPath(roots.build, target, "verify") }),
  runtime: ["sqlite"],
  findings: verifyFindings,
  errors: [...verifyErrors, BuildRootInvalid, IoDurability],
  run: ({ target, needs, outputs, report, summary }) =>
    Effect.gen(function* () {
      const root = yield* openBuildRoot(needs.ingest.buildRoot)
      const result = yield* verify(root, idOf(target), { deep: true })
      for (const { name, at, message } of result.problems) yield* report(name as keyof typeof verifyFindings, { at, message })
      const proven = result.proven.map(({ what, count, bytes }) => ({ what, count, ...(bytes === undefined ? {} : { bytes }) }))
      yield* writeReport(outputs.report, "verify-report", result, { proven })
      yield* summary(proven.map(({ what, count }) => `${count.toLocaleString("en")} ${what}`).join(" · "))
    })
}) {}
