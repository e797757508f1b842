/** validate: is the build root what a dataset has to be? Collects all problems; accepts or rejects. */
import { Effect, Schema } from "effect"
import { Stage } from "atlas-run/plugin"
import { DatasetFields, idOf } from "../dataset.ts"
import { BuildRootInvalid, openBuildRoot } from "../format/build-root.ts"
import { IoDurability } from "../format/durable.ts"
import { validate, validateErrors, validateFindings } from "../format/validate.ts"
import { reportPath, writeReport } from "./evidence.ts"
import { Ingest } from "./ingest.ts"

export class Validate extends Stage("validate")({
  summary: "Accepts or rejects a build root, all problems at once",
  target: DatasetFields,
  needs: [Ingest],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { report: "file" },
  roots: { build: "build" },
  paths: ({ target, roots }) => ({ report: reportPath(roots.build, target, "validate") }),
  findings: validateFindings,
  errors: [...validateErrors, BuildRootInvalid, IoDurability],
  run: ({ target, needs, outputs, report, summary }) =>
    Effect.gen(function* () {
      const root = yield* openBuildRoot(needs.ingest.buildRoot)
      const result = yield* validate(root, idOf(target))
      for (const { name, at, message } of result.problems) yield* report(name as keyof typeof validateFindings, { at, message })
      yield* writeReport(outputs.report, "validate-report", result)
      if (result.problems.length === 0) yield* summary(`${result.files.size} files`)
    })
}) {}
