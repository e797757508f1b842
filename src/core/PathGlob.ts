/**
 * Globs of paths, as shells have them: `*` and `?` within a name, `[a-z]` and `[!a-z]`, `{a,b}`, `**` for any folders, `\` before a
 * character that stands for itself. A name that begins with a dot is only met by one that begins with it. Never exponential in a name.
 */

/** One part of a path: a name, any folders, or what a name has to be like. */
export type GlobPart =
  | { readonly is: "name"; readonly name: string }
  | { readonly is: "folders" }
  | { readonly is: "like"; readonly fits: (name: string) => boolean }

export interface PathPattern {
  readonly absolute: boolean
  /** At least one; the last is never `folders`. */
  readonly parts: ReadonlyArray<GlobPart>
}

/** More alternatives than any list of files wants. */
const most = 1024

/** Where the brace at `open` ends and its alternatives part; null if it has none. */
const braceAt = (pattern: string, open: number): { readonly end: number; readonly commas: ReadonlyArray<number> } | null => {
  const commas: Array<number> = []
  let depth = 0
  for (let at = open; at < pattern.length; at++) {
    const c = pattern[at]
    if (c === "\\") at++
    else if (c === "{") depth++
    else if (c === "," && depth === 1) commas.push(at)
    else if (c === "}" && --depth === 0) return commas.length === 0 ? null : { end: at, commas }
  }
  return null
}

/** The pattern's alternatives, with braces that hold none left as they are; null if there are too many. */
const alternatives = (pattern: string): ReadonlyArray<string> | null => {
  const done: Array<string> = []
  const open: Array<readonly [text: string, from: number]> = [[pattern, 0]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [text, from] = next
    let at = from
    let brace: ReturnType<typeof braceAt> = null
    for (; at < text.length; at++) {
      if (text[at] === "\\") at++
      else if (text[at] === "{" && (brace = braceAt(text, at)) !== null) break
    }
    if (brace === null) {
      done.push(text)
      if (done.length > most) return null
      continue
    }
    const edges = [at, ...brace.commas, brace.end]
    if (open.length + edges.length > most) return null
    for (let one = edges.length - 1; one > 0; one--) {
      const inner = text.slice((edges[one - 1] as number) + 1, edges[one])
      open.push([text.slice(0, at) + inner + text.slice(brace.end + 1), at])
    }
  }
  return done
}

const Star = "star"
type Bit = typeof Star | ((point: number) => boolean)

/** The class that begins at `open`, and where it ends; null if it is not closed. */
const classAt = (text: string, open: number): { readonly fits: (point: number) => boolean; readonly end: number } | null => {
  let at = open + 1
  const not = text[at] === "!" || text[at] === "^"
  if (not) at++
  const ranges: Array<readonly [number, number]> = []
  const point = (): number => {
    if (text[at] === "\\" && at + 1 < text.length) at++
    const found = text.codePointAt(at) as number
    at += found > 0xffff ? 2 : 1
    return found
  }
  for (let first = true; at < text.length; first = false) {
    if (text[at] === "]" && !first) return { fits: (is) => ranges.some(([a, b]) => a <= is && is <= b) !== not, end: at }
    const low = point()
    if (text[at] === "-" && at + 1 < text.length && text[at + 1] !== "]") {
      at++
      ranges.push([low, point()])
    } else ranges.push([low, low])
  }
  return null
}

const anyPoint = (): boolean => true

/** What a part of a pattern is; null for an empty one and for `.`. */
const partOf = (text: string): GlobPart | null => {
  if (text === "" || text === ".") return null
  if (text === "**") return { is: "folders" }
  const bits: Array<Bit> = []
  let name = ""
  let plain = true
  for (let at = 0; at < text.length;) {
    const c = text[at] as string
    const inClass = c === "[" ? classAt(text, at) : null
    if (c === "*" || c === "?" || inClass !== null) {
      plain = false
      if (inClass !== null) bits.push(inClass.fits)
      else if (c === "?") bits.push(anyPoint)
      else if (bits.at(-1) !== Star) bits.push(Star)
      at = inClass === null ? at + 1 : inClass.end + 1
      continue
    }
    if (c === "\\" && at + 1 < text.length) at++
    const wanted = text.codePointAt(at) as number
    const character = String.fromCodePoint(wanted)
    name += character
    bits.push((is) => is === wanted)
    at += character.length
  }
  const dotted = text.startsWith(".") || text.startsWith("\\.")
  return plain ? { is: "name", name } : { is: "like", fits: (one) => (dotted || !one.startsWith(".")) && fitsAll(bits, one) }
}

/** A star that fails is only moved on. */
const fitsAll = (bits: ReadonlyArray<Bit>, name: string): boolean => {
  const points = Array.from(name, (c) => c.codePointAt(0) as number)
  let at = 0
  let bit = 0
  let star = -1
  let resume = 0
  while (at < points.length) {
    const wanted = bits[bit]
    if (wanted === Star) {
      star = bit++
      resume = at
    } else if (wanted !== undefined && wanted(points[at] as number)) {
      bit++
      at++
    } else if (star >= 0) {
      at = ++resume
      bit = star + 1
    } else return false
  }
  while (bits[bit] === Star) bit++
  return bit === bits.length
}

/** Parts between slashes; a backslash keeps what follows together. */
const split = (text: string): ReadonlyArray<string> => {
  const parts: Array<string> = []
  let part = ""
  for (let at = 0; at < text.length; at++) {
    const c = text[at] as string
    if (c === "/") {
      parts.push(part)
      part = ""
    } else if (c === "\\" && at + 1 < text.length) part += c + text[++at]
    else part += c
  }
  return [...parts, part]
}

/** What `pattern` stands for, or why it is none. A leading `!` is no part of it. */
export const parsePattern = (pattern: string): { readonly ok: ReadonlyArray<PathPattern> } | { readonly problem: string } => {
  if (pattern.includes("\0")) return { problem: "holds a NUL" }
  const texts = alternatives(pattern)
  if (texts === null) return { problem: `stands for more than ${most} patterns` }
  const found: Array<PathPattern> = []
  for (const text of texts) {
    if (text === "") return { problem: "is empty" }
    if (text.endsWith("/")) return { problem: "names a folder: end it with /* or /**" }
    const parts = split(text).flatMap((one) => partOf(one) ?? [])
    const last = parts.at(-1)
    if (last === undefined || (last.is === "name" && last.name === "..")) return { problem: "names a folder: end it with /* or /**" }
    // `**` at the end is every file below
    const whole: ReadonlyArray<GlobPart> = last.is === "folders" ? [...parts, partOf("*") as GlobPart] : parts
    found.push({
      absolute: text.startsWith("/"),
      parts: whole.filter(({ is }, at) => is !== "folders" || whole[at - 1]?.is !== "folders")
    })
  }
  return { ok: found }
}

/** Whether a path, by its names, is one of the pattern's. */
export const fitsPath = ({ parts }: PathPattern, names: ReadonlyArray<string>): boolean => {
  /** Of how many names from the front what was gone through so far may be the pattern. */
  let reached = new Set([0])
  for (const part of parts) {
    const next = new Set<number>()
    for (const at of reached) {
      if (part.is === "folders") for (let to = at; to <= names.length; to++) next.add(to)
      else if (at < names.length && (part.is === "name" ? part.name === names[at] : part.fits(names[at] as string))) next.add(at + 1)
    }
    reached = next
  }
  return reached.has(names.length)
}
