/** Text of inputs: strict UTF-8, characters that cannot be seen, and how a value is shown in a message. */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"

/** Bytes that are no UTF-8. `bytes` is the culprit in hex. */
export class InvalidUtf8 extends Schema.TaggedError<InvalidUtf8>()("InvalidUtf8", { ...Told, bytes: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A text holds bytes that are not UTF-8",
    hint: "Convert the file: iconv -f LATIN1 -t UTF-8 FILE.",
    example: "Byte e9 is not UTF-8."
  }
}

/** Index of the first byte in [from, to) that does not continue well-formed UTF-8 (Unicode 3.9, table 3-7), else -1. */
export const invalidUtf8At = (bytes: Uint8Array, from = 0, to = bytes.length): number => {
  let i = from
  while (i < to) {
    const b = bytes[i]!
    if (b < 0x80) {
      i++
      continue
    }
    const size = b >= 0xc2 && b <= 0xdf ? 2 : b >= 0xe0 && b <= 0xef ? 3 : b >= 0xf0 && b <= 0xf4 ? 4 : 0
    if (size === 0 || i + size > to) return i
    const low = b === 0xe0 ? 0xa0 : b === 0xf0 ? 0x90 : 0x80
    const high = b === 0xed ? 0x9f : b === 0xf4 ? 0x8f : 0xbf
    const second = bytes[i + 1]!
    if (second < low || second > high) return i
    for (let k = 2; k < size; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return i
    i += size
  }
  return -1
}

/** Control characters (Unicode Cc) and those without width: they make two names look alike (contract §2.3, §2.4). */
export const isHidden = (code: number): boolean =>
  code < 0x20 || (code >= 0x7f && code <= 0x9f) || code === 0xad || (code >= 0x200b && code <= 0x200d) || code === 0x2060 || code === 0xfeff

/** Index of the first hidden character, else -1. */
export const hiddenAt = (text: string): number => {
  for (let i = 0; i < text.length; i++) if (isHidden(text.charCodeAt(i))) return i
  return -1
}

/** Characters that turn the direction of text (Unicode Bidi_Control): what stands there is not what is seen. */
const isBidi = (code: number): boolean =>
  code === 0x61c || (code >= 0x200e && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)

/** Whether one of them is in it. */
export const turnsText = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (isBidi(text.charCodeAt(i))) return true
  return false
}

/** At most `most` characters of a value, for the fields of an error. */
export const cut = (value: string, most = 80): string => (value.length <= most ? value : `${value.slice(0, most)}…`)

/** Characters from which on V8 cuts by reference. */
const shortest = 13

/** A copy that does not keep the line alive from which the text was cut (V8 cuts by reference). */
export const owned = (text: string): string => (text.length < shortest ? text : Buffer.from(text).toString())

/** A value within a message: quoted, cut, and nothing in it reaches the terminal as a control sequence. */
export const quote = (value: string): string => {
  let shown = ""
  for (const c of cut(value)) {
    const code = c.codePointAt(0)!
    const unsafe = isHidden(code) || isBidi(code)
    shown += unsafe || (code >= 0xd800 && code <= 0xdfff) ? `\\u{${code.toString(16)}}` : c
  }
  return `"${shown}"`
}
