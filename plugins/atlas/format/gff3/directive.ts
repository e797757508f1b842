/** Lines that begin with `##`: what the specification calls pragmas or directives. */
import { LimitExceeded } from "../limits.ts"
import { cut, owned, quote } from "../text.ts"
import { positiveInteger, seqidOf } from "./columns.ts"
import { Gff3SequenceRegion, Gff3Version } from "./failure.ts"
import type { Gff3Line } from "./line.ts"

/** `##sequence-region`: 1-based and closed. */
export interface SequenceRegion {
  readonly seqid: string
  readonly start: number
  readonly end: number
  /** 1-based line of the file. */
  readonly line: number
}

export type Gff3Directive =
  | { readonly kind: "gff-version"; readonly line: number; readonly version: string }
  | ({ readonly kind: "sequence-region" } & SequenceRegion)
  /** `###`: all references so far are resolved. */
  | { readonly kind: "resolved"; readonly line: number }
  | { readonly kind: "fasta"; readonly line: number }
  /** species, feature-ontology and so on; `value` is the rest of the line. */
  | { readonly kind: "other"; readonly line: number; readonly name: string; readonly value: string }

/** Words of the text between blanks, with where each begins. */
const words = (text: string, from: number): ReadonlyArray<{ readonly at: number; readonly end: number }> => {
  const found: Array<{ at: number; end: number }> = []
  for (let at = from; at < text.length;) {
    while (at < text.length && isBlank(text.charCodeAt(at))) at++
    const start = at
    while (at < text.length && !isBlank(text.charCodeAt(at))) at++
    if (at > start) found.push({ at: start, end: at })
  }
  return found
}

const isBlank = (code: number) => code === 32 || code === 9

/** Reads the directives of one file; keeps its regions, to compare. */
export class DirectiveReader {
  version: string | null = null
  readonly regions = new Map<string, SequenceRegion>()

  /** Null if the line is a problem. */
  read(line: Gff3Line): Gff3Directive | null {
    const text = line.text
    if (text.startsWith("###") && text.slice(3).trim() === "") return { kind: "resolved", line: line.number }
    const [name, ...rest] = words(text, 2)
    const word = name === undefined ? "" : text.slice(name.at, name.end)
    if (word === "FASTA") return { kind: "fasta", line: line.number }
    if (word === "gff-version") return this.#version(line, rest[0] ?? { at: text.length, end: text.length })
    if (word === "sequence-region") return this.#region(line, rest)
    return { kind: "other", line: line.number, name: word, value: name === undefined ? "" : text.slice(name.end).trim() }
  }

  #version(line: Gff3Line, word: { readonly at: number; readonly end: number }): Gff3Directive | null {
    const version = line.text.slice(word.at, word.end)
    if (version !== "3" && !version.startsWith("3.")) {
      line.problem(word.at, (where) => new Gff3Version({ message: `The version ${quote(version)} is not 3.`, where, value: cut(version) }))
      return null
    }
    if (line.number !== 1) line.notice("late-gff-version", 0, () => "##gff-version does not stand in the first line.")
    this.version ??= version
    return { kind: "gff-version", line: line.number, version }
  }

  #region(line: Gff3Line, rest: ReadonlyArray<{ readonly at: number; readonly end: number }>): Gff3Directive | null {
    const bad = (at: number, message: string) => {
      line.problem(at, (where) => new Gff3SequenceRegion({ message, where, value: cut(line.text, 200) }))
      return null
    }
    const [name, first, last, extra] = rest
    if (name === undefined || first === undefined || last === undefined)
      return bad(line.text.length, "A ##sequence-region is followed by name, start and end.")
    if (extra !== undefined) return bad(extra.at, "A ##sequence-region is followed by name, start and end, and nothing else.")
    const start = positiveInteger(line.text, first.at, first.end)
    if (Number.isNaN(start))
      return bad(first.at, `The region's start ${quote(line.text.slice(first.at, first.end))} is no integer of 1 or more.`)
    const end = positiveInteger(line.text, last.at, last.end)
    if (Number.isNaN(end)) return bad(last.at, `The region's end ${quote(line.text.slice(last.at, last.end))} is no integer of 1 or more.`)
    if (start > end) return bad(first.at, `The region's start ${start} lies behind its end ${end}.`)
    const seqid = owned(seqidOf(line, name.at, name.end))
    if (line.bad) return null
    const known = this.regions.get(seqid)
    if (known !== undefined && (known.start !== start || known.end !== end))
      return bad(
        name.at,
        `The region of ${quote(seqid)} is ${start} to ${end} here and ${known.start} to ${known.end} in line ${known.line}.`
      )
    const allowed = line.limits.sequences
    if (known === undefined && this.regions.size >= allowed) {
      const message = `There are more than ${allowed} ##sequence-region lines.`
      line.problem(0, (where) => new LimitExceeded({ message, where, limit: "sequences", allowed, found: allowed + 1 }))
      return null
    }
    const region = { seqid, start, end, line: line.number }
    if (known === undefined) this.regions.set(seqid, region)
    return { kind: "sequence-region", ...region }
  }
}
