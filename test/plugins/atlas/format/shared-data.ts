/** Real genomes with figures from independent tools, kept beside the project; tests that need them skip loudly where they are absent. */
import * as fs from "node:fs"
import * as path from "node:path"
import { gunzipSync } from "node:zlib"

const root = path.resolve(import.meta.dirname, "../../../../../shared/data")

export const absent = !fs.existsSync(root)
if (absent) console.warn(`SKIPPED: no ../shared/data beside the project, so nothing is compared with real genomes`)

/** A collection's digests as the oracles write them. */
export interface SharedSeqcol {
  readonly digest: string
  readonly level1: { readonly lengths: string; readonly names: string; readonly sequences: string }
  readonly name_length_pairs: string
  readonly sorted_name_length_pairs: string
  readonly sorted_sequences: string
}

/** The same as the format writes them. */
export const collectionOf = ({ digest, level1, name_length_pairs, sorted_name_length_pairs, sorted_sequences }: SharedSeqcol) => ({
  digest,
  ...level1,
  nameLengthPairs: name_length_pairs,
  sortedNameLengthPairs: sorted_name_length_pairs,
  sortedSequences: sorted_sequences
})

export interface SharedDataset {
  readonly id: string
  readonly annotation: string
  readonly genome: string | null
  readonly source: {
    readonly features: number
    readonly types: Record<string, number>
    readonly files: ReadonlyArray<{ path: string; raw_sha256?: string; sha256: string }>
  }
  readonly oracle: {
    readonly fasta: {
      readonly bases: number
      readonly sequences: number
      readonly first: ReadonlyArray<{ readonly length: number; readonly md5: string; readonly name: string; readonly sq: string }>
      readonly seqcol: SharedSeqcol
    }
  }
}

export const json = (file: string): any => JSON.parse(fs.readFileSync(path.join(root, file), "utf8"))

const existing = (...candidates: ReadonlyArray<string>) => candidates.find((file) => fs.existsSync(file)) ?? null

export const datasets: ReadonlyArray<SharedDataset> = absent
  ? []
  : json("oracles.json").map((oracle: SharedDataset["oracle"] & { species: string; assembly: string }) => {
      const folder = path.join(root, oracle.species, oracle.assembly)
      return {
        id: `${oracle.species}/${oracle.assembly}`,
        annotation: existing(path.join(folder, "annotation.gff3"), path.join(folder, "annotation.gff3.gz"))!,
        genome: existing(path.join(folder, "genome.fa"), path.join(folder, "genome.fa.gz")),
        source: JSON.parse(fs.readFileSync(path.join(folder, "SOURCE.json"), "utf8")),
        oracle
      }
    })

/** Plain bytes of a file of a dataset. */
export const plainBytes = (file: string): Buffer => {
  const bytes = fs.readFileSync(file)
  return file.endsWith(".gz") ? gunzipSync(bytes) : bytes
}
