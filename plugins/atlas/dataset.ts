/** A dataset as a target: which one, and the files it is made from. */
import { Schema } from "effect"
import { GenomeExpectation } from "./format/seqcol/expectation.ts"
import { datasetFolder, datasetIdProblems, type DatasetId, type DatasetParts } from "./format/dataset-id.ts"

const part = (name: keyof DatasetParts, sample: DatasetParts) =>
  Schema.String.check(
    Schema.makeFilter((text: string) => {
      const [problem] = datasetIdProblems({ ...sample, [name]: text })
      return problem === undefined ? undefined : problem
    })
  )

const sample = { release: "1", species: "a", assembly: "a" }

/** The three parts of a dataset's id (dataset contract §1.1). */
export const DatasetFields = Schema.Struct({
  release: part("release", sample),
  species: part("species", sample),
  assembly: part("assembly", sample)
})

/** What `ingest` reads of a target; paths are relative to the project. */
export const DatasetFiles = Schema.Struct({
  ...DatasetFields.fields,
  gff3: Schema.String,
  fasta: Schema.String,
  fai: Schema.optionalKey(Schema.String),
  /** Index of a bgzip FASTA. */
  gzi: Schema.optionalKey(Schema.String),
  /** Lists of checksums as the provider has them; `fastaChecksums` where the genome lies in a folder with a list of its own. */
  checksums: Schema.optionalKey(Schema.String),
  fastaChecksums: Schema.optionalKey(Schema.String),
  expect: Schema.optionalKey(GenomeExpectation)
})

/** Parts that passed the schema are legal: `datasetIdProblems` found none. */
export const idOf = ({ release, species, assembly }: DatasetParts): DatasetId => ({ release, species, assembly }) as DatasetId

export const folderOf = (parts: DatasetParts): string => datasetFolder(idOf(parts))

/** One dataset as a target of a project. Its id and labels come from release, species and assembly. */
export const dataset = <const D extends DatasetParts & Omit<typeof DatasetFiles.Encoded, keyof DatasetParts>>(
  fields: D
): D & { readonly "~target": { readonly id: string; readonly labels: Readonly<Record<string, string>> } } => ({
  ...fields,
  "~target": {
    id: `${fields.release}/${fields.species}/${fields.assembly}`,
    labels: { release: fields.release, species: fields.species, assembly: fields.assembly }
  }
})
