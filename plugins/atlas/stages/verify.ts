/**
 * verify: makes every digest, count and evidence file of a build root again from its files, and compares. Always deep. It does not make the
 * tables again from the annotation, as `atlas-dataset verify --deep` and adopting do: then every edit of a reader would be an edit of verify.
 */
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
import { DatasetFields, idOf } from "../dataset.ts"
import { BuildRootInvalid, openBuildRoot } from "../format/build-root.ts"
import { IoDurability } from "../format/durable.ts"
import { verify, verifyErrors, verifyFindings } from "../format/verify.ts"
import { reportPath, writeReport } from "./evidence.ts"
import { Ingest } from "./ingest.ts"

export class Verify extends Stage("verify")({
  summary: "Recomputes every digest, count and evidence file, and scans the genome",
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
      // The same inputs give the same report: what it took is not in it.
      const proven = result.proven.map(({ what, count, bytes, rows }) => ({
        what,
        count,
        ...(bytes === undefined ? {} : { bytes }),
        ...(rows === undefined ? {} : { rows })
      }))
      yield* writeReport(outputs.report, "verify-report", result, { proven, unproven: result.unproven })
      const told = proven.filter(({ what }) => what !== "pages" && what !== "files")
      yield* summary(told.map(({ what, count }) => `${count.toLocaleString("en")} ${what}`).join(" · "))
    })
}) {}
