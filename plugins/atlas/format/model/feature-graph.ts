/** Collects GFF3 rows into features and IDs, in any order of rows, and finds what contradicts itself. */
import type { Gff3Row } from "../gff3/row.ts"
import { organelleOf } from "../coding/organelle.ts"
import { isUtr, kindOf } from "../ontology/category.ts"
import type { AttributeRules } from "../profile/profile.ts"
import { factsOf, isLinked, isTransSpliced } from "./attribute-facts.ts"
import type { Feature, Locus, Node, Sequence, Type } from "./feature.ts"
import { Outsiders } from "./outsiders.ts"
import { cyclesOf } from "./parent-cycles.ts"
import { tellTooDeep } from "./parent-depth.ts"
import {
  Gff3DuplicateId,
  Gff3IdIllegal,
  Gff3ParentCycle,
  Gff3ParentMissing,
  Gff3PastEnd,
  Gff3UnknownSequence,
  type ModelError
} from "./problems.ts"
import { ProblemList } from "./problem-list.ts"
import { References } from "./references.ts"
import { owned, quote } from "../text.ts"

/** Bytes of a gene id or sequence name: the reference's gene index takes no more (contract §2.14). */
export const nameBytes = 128
/** IDs of one cycle that are told. */
const idsTold = 100

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
  /** Rows of untranslated regions, where they are wanted. */
  readonly utrs: Array<Feature> = []
  /** Genes and transcripts without ID. */
  readonly nameless: Array<Feature> = []
  rows = 0
  cdsRows = 0
  readonly outsiders = new Outsiders()
  readonly references = new References()
  /** IDs that rows so far name as Parent and none has. */
  undefinedIds = 0
  readonly problems: ProblemList
  /** IDs and sequences of which every row is wrong; filled where a lenient reading asked for all wrong rows. */
  readonly wrongIds = new Map<string, ModelError["_tag"]>()
  readonly wrongSequences = new Map<string, ModelError["_tag"]>()
  readonly #pastEnd = new Map<Sequence, ProblemList>()
  readonly #ordered: Array<Sequence> = []
  readonly #lengths: ReadonlyMap<string, number> | undefined
  readonly #rules: AttributeRules
  readonly #keepsUtrs: boolean

  /**
   * `lengths` of the sequences in bases; undefined where the FASTA could not be read: then nothing is said about sequences.
   * `keepsAll`: every wrong row is kept, not only those that are told. `keepsUtrs`: `utrs` is filled.
   */
  constructor(
    lengths: ReadonlyMap<string, number> | undefined,
    rules: AttributeRules,
    { keepsAll = false, keepsUtrs = false }: { readonly keepsAll?: boolean | undefined; readonly keepsUtrs?: boolean } = {}
  ) {
    this.#lengths = lengths
    this.#rules = rules
    this.#keepsUtrs = keepsUtrs
    this.problems = new ProblemList(keepsAll)
  }

  get #keepsAll(): boolean {
    return this.problems.every !== undefined
  }

  add(row: Gff3Row): void {
    this.rows++
    const sequence = this.#sequenceOf(row)
    this.#checkSpan(row, sequence)
    const type = this.typeOf(row)
    type.rows++
    const { category } = type.kind
    if (category === "cds") this.cdsRows++
    const parents = this.#parentsOf(row, sequence)
    const origin = row.attributes.get("Derives_from")?.[0]
    if (origin !== undefined) this.references.derivesFrom(origin, row.line)
    const id = row.attributes.get("ID")?.[0]
    const node = id === undefined ? undefined : this.#define(id, row, sequence, type, parents)
    if (category === "exon" || category === "cds") {
      this.parts.push(this.#feature(row, sequence, type, node, parents))
      return
    }
    if (this.#keepsUtrs && parents.length > 0 && isUtr(type.name)) this.utrs.push(this.#feature(row, sequence, type, node, parents))
    if (node !== undefined) {
      // Other types may turn out to be transcripts or genes by what hangs below them.
      const candidate = category === "unknown" || (category === "other" && parents.length > 0)
      if (category !== "other" || candidate) (node.features ??= []).push(this.#feature(row, sequence, type, node, parents))
    } else if (category === "gene" || category === "transcript") this.nameless.push(this.#feature(row, sequence, type, undefined, parents))
  }

  /** Finds what only the whole file can tell. Call once, after the last row. */
  close(): void {
    this.closeSequences()
    this.closeFeatures()
  }

  /** The part of `close` that is of sequences: for a file whose features are closed as they come. */
  closeSequences(): void {
    this.#checkSequences()
    for (const [sequence, list] of this.#pastEnd) if (!sequence.circular) this.problems.take(list)
  }

  /** The part of `close` that is of the features and IDs at hand. */
  closeFeatures(): void {
    this.#checkParents()
    this.#checkStrands()
    let circles = 0
    for (const found of cyclesOf(this.nodes.values())) {
      circles++
      const first = found.reduce((a, b) => ((a.first?.line ?? 0) <= (b.first?.line ?? 0) ? a : b))
      const at = found.indexOf(first)
      const names = [...found.slice(at), ...found.slice(0, at)].map((n) => n.id)
      const shown = [...names.slice(0, 8), ...(names.length > 8 ? ["…"] : []), names[0] ?? ""].map((n) => (n === "…" ? n : quote(n)))
      this.problems.add(
        "Gff3ParentCycle",
        { ...first.first!, attribute: "Parent" },
        (where, more) =>
          new Gff3ParentCycle({ message: `Parent goes in a circle: ${shown.join(" → ")}${more}`, where, cycle: names.slice(0, idsTold) })
      )
      if (this.#keepsAll) for (const name of names) this.wrongIds.set(name, "Gff3ParentCycle")
    }
    if (circles === 0) tellTooDeep(this.nodes.values(), this.problems, this.#keepsAll ? this.wrongIds : undefined)
    this.outsiders.recheck()
    this.references.settle((id) => this.nodes.get(id)?.first !== undefined)
  }

  /** Drops features and IDs; sequences, types and counts stay. After `closeFeatures`, where no later row names one of them. */
  forget(): void {
    this.nodes.clear()
    this.parts.length = 0
    this.nameless.length = 0
    this.utrs.length = 0
    this.outsiders.forget()
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
      bytes: row.bytes,
      facts: factsOf(type, row.attributes, this.#rules)
    }
  }

  #sequenceOf(row: Gff3Row): Sequence {
    let sequence = this.sequences.get(row.seqid)
    if (sequence === undefined) {
      const index = this.#ordered.length
      const length = this.#lengths?.get(row.seqid)
      const organelle = organelleOf(row.seqid, undefined)
      sequence = { name: owned(row.seqid), index, length, circular: false, organelle, rows: 0, first: locus(row, 1) }
      this.#ordered.push(sequence)
      this.sequences.set(sequence.name, sequence)
      if (this.#lengths !== undefined) this.#checkName(row.seqid, sequence.first, "sequence name")
    }
    sequence.rows++
    if (row.line < sequence.first.line) sequence.first = locus(row, 1)
    if (sequence.length !== undefined && row.start === 1 && row.end === sequence.length) {
      if (row.attributes.get("Is_circular")?.[0]?.toLowerCase() === "true") sequence.circular = true
      const genome = row.attributes.get("genome")?.[0]
      if (genome !== undefined) sequence.organelle = organelleOf(row.seqid, genome)
    }
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
    if (this.#keepsAll) (what === "gene id" ? this.wrongIds : this.wrongSequences).set(owned(name), "Gff3IdIllegal")
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
    if (list === undefined) this.#pastEnd.set(sequence, (list = new ProblemList(this.#keepsAll)))
    tell(list)
  }

  /** The value of column 3, known from now on. */
  typeOf(row: Gff3Row): Type {
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
      if (parent.first === undefined && parent.waiting === undefined) this.undefinedIds++
      if (parent.first === undefined) (parent.waiting ??= []).push(row.line, row.byte, row.start, row.end, sequence.index)
      else this.outsiders.check(parent, row.line, row.start, row.end, sequence)
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
      if (node.waiting !== undefined) this.undefinedIds--
      const waiting = node.waiting ?? []
      for (let i = 0; i < waiting.length; i += 5) {
        this.outsiders.check(node, waiting[i]!, waiting[i + 2]!, waiting[i + 3]!, this.#ordered[waiting[i + 4]!]!)
        if (waiting[i]! < (row.resolved ?? 0)) this.references.late.add(waiting[i]!)
      }
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
    if (node.strand !== row.strand && !isTransSpliced(row.attributes)) (node.otherStrand ??= []).push(locus(row, 7))
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

  #checkSequences(): void {
    if (this.#lengths === undefined) return
    for (const { name, length, rows, first } of this.sequences.values()) {
      if (length !== undefined) continue
      if (this.#keepsAll) this.wrongSequences.set(name, "Gff3UnknownSequence")
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
      const rows = node.waiting.length / 5
      const message = `Parent ${quote(node.id)} is not defined${rows === 1 ? "" : ` (${rows} rows name it)`}`
      for (let i = 0; i < node.waiting.length; i += 5)
        this.problems.add(
          "Gff3ParentMissing",
          { line: node.waiting[i]!, byte: node.waiting[i + 1]!, field: 9, attribute: "Parent" },
          (where, more) => new Gff3ParentMissing({ message: message + more, where, parent: node.id, rows })
        )
    }
  }

  // Rows of one feature on two strands are trans-spliced where they say so, or where what they are part of has no strand.
  #checkStrands(): void {
    for (const node of this.nodes.values()) {
      if (node.otherStrand === undefined || node.parents.some((p) => p.strand === "." || p.strand === "?")) continue
      for (const at of node.otherStrand) this.#duplicate(node, at, "another strand")
    }
  }
}

const none: ReadonlyArray<never> = []
