/** Column 9 as the reference reads it (dataset contract §2.4). Attributes have one value each: the last one stands. */
import { trimWhiteSpace } from "../dataset-id.ts"
import { AtlasV1Row, Gff3ForbiddenHiddenChar, Gff3InvalidIdWhitespace } from "./failure.ts"
import { refuse } from "./refuse.ts"
import { collapsed, hasHidden, hasWhiteSpace } from "./text.ts"
import { limits } from "../limits.ts"

export interface Attributes {
  readonly values: ReadonlyMap<string, string>
  /** Keys that stand there more than once. */
  readonly repeated: ReadonlyArray<string>
}

const ids: ReadonlySet<string> = new Set(["ID", "Parent", "gene_id", "transcript_id", "transcriptId", "protein_id", "exon_id"])
const names: ReadonlySet<string> = new Set(["Name", "gene_name", "description"])

/** `%HH` as bytes; what is not so formed stays. Bytes that are no UTF-8 become U+FFFD. */
export const percentDecoded = (text: string): string => {
  if (!text.includes("%")) return text
  const bytes = Buffer.from(text)
  const out = Buffer.allocUnsafe(bytes.length)
  let filled = 0
  for (let i = 0; i < bytes.length; i++) {
    const hex = bytes[i] === 0x25 && i + 2 < bytes.length ? bytes.toString("latin1", i + 1, i + 3) : ""
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      out[filled++] = Number.parseInt(hex, 16)
      i += 2
    } else out[filled++] = bytes[i] ?? 0
  }
  return out.toString("utf8", 0, filled)
}

/** Without quotes at both ends; by hand, since a pattern for the last ones would look at each run of quotes over and over. */
const unquoted = (text: string): string => {
  let [from, to] = [0, text.length]
  while (from < to && text[from] === '"') from++
  while (to > from && text[to - 1] === '"') to--
  return text.slice(from, to)
}

/** Printable ASCII without blank, quote and percent sign: nothing below changes it. */
const untouched = /^[!#$&-~]*$/

const valueOf = (key: string, raw: string, path: string, line: number): string => {
  if (untouched.test(raw)) return raw
  const value = trimWhiteSpace(percentDecoded(unquoted(trimWhiteSpace(raw))).normalize("NFC"))
  if (hasHidden(value)) refuse(Gff3ForbiddenHiddenChar, `GFF3_FORBIDDEN_HIDDEN_CHAR line=${line} key=${key}`, path, line)
  if (ids.has(key) && hasWhiteSpace(value))
    refuse(Gff3InvalidIdWhitespace, `GFF3_INVALID_ID_WHITESPACE line=${line} key=${key}`, path, line)
  return names.has(key) ? collapsed(value) : value
}

export const attributesOf = (column: string, path: string, line: number): Attributes => {
  const values = new Map<string, string>()
  const repeated: Array<string> = []
  let tokens = 0
  for (const part of column.split(";")) {
    const token = trimWhiteSpace(part)
    if (token === "") continue
    if (++tokens > limits.attributesPerRow)
      refuse(AtlasV1Row, `gff3 attribute token count exceeds max ${limits.attributesPerRow}`, path, line)
    const sign = token.indexOf("=")
    if (sign < 0) continue
    const key = trimWhiteSpace(token.slice(0, sign))
    const value = valueOf(key, token.slice(sign + 1), path, line)
    if (values.has(key)) repeated.push(key)
    values.set(key, value)
  }
  return { values, repeated }
}

/** The first of these attributes that is not empty. */
export const firstOf = (attributes: Attributes, keys: ReadonlyArray<string>): readonly [key: string, value: string] | undefined => {
  for (const key of keys) {
    const value = attributes.values.get(key)
    if (value !== undefined && value !== "") return [key, value]
  }
  return undefined
}

/** Parents of a row, in its order. */
export const parentsOf = (attributes: Attributes): ReadonlyArray<string> =>
  (attributes.values.get("Parent") ?? "")
    .split(",")
    .map(trimWhiteSpace)
    .filter((parent) => parent !== "")
