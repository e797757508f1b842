/**
 * Globs of waivers and selectors: `*` is any text (also across `/`), `?` any one character, all else itself. Never exponential:
 * a star that fails is only moved on, so the time is at most (text × longest stretch between stars).
 */
export interface Glob {
  /** Code points, or `Star`, or `One`. */
  readonly parts: Int32Array
  /** The only text that it matches, if it has no `*` or `?`. */
  readonly literal: string | null
}

const Star = -1
const One = -2

/** With `escapes`, a backslash makes the next character stand for itself. A backslash at the end is itself. */
export const globOf = (pattern: string, escapes = false): Glob => {
  const parts: Array<number> = []
  let literal = ""
  let isLiteral = true
  let escaped = false
  for (const character of pattern) {
    if (escapes && !escaped && character === "\\") {
      escaped = true
      continue
    }
    if (!escaped && character === "*") {
      isLiteral = false
      if (parts[parts.length - 1] !== Star) parts.push(Star)
    } else if (!escaped && character === "?") {
      isLiteral = false
      parts.push(One)
    } else {
      parts.push(character.codePointAt(0) as number)
      literal += character
    }
    escaped = false
  }
  if (escaped) {
    parts.push(92)
    literal += "\\"
  }
  return { parts: Int32Array.from(parts), literal: isLiteral ? literal : null }
}

/** A glob that matches `text` and nothing else, whatever characters it holds. */
export const literalGlob = (text: string): Glob => ({ parts: Int32Array.from(text, (c) => c.codePointAt(0) as number), literal: text })

const width = (point: number): number => (point > 0xffff ? 2 : 1)

/** True if the whole of `text` fits. */
export const matches = (glob: Glob, text: string): boolean => {
  if (glob.literal !== null) return glob.literal === text
  const { parts } = glob
  let at = 0
  let part = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    const point = text.codePointAt(at) as number
    const wanted = parts[part]
    if (wanted === Star) {
      star = part++
      resume = at
      if (part === parts.length) return true
    } else if (wanted === One || wanted === point) {
      part++
      at += width(point)
    } else if (star >= 0) {
      resume += width(text.codePointAt(resume) as number)
      at = resume
      part = star + 1
    } else return false
  }
  while (parts[part] === Star) part++
  return part === parts.length
}
