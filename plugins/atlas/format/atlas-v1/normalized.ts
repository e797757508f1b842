/** normalized_features.jsonl.zst: every row of the model as one canonical JSON line (dataset contract §2.14). */
import { join } from "node:path"
import { constants, zstdCompressSync } from "node:zlib"
import { Effect } from "effect"
import { canonicalJson, compareCodePoints } from "../canonical-json.ts"
import { type IoDurability, writeNew } from "../durable.ts"
import type { GeneModel } from "../model/gene-model.ts"

interface Line {
  readonly schema_version: 1
  readonly kind: "gene" | "transcript" | "exon"
  readonly record_id: string
  readonly seqid: string
  readonly start: number
  readonly end: number
  readonly payload: object
}

const lineOf = <A extends { readonly seqid: string; readonly start: number; readonly end: number }>(
  kind: Line["kind"],
  row: A,
  id: string
): Line => ({ schema_version: 1, kind, record_id: `${kind}:${id}`, seqid: row.seqid, start: row.start, end: row.end, payload: row })

const compareLines = (a: Line, b: Line): number =>
  compareCodePoints(a.kind, b.kind) ||
  compareCodePoints(a.seqid, b.seqid) ||
  a.start - b.start ||
  a.end - b.end ||
  compareCodePoints(a.record_id, b.record_id)

/** The text before compression. */
export const normalizedText = ({ genes, transcripts, exons }: GeneModel): string =>
  [
    ...genes.map((gene) => lineOf("gene", gene, gene.gene_id)),
    ...transcripts.map((transcript) => lineOf("transcript", transcript, transcript.transcript_id)),
    ...exons.map((exon) => lineOf("exon", exon, `${exon.transcript_id}:${exon.exon_id}:${exon.start}:${exon.end}`))
  ]
    .sort(compareLines)
    .map((line) => `${canonicalJson(line)}\n`)
    .join("")

/** Zstandard's own bytes may differ from release to release; what they unpack to does not. */
export const writeNormalized = (folder: string, model: GeneModel): Effect.Effect<void, IoDurability> =>
  writeNew(join(folder, "derived/normalized_features.jsonl.zst"), (sink) =>
    sink.write(zstdCompressSync(normalizedText(model), { params: { [constants.ZSTD_c_compressionLevel]: 3 } }))
  )
