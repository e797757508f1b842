/** Text as the reference handles it: Unicode White_Space, hidden characters, sets as Rust prints them. */
import { compareCodePoints } from "../canonical-json.ts"

/** White_Space of Unicode, which is not `\s`: that lacks U+0085 and has U+FEFF. */
const whiteSpace = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u

/** The words between white space. */
export const wordsOf = (text: string): ReadonlyArray<string> => text.split(whiteSpace).filter((word) => word !== "")

export const collapsed = (text: string): string => wordsOf(text).join(" ")

export const hasWhiteSpace = (text: string): boolean => whiteSpace.test(text)

/** Control characters, and those that cannot be seen at all. */
export const hasHidden = (text: string): boolean => /\p{Cc}|\u200b|\u200c|\u200d|\u2060|\ufeff|\u00ad/u.test(text)

/** Escapes of Rust's `{:?}` that names can need. */
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"]
])

const quoted = (text: string): string => `"${text.replace(/["\\\n\r\t]/g, (letter) => escapes.get(letter) ?? letter)}"`

export const sorted = (texts: Iterable<string>): ReadonlyArray<string> => [...new Set(texts)].sort(compareCodePoints)

/** `["chr1", "1"]`, in the order given. */
export const listText = (texts: ReadonlyArray<string>): string => `[${texts.map(quoted).join(", ")}]`

/** `{"1", "chr1"}`, sorted. */
export const setText = (texts: Iterable<string>): string => `{${sorted(texts).map(quoted).join(", ")}}`
