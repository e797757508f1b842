/**
 * Two values printed side by side, short and on one line each: digests by as many characters as tell them apart, long texts by a
 * window around the first difference. Nothing that a terminal would obey is let through.
 */

/** Widths in characters. */
const Limits = { text: 64, before: 24, digest: 8, note: 64 } as const

const isHex = (text: string, start: number): boolean => {
  for (let i = start; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (!((c >= 48 && c <= 57) || (c >= 97 && c <= 102))) return false
  }
  return true
}

/** The hexadecimal digits of a SHA-256, with or without `sha256:` before them; null for any other text. */
const digestOf = (text: string): string | null =>
  text.length === 64 && isHex(text, 0) ? text : text.length === 71 && text.startsWith("sha256:") && isHex(text, 7) ? text.slice(7) : null

const isLow = (text: string, at: number): boolean => {
  const c = text.charCodeAt(at)
  return c >= 0xdc00 && c <= 0xdfff
}

const isControl = (c: number): boolean =>
  c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)

const named = new Map<number, string>([
  [9, "\\t"],
  [10, "\\n"],
  [13, "\\r"]
])

/** One line: control characters and marks that turn the reading direction are written as escapes. */
export const oneLine = (text: string): string => {
  const whole = text.toWellFormed()
  let printed = ""
  let from = 0
  for (let i = 0; i < whole.length; i++) {
    const c = whole.charCodeAt(i)
    if (!isControl(c)) continue
    printed += whole.slice(from, i) + (named.get(c) ?? `\\u{${c.toString(16)}}`)
    from = i + 1
  }
  return from === 0 ? whole : printed + whole.slice(from)
}

/** At most `width` characters of `text`, from a little before `focus` if it must be cut. */
const window = (text: string, focus: number, width: number): string => {
  if (text.length <= width) return oneLine(text)
  let start = Math.max(0, Math.min(focus - Limits.before, text.length - width))
  let end = Math.min(text.length, start + width)
  if (start > 0 && isLow(text, start)) start--
  if (end < text.length && isLow(text, end)) end--
  return (start > 0 ? "…" : "") + oneLine(text.slice(start, end)) + (end < text.length ? "…" : "")
}

const firstDifference = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  let i = 0
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++
  return i
}

const printed = (value: string, other: string | null): string => {
  const digest = digestOf(value)
  if (digest !== null) {
    const against = other === null ? null : digestOf(other)
    const shared = against === null || against === digest ? 0 : firstDifference(digest, against)
    return `sha256 ${digest.slice(0, Math.max(Limits.digest, shared + 1))}`
  }
  return value === "" ? '""' : window(value, other === null || other === value ? 0 : firstDifference(value, other), Limits.text)
}

/** `value` as it is told beside `other` (null if there is none), with its note in brackets: `sha256 3f2a91c0 (12,301,114 bytes)`. */
export const excerpt = (value: string, note: string | null, other: string | null = null): string =>
  note === null || note === "" ? printed(value, other) : `${printed(value, other)} (${window(note, 0, Limits.note)})`
