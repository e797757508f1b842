/** Collects GFF3 rows into features and IDs, in any order of rows, and finds what contradicts itself. */
import type { Attributes, Gff3Row } from "../gff3/row.ts"
import { kindOf } from "../ontology/category.ts"
import { cdsFacts, geneFacts, isLinked, isTransSpliced, transcriptFacts } from "./attribute-facts.ts"
import type { Feature, Locus, Node, Sequence, Type } from "./feature.ts"
import { cyclesOf } from "./parent-cycles.ts"
import { Gff3DuplicateId, Gff3IdIllegal, Gff3ParentCycle, Gff3ParentMissing, Gff3PastEnd, Gff3UnknownSequence } from "./problems.ts"
import { ProblemList } from "./problem-list.ts"
import { quote } from "../text.ts"

/** Bytes of a gene id or sequence name: the reference's gene index takes no more (contract §2.14). */
export const nameBytes = 128
/** Lines of one error, and outsiders looked at again at the end. */
const linesTold = 100
const outsidersKept = 10_000

interface Outsider {
  readonly parent: Node
  readonly line: number
  readonly start: number
  readonly end: number
  readonly sequence: Sequence
}

const locus = (row: Gff3Row, field: number, attribute?: string): Locus => ({
  line: row.line,
  byte: row.byte,
  field,
  ...(attribute === undefined ? {} : { attribute })
})

const sameParents = (a: ReadonlyArray<Node>, b: ReadonlyArray<Node>): boolean =>
  a.length === b.length && (a.every((p, i) => p === b[i]) || a.every((p) => b.includes(p)))

const modelled = new Set(["gene", "transcript", "exon"])

export class FeatureGraph {
  readonly sequences = new Map<string, Sequence>()
  readonly types = new Map<string, Type>()
  readonly nodes = new Map<string, Node>()
  /** Rows of exon-like and CDS-like types. */
  readonly parts: Array<Feature> = []
  /** Genes and transcripts without ID. */
  readonly nameless: Array<Feature> = []
  rows = 0
  cdsRows = 0
  /** Rows that do not lie within a Parent; the first by line. */
  outside = 0
  firstOutside: Outsider | undefined
  readonly problems = new ProblemList()
  readonly #outsiders: Array<Outsider> = []
  readonly #pastEnd = new Map<Sequence, ProblemList>()
  readonly #ordered: Array<Sequence> = []
  readonly #lengths: ReadonlyMap<string, number> | undefined

  /** `lengths` of the sequences in bases; undefined where the FASTA could not be read: then nothing is said about sequences. */
  constructor(lengths: ReadonlyMap<string, number> | undefined) {
    this.#lengths = lengths
  }

  add(row: Gff3Row): void {
    this.rows++
    const sequence = this.#sequenceOf(row)
    this.#checkSpan(row, sequence)
    const type = this.#typeOf(row)
    type.rows++
    const { category } = type.kind
    if (category === "cds") this.cdsRows++
    const parents = this.#parentsOf(row, sequence)
    const id = row.attributes.get("ID")?.[0]
    const node = id === undefined ? undefined : this.#define(id, row, sequence, type, parents)
    if (category === "exon" || category === "cds") {
      this.parts.push(this.#feature(row, sequence, type, node, parents))
      return
    }
    if (node !== undefined) {
      // Other types may turn out to be transcripts or genes by what hangs below them.
      const candidate = category === "unknown" || (category === "other" && parents.length > 0)
      if (category !== "other" || candidate) (node.features ??= []).push(this.#feature(row, sequence, type, node, parents))
    } else if (category === "gene" || category === "transcript") this.nameless.push(this.#feature(row, sequence, type, undefined, parents))
  }

  /** Finds what only the whole file can tell. Call once, after the last row. */
  close(): void {
    this.#checkSequences()
    for (const [sequence, list] of this.#pastEnd) if (!sequence.circular) this.problems.take(list)
    this.#checkParents()
    this.#checkStrands()
    for (const found of cyclesOf(this.nodes.values())) {
      const first = found.reduce((a, b) => ((a.first?.line ?? 0) <= (b.first?.line ?? 0) ? a : b))
      const at = found.indexOf(first)
      const names = [...found.slice(at), ...found.slice(0, at)].map((n) => n.id)
      const shown = [...names.slice(0, 8), ...(names.length > 8 ? ["…"] : []), names[0] ?? ""].map((n) => (n === "…" ? n : quote(n)))
      this.problems.add(
        "Gff3ParentCycle",
        { ...first.first!, attribute: "Parent" },
        (where, more) =>
          new Gff3ParentCycle({ message: `Parent goes in a circle: ${shown.join(" → ")}${more}`, where, cycle: names.slice(0, linesTold) })
      )
    }
    this.#recheckOutsiders()
  }

  #feature(row: Gff3Row, sequence: Sequence, type: Type, node: Node | undefined, parents: ReadonlyArray<Node>): Feature {
    return {
      line: row.line,
      byte: row.byte,
      sequence,
      type,
      start: row.start,
      end: row.end,
      strand: row.strand,
      phase: row.phase,
      node,
      parents,
      sha256: row.recordSha256(),
      facts: factsOf(type, row.attributes)
    }
  }

  #sequenceOf(row: Gff3Row): Sequence {
    let sequence = this.sequences.get(row.seqid)
    if (sequence === undefined) {
      const index = this.#ordered.length
      sequence = { name: owned(row.seqid), index, length: this.#lengths?.get(row.seqid), circular: false, rows: 0, first: locus(row, 1) }
      this.#ordered.push(sequence)
      this.sequences.set(sequence.name, sequence)
      if (this.#lengths !== undefined) this.#checkName(row.seqid, sequence.first, "sequence name")
    }
    sequence.rows++
    if (row.line < sequence.first.line) sequence.first = locus(row, 1)
    if (sequence.length !== undefined && row.start === 1 && row.end === sequence.length)
      if (row.attributes.get("Is_circular")?.[0]?.toLowerCase() === "true") sequence.circular = true
    return sequence
  }

  #checkName(name: string, at: Locus, what: string): void {
    const bytes = Buffer.byteLength(name)
    const reason =
      bytes === 0 || name.trim() !== name
        ? "has white space at its ends"
        : bytes > nameBytes
          ? `has ${bytes} bytes, at most ${nameBytes} fit`
          : undefined
    if (reason === undefined) return
    this.problems.add(
      "Gff3IdIllegal",
      at,
      (where, more) =>
        new Gff3IdIllegal({ message: `${what} ${quote(name)} ${reason}${more}`, where, id: name.slice(0, nameBytes), reason })
    )
  }

  #checkSpan(row: Gff3Row, sequence: Sequence): void {
    const { length } = sequence
    if (length === undefined || row.end <= length) return
    const { name } = sequence
    const end = row.end
    const tell = (list: ProblemList) =>
      list.add(
        "Gff3PastEnd",
        locus(row, 5),
        (where, more) =>
          new Gff3PastEnd({
            message: `feature ends at ${end}, but sequence ${quote(name)} has ${length} bases${more}`,
            where,
            sequence: name,
            end,
            length
          })
      )
    // Once round at most: beyond that no Is_circular helps, which may stand on a later line.
    if (row.end > 2 * length || row.end - row.start >= length) return tell(this.problems)
    let list = this.#pastEnd.get(sequence)
    if (list === undefined) this.#pastEnd.set(sequence, (list = new ProblemList()))
    tell(list)
  }

  #typeOf(row: Gff3Row): Type {
    let type = this.types.get(row.type)
    if (type === undefined) {
      type = { name: owned(row.type), kind: kindOf(row.type), rows: 0, line: row.line }
      this.types.set(type.name, type)
    }
    if (row.line < type.line) type.line = row.line
    return type
  }

  #nodeOf(id: string): Node {
    let node = this.nodes.get(id)
    if (node === undefined) {
      node = {
        id: owned(id),
        first: undefined,
        type: undefined,
        sequence: undefined,
        strand: ".",
        start: 0,
        end: 0,
        parents: none,
        rows: 0,
        linked: true,
        otherStrand: undefined,
        features: undefined,
        role: undefined,
        hasParts: false,
        hasTranscripts: false,
        waiting: undefined
      }
      this.nodes.set(node.id, node)
    }
    return node
  }

  #parentsOf(row: Gff3Row, sequence: Sequence): ReadonlyArray<Node> {
    const ids = row.attributes.get("Parent")
    if (ids === undefined) return none
    const parents: Array<Node> = []
    for (const id of ids) {
      const parent = this.#nodeOf(id)
      if (parents.includes(parent)) continue
      parents.push(parent)
      if (parent.first === undefined) (parent.waiting ??= []).push(row.line, row.byte, row.start, row.end, sequence.index)
      else this.#checkInside(parent, row.line, row.start, row.end, sequence)
    }
    return parents
  }

  #define(id: string, row: Gff3Row, sequence: Sequence, type: Type, parents: ReadonlyArray<Node>): Node {
    const node = this.#nodeOf(id)
    const linked = isLinked(row.attributes)
    if (node.first === undefined) {
      node.first = locus(row, 9, "ID")
      node.type = type
      node.sequence = sequence
      node.strand = row.strand
      node.start = row.start
      node.end = row.end
      node.parents = parents
      node.rows = 1
      node.linked = linked
      if (type.kind.category === "gene") this.#checkName(id, node.first, "gene id")
      const waiting = node.waiting ?? []
      for (let i = 0; i < waiting.length; i += 5)
        this.#checkInside(node, waiting[i]!, waiting[i + 2]!, waiting[i + 3]!, this.#ordered[waiting[i + 4]!]!)
      node.waiting = undefined
      return node
    }
    const reason =
      node.type !== type
        ? `another type (${node.type?.name}, ${type.name})`
        : node.sequence !== sequence
          ? `another sequence (${node.sequence?.name}, ${sequence.name})`
          : !sameParents(node.parents, parents)
            ? "another Parent"
            : modelled.has(type.kind.category) && !(linked && node.linked)
              ? `a second ${type.name}`
              : undefined
    if (reason !== undefined) this.#duplicate(node, locus(row, 9, "ID"), reason)
    if (node.strand !== row.strand && !isTransSpliced(row.attributes)) node.otherStrand ??= locus(row, 7)
    node.start = Math.min(node.start, row.start)
    node.end = Math.max(node.end, row.end)
    node.rows++
    node.linked &&= linked
    return node
  }

  #duplicate(node: Node, at: Locus, reason: string): void {
    this.problems.add(
      "Gff3DuplicateId",
      at,
      (where, more) =>
        new Gff3DuplicateId({
          message: `ID ${quote(node.id)} of line ${node.first?.line} is used again: ${reason}${more}`,
          where,
          id: node.id,
          firstLine: node.first?.line ?? 0,
          reason
        })
    )
  }

  #checkInside(parent: Node, line: number, start: number, end: number, sequence: Sequence): void {
    const outsider = { parent, line, start, end, sequence }
    if (isInside(outsider)) return
    if (this.#outsiders.length < outsidersKept) this.#outsiders.push(outsider)
    else this.#tellOutside(outsider)
  }

  #tellOutside(outsider: Outsider): void {
    this.outside++
    if (this.firstOutside === undefined || outsider.line < this.firstOutside.line) this.firstOutside = outsider
  }

  // A parent may have grown by later rows, and its sequence may have turned out circular.
  #recheckOutsiders(): void {
    for (const outsider of this.#outsiders) if (!isInside(outsider)) this.#tellOutside(outsider)
  }

  #checkSequences(): void {
    if (this.#lengths === undefined) return
    for (const { name, length, rows, first } of this.sequences.values()) {
      if (length !== undefined) continue
      this.problems.add(
        "Gff3UnknownSequence",
        first,
        (where, more) =>
          new Gff3UnknownSequence({
            message: `sequence ${quote(name)} of ${rows} GFF3 row${rows === 1 ? "" : "s"} is not in the FASTA${more}`,
            where,
            sequence: name,
            rows
          })
      )
    }
  }

  #checkParents(): void {
    for (const node of this.nodes.values()) {
      if (node.first !== undefined || node.waiting === undefined) continue
      const lines: Array<number> = []
      for (let i = 0; i < node.waiting.length && lines.length < linesTold; i += 5) lines.push(node.waiting[i]!)
      const rows = node.waiting.length / 5
      const shown = `${lines.slice(0, 3).join(", ")}${rows > 3 ? " …" : ""}`
      this.problems.add(
        "Gff3ParentMissing",
        { line: node.waiting[0]!, byte: node.waiting[1]!, field: 9, attribute: "Parent" },
        (where, more) =>
          new Gff3ParentMissing({
            message: `Parent ${quote(node.id)} of ${rows === 1 ? "a row" : `${rows} rows`} (line${rows === 1 ? "" : "s"} ${shown}) is not defined${more}`,
            where,
            parent: node.id,
            rows,
            lines
          })
      )
    }
  }

  // Rows of one feature on two strands are trans-spliced where they say so, or where what they are part of has no strand.
  #checkStrands(): void {
    for (const node of this.nodes.values()) {
      if (node.otherStrand === undefined || node.parents.some((p) => p.strand === "." || p.strand === "?")) continue
      this.#duplicate(node, node.otherStrand, "another strand")
    }
  }
}

const none: ReadonlyArray<never> = []

/** A copy of its own: a text cut from a line keeps the whole line in memory. */
const owned = (text: string): string => Buffer.from(text).toString()

const isInside = ({ parent, start, end, sequence }: Outsider): boolean => {
  if (parent.sequence !== sequence) return false
  if (start >= parent.start && end <= parent.end) return true
  const { circular, length } = sequence
  if (!circular || length === undefined) return false
  return (start + length >= parent.start && end + length <= parent.end) || (start - length >= parent.start && end - length <= parent.end)
}

const factsOf = (type: Type, attributes: Attributes): Feature["facts"] => {
  switch (type.kind.category) {
    case "gene":
      return geneFacts(attributes)
    case "transcript":
    case "unknown":
    case "other":
      return transcriptFacts(attributes)
    case "cds":
      return cdsFacts(attributes)
    case "exon":
      return undefined
  }
}
