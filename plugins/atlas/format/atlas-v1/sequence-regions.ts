/** `##sequence-region` lines (dataset contract §2.4): well formed, one span a sequence, all in the index. Their ends are not compared with it. */
import { unsigned } from "../artifact/contig-class.ts"
import type { Contigs } from "./contigs.ts"
import {
  Gff3ConflictingSequenceRegion,
  Gff3InvalidSequenceRegion,
  Gff3InvalidSequenceRegionEnd,
  Gff3InvalidSequenceRegionSpan,
  Gff3InvalidSequenceRegionStart,
  Gff3SequenceRegionNotInFastaFai
} from "./failure.ts"
import { refuse } from "./refuse.ts"
import { linesOf } from "./rows.ts"
import { sorted, wordsOf } from "./text.ts"

const directive = "##sequence-region"

interface Region {
  readonly line: number
  readonly seqid: string
  readonly start: bigint
  readonly end: bigint
}

const regionOf = (text: string, line: number, path: string): Region => {
  const [, seqid, from, to, ...more] = wordsOf(text)
  if (seqid === undefined || from === undefined || to === undefined || more.length > 0)
    return refuse(Gff3InvalidSequenceRegion, `GFF3_INVALID_SEQUENCE_REGION line=${line} declaration=${text}`, path, line)
  const start =
    unsigned(from) ?? refuse(Gff3InvalidSequenceRegionStart, `GFF3_INVALID_SEQUENCE_REGION_START line=${line} value=${from}`, path, line)
  const end = unsigned(to) ?? refuse(Gff3InvalidSequenceRegionEnd, `GFF3_INVALID_SEQUENCE_REGION_END line=${line} value=${to}`, path, line)
  if (start === 0n || end < start)
    refuse(Gff3InvalidSequenceRegionSpan, `GFF3_INVALID_SEQUENCE_REGION_SPAN line=${line} start=${start} end=${end}`, path, line)
  return { line, seqid, start, end }
}

/** Reads the whole file for them before any row is read, so that bytes that are no UTF-8 are found here too. */
export const checkSequenceRegions = (bytes: Buffer, contigs: Contigs, path: string): void => {
  const regions: Array<Region> = []
  for (const [line, text] of linesOf(bytes, path)) if (text.startsWith(directive)) regions.push(regionOf(text, line, path))
  const known = new Map<string, Region>()
  for (const region of regions) {
    const first = known.get(region.seqid)
    if (first === undefined) known.set(region.seqid, region)
    else if (first.start !== region.start || first.end !== region.end)
      refuse(
        Gff3ConflictingSequenceRegion,
        `GFF3_CONFLICTING_SEQUENCE_REGION seqid=${region.seqid} first_line=${first.line} second_line=${region.line} first_span=${first.start}-${first.end} second_span=${region.start}-${region.end}`,
        path,
        region.line
      )
  }
  const unknown = sorted(known.keys()).filter((seqid) => !contigs.has(seqid))
  if (unknown.length > 0)
    refuse(
      Gff3SequenceRegionNotInFastaFai,
      `GFF3_SEQUENCE_REGION_NOT_IN_FASTA_FAI: [${unknown.join(", ")}]. Fix by aligning sequence-region declarations with FASTA/FAI contig IDs.`,
      path
    )
}
