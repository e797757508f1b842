/** Reports of the stages that look at a build root: what was looked at and what came of it, without clock or machine. */
import { Effect } from "effect"
import { canonicalJson } from "../format/canonical-json.ts"
import type { DatasetParts } from "../format/dataset-id.ts"
import { durableReplace } from "../format/durable.ts"
import type { ValidationReport } from "../format/validate.ts"
import { folderOf } from "../dataset.ts"

export const reportPath = (build: string, target: DatasetParts, stage: string): string =>
  `${build}/evidence/${folderOf(target)}/${stage}.json`

/** Writes `REPORT/1`: the files by digest, and every finding. */
export const writeReport = (
  path: string,
  kind: string,
  { dataset, files, problems }: ValidationReport,
  more: Record<string, unknown> = {}
) =>
  Effect.asVoid(
    durableReplace(
      path,
      canonicalJson({
        atlas: `${kind}/1`,
        dataset: { release: dataset.release, species: dataset.species, assembly: dataset.assembly },
        files: Object.fromEntries([...files].map(([role, { sha256, bytes }]) => [role, { sha256, bytes }])),
        findings: problems.map(({ name, at, message }) => ({ name, at, message })),
        ...more
      })
    )
  )
