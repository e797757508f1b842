/** Percent escapes of GFF3: strict, decoded as UTF-8, with a look at what came out. */
import { isUtf8 } from "node:buffer"
import { cut, isHidden, quote, turnsText } from "../text.ts"
import { Gff3Character, Gff3Escape } from "./failure.ts"
import type { Gff3Line } from "./line.ts"

/** What the specification lets be escaped: `names` are columns 1 to 3 and values that are keys (ID, Parent …), where nothing invisible may hide. */
export type EscapeRule = "seqid" | "column" | "name" | "value" | "target"

const hex = (code: number): number =>
  code >= 48 && code <= 57 ? code - 48 : code >= 65 && code <= 70 ? code - 55 : code >= 97 && code <= 102 ? code - 87 : -1

/** Characters of column 1 that stand for themselves: [a-zA-Z0-9.:^*$@!+_?-|]. */
export const isSeqidCharacter = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 46 ||
  code === 58 ||
  code === 94 ||
  code === 42 ||
  code === 36 ||
  code === 64 ||
  code === 33 ||
  code === 43 ||
  code === 95 ||
  code === 63 ||
  code === 45 ||
  code === 124

/** Whether the specification asks for, or at least allows, this character to be escaped there. */
const mayBeEscaped = (code: number, rule: EscapeRule): boolean => {
  if (code < 0x20 || code === 0x7f || code === 0x25) return true
  if (rule === "seqid") return code > 0x7f || !isSeqidCharacter(code)
  if (rule === "column") return false
  return code === 0x3b || code === 0x3d || code === 0x26 || code === 0x2c || (rule === "target" && code === 0x20)
}

const textBreaks = (code: number) => code === 9 || code === 10 || code === 13

/** Decodes text[from, to). Problems and notices go to the line; what cannot be decoded is left as it stands. */
export const unescape = (line: Gff3Line, from: number, to: number, rule: EscapeRule): string => {
  const text = line.text
  let out = ""
  let copied = from
  for (let at = text.indexOf("%", from); at >= 0 && at < to;) {
    const start = at
    const bytes: Array<number> = []
    while (at < to && text.charCodeAt(at) === 37) {
      const high = at + 2 < to ? hex(text.charCodeAt(at + 1)) : -1
      const low = at + 2 < to ? hex(text.charCodeAt(at + 2)) : -1
      if (high < 0 || low < 0) break
      bytes.push(high * 16 + low)
      at += 3
    }
    out += text.slice(copied, start) + decoded(line, start, bytes, rule)
    copied = at
    if (at < to && text.charCodeAt(at) === 37) {
      // One a value says enough.
      const bad = at
      const value = text.slice(bad, Math.min(bad + 3, to))
      line.problem(bad, (where) => new Gff3Escape({ message: `The escape ${quote(value)} has no two hex digits.`, where, value }))
      break
    }
    at = text.indexOf("%", at)
  }
  return copied === from ? text.slice(from, to) : out + text.slice(copied, to)
}

const decoded = (line: Gff3Line, start: number, bytes: ReadonlyArray<number>, rule: EscapeRule): string => {
  // The usual escape by far: one reserved character of column 9.
  if (bytes.length === 1 && bytes[0]! >= 0x20 && bytes[0]! < 0x7f && mayBeEscaped(bytes[0]!, rule)) return String.fromCharCode(bytes[0]!)
  for (const [i, byte] of bytes.entries())
    if (!mayBeEscaped(byte, rule))
      line.notice("over-escaped", start + 3 * i, () => "Characters are escaped that stand for themselves; they are decoded.")
  const characters = Uint8Array.from(bytes)
  if (!isUtf8(characters)) {
    const value = line.text.slice(start, start + 3 * bytes.length)
    line.problem(
      start,
      (where) => new Gff3Escape({ message: `The escaped bytes ${quote(value)} are not UTF-8.`, where, value: cut(value) })
    )
    return value
  }
  const decodedText = bytes.length === 1 ? String.fromCharCode(bytes[0]!) : Buffer.from(characters).toString("utf8")
  if (turnsText(decodedText)) line.notice("hidden-character", start, () => "A character that turns the direction of text is escaped.")
  for (const c of decodedText) {
    const code = c.codePointAt(0)!
    // Tabs and line ends are what escapes are for; within a name they, and in any text the others, only deceive.
    if (!isHidden(code) || (textBreaks(code) && (rule === "value" || rule === "target"))) continue
    if (code !== 0 && (rule === "value" || rule === "target")) {
      line.notice("hidden-character", start, () => "An attribute holds an invisible character, escaped.")
      continue
    }
    const value = code.toString(16).padStart(2, "0")
    line.problem(start, (where) => new Gff3Character({ message: `The invisible character ${value} is not allowed here.`, where, value }))
  }
  return decodedText
}
