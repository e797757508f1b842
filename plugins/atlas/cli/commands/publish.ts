import { Effect } from "effect"
import { recordedEmbargo } from "../../format/catalog/embargo.ts"
import { canonicalId } from "../../format/dataset-id.ts"
import { publish } from "../../format/store/publish.ts"
import { openServingStore, publishedFolder } from "../../format/store/serving-store.ts"
import { verify, verifyFindings } from "../../format/verify.ts"
import { command } from "../command.ts"
import { PublishFacts } from "../documents.ts"
import { BuildRootRejected } from "../errors.ts"
import { errorsAmong, toldBy } from "../findings.ts"
import { datasetFlags, datasetOf, dayFlag, historyFlags, required } from "../flag.ts"
import { counted, labelled } from "../text.ts"
import { openBuildRootOf } from "./build-root.ts"

export const Publish = command({
  name: "publish",
  summary: "puts a build root into a serving store, where it never changes",
  detail: [
    "Validates and deeply verifies it first, and publishes nothing that does not pass. Publishing the same content again changes",
    "nothing; other content under the same id is refused. A store that does not exist is made."
  ],
  flags: {
    "source-root": required("ROOT", "the folder of build roots"),
    "store-root": required("STORE", "the serving store"),
    ...datasetFlags,
    "embargo-until": dayFlag("the first day (UTC) on which it may be promoted; recorded in the store before it is there"),
    ...historyFlags
  },
  examples: [
    {
      line: "atlas-dataset publish --source-root build --store-root serving-store --release 110 --species saccharomyces_cerevisiae --assembly R64",
      does: "publish what ingest made"
    }
  ],
  facts: PublishFacts,
  run: ({ flags }) =>
    Effect.gen(function* () {
      const dataset = datasetOf(flags)
      const name = canonicalId(dataset)
      const root = yield* openBuildRootOf(flags["source-root"], dataset)
      // Deep verification looks at all that validate looks at, so one pass is both.
      const report = yield* verify(root, dataset, { deep: true })
      const findings = report.problems.map(toldBy(verifyFindings))
      const errors = errorsAmong(findings)
      if (errors > 0) {
        const message = `${name} was not published: ${counted(errors, "error was", "errors were")} found in its build root`
        const failure = new BuildRootRejected({ message, where: { path: root.path }, dataset: name, errors })
        return { facts: { dataset, buildRoot: root.path }, findings, failure, lines: () => [] }
      }
      const store = yield* openServingStore(flags["store-root"], { create: true })
      const { "embargo-until": embargoUntil, actor, because } = flags
      const expected = report.files.get("manifest")?.sha256
      const { value, changed, files } = yield* publish(store, root, { expected, embargoUntil, actor, because })
      const embargo = yield* recordedEmbargo(store, dataset)
      return {
        facts: {
          dataset,
          buildRoot: root.path,
          store: store.path,
          manifestSha256: value,
          changed,
          embargoUntil: embargo?.until ?? null,
          files: Object.fromEntries(files.map(({ path, sha256, bytes }) => [path, { sha256, bytes }]))
        },
        findings,
        lines: (telling) =>
          labelled(
            `${telling.style.green("✓")} ${changed ? "published" : "published before, unchanged:"} ${telling.style.bold(name)}  ${counted(files.length, "file")}`,
            [
              ["folder", publishedFolder(store, dataset)],
              ["manifest", `sha256 ${value}`],
              ["embargo", embargo === null ? undefined : `until ${embargo.until}`]
            ],
            telling
          )
      }
    })
})
