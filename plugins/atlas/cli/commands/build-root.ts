/** What validate, verify and publish have in common: which build root, and what was found in it. */
import { type DatasetFiles, openBuildRoot, openDatasetFiles, PublishedDataset } from "../../format/build-root.ts"
import { layout } from "../../format/artifact/layout.ts"
import { type DatasetId, datasetFolder } from "../../format/dataset-id.ts"
import type { ValidationReport } from "../../format/validate.ts"
import { datasetFlags, required } from "../flag.ts"

export const buildRootFlags = { root: required("ROOT", "the folder of build roots, or a serving store"), ...datasetFlags } as const

/** The build root of a dataset below ROOT. */
export const openBuildRootOf = (root: string, dataset: DatasetId) => openBuildRoot(`${root}/${datasetFolder(dataset)}`)

/** A dataset below ROOT as what it is: a build root, or a dataset of a store. */
export const openDatasetFilesOf = (root: string, dataset: DatasetId) => openDatasetFiles(`${root}/${datasetFolder(dataset)}`)

/** Facts of a look at a dataset. */
export const lookedAt = (root: DatasetFiles, { dataset, files, rows, provenance }: ValidationReport) => ({
  dataset,
  buildRoot: root.path,
  published: root instanceof PublishedDataset,
  writtenBy: provenance ?? null,
  files: Object.fromEntries([...files].map(([role, { sha256, bytes }]) => [layout[role], { sha256, bytes }])),
  counts: rows === undefined ? null : { genes: rows.genes, transcripts: rows.transcripts, exons: rows.exons }
})
