/**
 * The ruleset `ontology` over a file that falls into parts: rows that stand together, share no place with other rows, and name no ID of
 * theirs, as in any annotation that is sorted by place or grouped by gene. Each part goes through the very steps of `OntologyModel`, is given
 * out and forgotten. Where the file does not fall apart so, or anything is wrong with it, there is no outcome: it must be read as a whole.
 */
import { compareCodePoints } from "../canonical-json.ts"
import type { Gff3Row } from "../gff3/row.ts"
import { plain } from "../profile/profiles.ts"
import { rulesOf } from "../profile/profile.ts"
import { assemble } from "./assemble.ts"
import { CodingCheck, type FetchOf } from "./coding-check.ts"
import { Tally } from "./draft.ts"
import { Drafts } from "./drafts.ts"
import { duplicateSegments } from "./duplicate-segments.ts"
import { FeatureGraph } from "./feature-graph.ts"
import type { Sequence, Type } from "./feature.ts"
import type { GeneModel } from "./gene-model.ts"
import { type DraftTallies, findingsOf, type ModelFinding } from "./model-findings.ts"
import { NameSet } from "./name-set.ts"
import { inFileOrder, type OntologyModelOptions } from "./ontology-model.ts"
import { wantedIds } from "./own-ids.ts"
import { SequenceCodes } from "./sequence-codes.ts"

/** A part ends at the first gap behind so many rows; more gain no time. */
const usualRows = 1000

/** What a whole model has beside its rows. */
export type ModelTotals = Omit<GeneModel, "genes" | "transcripts" | "exons" | "cds" | "lineage">

export interface SeparableOutcome {
  readonly totals: ModelTotals
  readonly findings: ReadonlyArray<ModelFinding>
  readonly seqids: ReadonlyArray<string>
}

/** Where rows of one part, or of parts, lie on a sequence. */
interface Stretch {
  start: number
  end: number
}

interface Ended {
  /** Ascending, without overlaps. */
  readonly stretches: Array<Stretch>
  readonly circular: boolean
}

export class SeparableModel {
  readonly #options: OntologyModelOptions
  readonly #onPart: (part: GeneModel) => void
  readonly #rowsOfPart: number
  readonly #mostRows: number
  readonly #graph: FeatureGraph
  readonly #coding: CodingCheck | undefined
  readonly #names = new NameSet()
  readonly #ended = new Map<Sequence, Ended>()
  readonly #tallies: DraftTallies = {
    rnasWithoutGene: new Tally(),
    cdsWithoutGene: new Tally(),
    withoutId: new Tally(),
    strayExons: new Tally(),
    severalGenes: new Tally()
  }
  readonly #fallbacks: Array<string> = []
  readonly #several: Array<string> = []
  readonly #biotypeSources = new Map<string, number>()
  #rows = 0
  /** The part's stretch on each of its sequences; the last is the one that grows. */
  #part = new Map<string, Stretch>()
  #seqid = ""
  #stretch: Stretch | undefined
  #fails = false

  /** `onPart` gets each part as a model of its own, whose totals are of no use; what it throws is the caller's. Rows of which `mostRows` make no part are given up. */
  constructor(
    options: OntologyModelOptions,
    fetch: FetchOf | undefined,
    onPart: (part: GeneModel) => void,
    { rowsOfPart = usualRows, mostRows = Number.POSITIVE_INFINITY }: { readonly rowsOfPart?: number; readonly mostRows?: number } = {}
  ) {
    this.#mostRows = mostRows
    this.#options = options
    this.#onPart = onPart
    this.#rowsOfPart = rowsOfPart
    const lengths = options.contigs && new Map(options.contigs.map((c) => [c.name, c.length]))
    this.#graph = new FeatureGraph(lengths, rulesOf(options.profile ?? plain, plain))
    this.#coding = fetch === undefined ? undefined : new CodingCheck(fetch, new SequenceCodes(options.geneticCodes))
  }

  add(row: Gff3Row): void {
    if (this.#fails) return
    const isRoot = !row.attributes.has("Parent")
    // What is no part of a gene model has no place in it, such as the row of a whole chromosome.
    const hasPlace = !isRoot || this.#graph.typeOf(row).kind.category !== "other"
    if (isRoot && this.#rows > 0 && this.#graph.undefinedIds === 0) this.#mayEnd(row, hasPlace)
    if (hasPlace) this.#reach(row)
    if (++this.#rows > this.#mostRows) return this.#giveUp()
    this.#graph.add(row)
  }

  #giveUp(): void {
    this.#fails = true
    this.#graph.forget()
  }

  /** Whether it is known already that the rows have no parts. */
  get fails(): boolean {
    return this.#fails
  }

  /** Undefined where the file must be read as a whole. */
  finish(): SeparableOutcome | undefined {
    this.#end()
    const graph = this.#graph
    if (this.#fails) return undefined
    graph.closeSequences()
    for (const [sequence, { circular }] of this.#ended) if (sequence.circular !== circular) this.#fails = true
    if (this.#fails || graph.problems.count > 0) return undefined
    this.#coding?.codes.inFileOrder()
    graph.references.settle((id) => this.#names.has(id))
    const { contigs = [] } = this.#options
    return {
      totals: {
        contigs: [...contigs].sort((a, b) => compareCodePoints(a.name, b.name)),
        anomalies: {
          missing_parents: [],
          missing_transcript_parents: [],
          multiple_parent_transcripts: this.#several.sort(compareCodePoints),
          unknown_contigs: [],
          overlapping_ids: [],
          duplicate_gene_ids: [],
          overlapping_gene_ids_across_contigs: [],
          orphan_transcripts: [],
          parent_cycles: [],
          attribute_fallbacks: this.#fallbacks.sort(compareCodePoints),
          unknown_feature_types: [...graph.types.values()]
            .filter(isUnknown)
            .map((t) => t.name)
            .sort(compareCodePoints),
          missing_required_fields: [],
          rejections: [],
          scientific_ambiguities: []
        },
        totalFeatures: graph.rows,
        cdsRows: graph.cdsRows,
        unknownContigFeatures: 0,
        biotypeSources: new Map([...this.#biotypeSources].sort(([a], [b]) => compareCodePoints(a, b)))
      },
      findings: findingsOf(graph, this.#tallies, this.#coding),
      seqids: [...graph.sequences.values()].sort((a, b) => a.first.line - b.first.line).map(({ name }) => name)
    }
  }

  /** Ends the part before a row that begins something behind it. */
  #mayEnd({ seqid, start, end, attributes }: Gff3Row, hasPlace: boolean): void {
    const stretch = this.#stretch
    const isApart = stretch === undefined || seqid !== this.#seqid || start > stretch.end || end < stretch.start
    const isBack = hasPlace && stretch !== undefined && (seqid === this.#seqid ? end < stretch.start : this.#part.has(seqid))
    if (!isApart || !(isBack || this.#rows >= this.#rowsOfPart)) return
    // How an organelle's CDS are read is decided by all of them.
    if (seqid === this.#seqid && this.#graph.sequences.get(seqid)?.organelle !== undefined) return
    const id = attributes.get("ID")?.[0]
    if (id === undefined || !this.#graph.nodes.has(id)) this.#end()
  }

  #reach({ seqid, start, end }: Gff3Row): void {
    if (seqid !== this.#seqid || this.#stretch === undefined) {
      this.#seqid = seqid
      this.#stretch = this.#part.get(seqid)
      if (this.#stretch === undefined) this.#part.set(seqid, (this.#stretch = { start, end }))
    }
    if (start < this.#stretch.start) this.#stretch.start = start
    if (end > this.#stretch.end) this.#stretch.end = end
  }

  #end(): void {
    if (this.#fails || this.#rows === 0) return
    this.#fails = !this.#take()
    this.#graph.forget()
    this.#part = new Map()
    this.#stretch = undefined
    this.#rows = 0
  }

  #take(): boolean {
    const graph = this.#graph
    graph.closeFeatures()
    if (graph.problems.count > 0 || !this.#isApart()) return false
    const { profile, onTranscript, geneticCodes: _ } = this.#options
    const drafts = new Drafts(graph, profile)
    duplicateSegments(drafts, graph.problems)
    if (graph.problems.count > 0 || !this.#areNew(drafts)) return false
    const part = assemble(graph, drafts, [], profile)
    for (const text of part.anomalies.attribute_fallbacks) this.#fallbacks.push(text)
    for (const id of part.anomalies.multiple_parent_transcripts) this.#several.push(id)
    for (const [source, genes] of part.biotypeSources) this.#biotypeSources.set(source, (this.#biotypeSources.get(source) ?? 0) + genes)
    for (const [name, tally] of Object.entries(this.#tallies)) tally.take(drafts[name as keyof DraftTallies])
    const coding = this.#coding
    if (coding !== undefined) {
      const transcripts = [...drafts.transcripts.values(), ...drafts.own.values()].sort(inFileOrder)
      coding.codes.learn(transcripts, coding.fetch)
      for (const transcript of transcripts) {
        coding.look(transcript)
        onTranscript?.(transcript, coding.fetch, coding.codes)
      }
    }
    this.#onPart(part)
    return true
  }

  /** Whether the part shares no place with those before it. */
  #isApart(): boolean {
    for (const [seqid, { start, end }] of this.#part) {
      const sequence = this.#graph.sequences.get(seqid)
      // A sequence without length is not in the FASTA: nothing of it can be read.
      if (sequence?.length === undefined) return false
      const { circular, organelle } = sequence
      const ended = this.#ended.get(sequence)
      if (ended === undefined) {
        this.#ended.set(sequence, { stretches: [{ start, end }], circular })
        continue
      }
      if (ended.circular !== circular || organelle !== undefined) return false
      const { stretches } = ended
      let at = stretches.length
      while (at > 0 && stretches[at - 1]!.start > end) at--
      const before = stretches[at - 1]
      if (before !== undefined && before.end >= start) return false
      // What goes on behind the last one makes that one longer; gaps are nobody's but theirs.
      if (before !== undefined && at === stretches.length) before.end = end
      else stretches.splice(at, 0, { start, end })
    }
    return true
  }

  /** Whether no name of the part was in those before it: IDs, and what genes and transcripts are called or would like to be. */
  #areNew(drafts: Drafts): boolean {
    const names = new Set(this.#graph.nodes.keys())
    for (const id of wantedIds(this.#graph.nodes.values(), this.#options.profile ?? plain)) names.add(id)
    for (const { id } of drafts.genes.values()) names.add(id)
    for (const { id } of drafts.inferred) names.add(id)
    for (const { id } of drafts.own.values()) names.add(id)
    for (const { id, geneName } of drafts.transcripts.values()) {
      names.add(id)
      if (geneName !== undefined) names.add(geneName)
    }
    for (const name of names) if (!this.#names.add(name)) return false
    return true
  }
}

const isUnknown = (type: Type): boolean => type.kind.category === "unknown"
