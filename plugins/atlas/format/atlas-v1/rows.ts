/** The rows of a GFF3 as the reference reads them (dataset contract §2.4): the first fault refuses the file, in every strictness. */
import { isUtf8 } from "node:buffer"
import { unsigned } from "../artifact/contig-class.ts"
import type { Dialect } from "../artifact/dialect.ts"
import { trimWhiteSpace } from "../dataset-id.ts"
import { LimitExceeded, limits } from "../limits.ts"
import { type Attributes, attributesOf, parentsOf } from "./attributes.ts"
import {
  AtlasV1Row,
  Gff3InvalidCoordinateSpan,
  Gff3InvalidEndCoordinate,
  Gff3InvalidPhase,
  Gff3InvalidStartCoordinate,
  Gff3InvalidStrand,
  Gff3MissingRequiredField
} from "./failure.ts"
import { refuse } from "./refuse.ts"

export interface Row {
  /** From 1, counting every line of the file. */
  readonly line: number
  /** The line without its end: what rejections show and lineage hashes. */
  readonly raw: string
  /** As it stands, before any alias. */
  readonly seqid: string
  readonly type: string
  readonly start: number
  readonly end: number
  /** Of a CDS only. */
  readonly phase: 0 | 1 | 2 | null
  readonly attributes: Attributes
  /** ID; undefined where there is none. */
  readonly id: string | undefined
  readonly parents: ReadonlyArray<string>
}

/**
 * Lines and their numbers, without line feed and one carriage return before it. Refuses a line whose
 * bytes are no UTF-8. Of a line beyond the limit there is so much that it shows.
 */
export function* linesOf(
  bytes: Buffer,
  path: string,
  kind: Parameters<typeof refuse>[0] = AtlasV1Row
): Generator<readonly [number: number, text: string]> {
  const wholly = isUtf8(bytes)
  let number = 0
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(10, start)
    const to = feed < 0 ? bytes.length : feed
    number++
    if (!wholly && !isUtf8(bytes.subarray(start, to))) refuse(kind, "stream did not contain valid UTF-8", path, number)
    const last = feed >= 0 && to > start && bytes[to - 1] === 13 ? to - 1 : to
    yield [number, bytes.toString("utf8", start, Math.min(last, start + limits.lineBytes + 1))]
    start = to + 1
  }
}

/** Beyond what a double holds exactly the reference goes on; here that is a limit. */
export const exactly = (value: bigint, path: string, line: number): number => {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value)
  throw new LimitExceeded({
    message: `The number ${value} is greater than ${limits.coordinate}.`,
    where: { path, line },
    limit: "coordinate",
    allowed: limits.coordinate,
    found: Number(value)
  })
}

const strands: ReadonlySet<string> = new Set(["+", "-", "."])
const phases: ReadonlyMap<string, Row["phase"]> = new Map([
  ["0", 0],
  ["1", 1],
  ["2", 2],
  [".", null]
])

/** Column 4 or 5; the two programs tell what is wrong with it in different words (§13). */
const coordinateOf = (text: string, which: "start" | "end", line: number, raw: string, path: string, dialect: Dialect): bigint => {
  const kind = which === "start" ? Gff3InvalidStartCoordinate : Gff3InvalidEndCoordinate
  const message =
    dialect === "main"
      ? `GFF3_INVALID_${which.toUpperCase()}_COORDINATE line=${line} value=${text} sample=${raw}`
      : `invalid ${which} coordinate: ${text}`
  return unsigned(text) ?? refuse(kind, message, path, line)
}

const rowOf = (raw: string, line: number, path: string, dialect: Dialect): Row => {
  if (Buffer.byteLength(raw) > limits.lineBytes) refuse(AtlasV1Row, `gff3 line exceeds max byte length ${limits.lineBytes}`, path, line)
  const columns = raw.split("\t")
  if (columns.length !== 9) refuse(AtlasV1Row, `invalid GFF3 row (expected 9 columns): ${raw}`, path, line)
  const [seqid = "", , type = "", from = "", to = "", , strand = "", phase = "", attributeText = ""] = columns
  const sample = `sample=${raw}`
  const start = coordinateOf(from, "start", line, raw, path, dialect)
  const end = coordinateOf(to, "end", line, raw, path, dialect)
  if (start === 0n || end < start) {
    const message =
      dialect === "main"
        ? `GFF3_INVALID_COORDINATE_SPAN line=${line} start=${start} end=${end} ${sample}`
        : `invalid coordinate span: ${start}-${end}`
    refuse(Gff3InvalidCoordinateSpan, message, path, line)
  }
  const missing = (field: string) =>
    refuse(Gff3MissingRequiredField, `GFF3_MISSING_REQUIRED_FIELD line=${line} field=${field} ${sample}`, path, line)
  const name = trimWhiteSpace(seqid)
  if (name === "") missing("seqid")
  const kind = trimWhiteSpace(type)
  if (kind === "") missing("feature_type")
  const side = trimWhiteSpace(strand)
  if (!strands.has(side)) refuse(Gff3InvalidStrand, `GFF3_INVALID_STRAND line=${line} strand=${side} ${sample}`, path, line)
  const frame = trimWhiteSpace(phase)
  if (kind === "CDS" && !phases.has(frame)) refuse(Gff3InvalidPhase, `GFF3_INVALID_PHASE line=${line} phase=${frame} ${sample}`, path, line)
  const attributes = attributesOf(attributeText, path, line)
  return {
    line,
    raw,
    seqid: name,
    type: kind,
    start: exactly(start, path, line),
    end: exactly(end, path, line),
    phase: kind === "CDS" ? (phases.get(frame) ?? null) : null,
    attributes,
    id: attributes.values.get("ID"),
    parents: parentsOf(attributes)
  }
}

/** All feature rows: every line but empty ones and those that begin with `#`. */
export const rowsOf = (bytes: Buffer, path: string, dialect: Dialect): ReadonlyArray<Row> => {
  const rows: Array<Row> = []
  for (const [line, raw] of linesOf(bytes, path)) if (raw !== "" && !raw.startsWith("#")) rows.push(rowOf(raw, line, path, dialect))
  return rows
}
