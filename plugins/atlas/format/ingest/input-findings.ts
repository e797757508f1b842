/** What the readers noticed, and how the inputs fit together, as findings. */
import type { ContentFacts } from "../content/read.ts"
import type { Notice } from "../notices.ts"
import type { ChosenProfile } from "../profile/choose.ts"
import { quote } from "../text.ts"
import { type IngestFinding, isIngestFinding } from "./findings.ts"
import type { FastaRead, Gff3Read } from "./inputs.ts"
import { lineRanges } from "./line-ranges.ts"

type Role = "gff3" | "fasta" | "fai"

const noticed = (at: Role, notices: ReadonlyArray<Notice>): ReadonlyArray<IngestFinding> =>
  notices.flatMap(({ name, message, count, line }) => {
    if (!isIngestFinding(name)) return []
    const times = count === 1 ? `line ${line}` : `${count} times, first on line ${line}`
    return [{ name, at, message: `${message.replace(/\.$/, "")} (${times})` }]
  })

/** The name is shown without its folder, which differs from machine to machine. */
const named = (at: Role, content: ContentFacts | undefined): ReadonlyArray<IngestFinding> => {
  if (content?.nameDisagrees !== true) return []
  const name = content.path.slice(content.path.lastIndexOf("/") + 1)
  const is = content.compression === "plain" ? "not compressed" : `compressed with ${content.compression}`
  return [{ name: "compression-name", at, message: `${quote(name)} is ${is}, which its name does not say` }]
}

const regions = (gff3: Gff3Read, fasta: FastaRead): ReadonlyArray<IngestFinding> => {
  const lengths = new Map(fasta.sequences.map((s) => [s.name, s.length]))
  const found: Array<IngestFinding> = []
  for (const [name, region] of gff3.sequenceRegions) {
    const length = lengths.get(name)
    if (length === undefined || region.end > length) {
      const message = length === undefined ? "is not in the FASTA" : `has ${length} bases, not ${region.end}`
      found.push({ name: "sequence-region", at: name, message: `sequence ${quote(name)} of ##sequence-region ${message}` })
      continue
    }
    const extent = gff3.extents.get(name)
    if (extent === undefined) continue
    const isBefore = extent.start < region.start
    if (!isBefore && (extent.circular || extent.end <= region.end)) continue
    const line = isBefore ? extent.startLine : extent.endLine
    const message = `features of ${quote(name)} lie outside of its ##sequence-region ${region.start} to ${region.end} (as on line ${line})`
    found.push({ name: "sequence-region", at: name, message })
  }
  return found
}

/** Told one by one for at most this many sequences. */
const regionsTold = 50

export const inputFindings = (gff3: Gff3Read, fasta: FastaRead, fai: ContentFacts | undefined): ReadonlyArray<IngestFinding> => {
  const differing = regions(gff3, fasta)
  const { embedded } = gff3
  return [
    ...named("gff3", gff3.content),
    ...named("fasta", fasta.content),
    ...named("fai", fai),
    ...noticed("gff3", gff3.notices),
    ...noticed("fasta", fasta.notices),
    ...differing.slice(0, regionsTold),
    ...(differing.length > regionsTold
      ? [
          {
            name: "sequence-region",
            at: "gff3",
            message: `${differing.length - regionsTold} more ##sequence-region lines differ from the FASTA`
          } as const
        ]
      : []),
    ...(embedded === undefined
      ? []
      : [{ name: "embedded-fasta", at: "gff3", message: `${embedded.sequences.length} sequences after ##FASTA are not used` } as const])
  ]
}

/** What a lenient reading left out: one finding a code, with lines. */
export const rejectionFindings = (rejected: ReadonlyMap<string, ReadonlyArray<number>>): ReadonlyArray<IngestFinding> =>
  [...rejected].map(([code, lines]) => {
    const rows = lines.length === 1 ? "one row was" : `${lines.length} rows were`
    return {
      name: "row-rejected",
      at: code,
      message: `${rows} left out for ${code} (${lines.length === 1 ? "line" : "lines"} ${lineRanges(lines)})`
    }
  })

/** A profile that was given against what the rows say. */
export const profileFindings = ({ evidence: { name, matching, rows }, suggested }: ChosenProfile): ReadonlyArray<IngestFinding> =>
  suggested === undefined
    ? []
    : [
        {
          name: "profile-differs",
          at: "gff3",
          message: `profile ${name} was asked for, and ${matching} of the first ${rows} rows of genes, transcripts and CDS are written so; they look like ${suggested}`
        }
      ]
