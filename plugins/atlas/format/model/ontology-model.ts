/** The ruleset `ontology`: rows in, gene model out. Feature types mean what the Sequence Ontology says (decisions 2, 3). */
import type { Gff3Row } from "../gff3/row.ts"
import { assemble } from "./assemble.ts"
import { CodingCheck, type FetchOf } from "./coding-check.ts"
import type { TranscriptDraft } from "./draft.ts"
import { Drafts } from "./drafts.ts"
import { FeatureGraph } from "./feature-graph.ts"
import type { ContigRow, GeneModel } from "./gene-model.ts"
import { findingsOf, type ModelFinding } from "./model-findings.ts"
import type { Locate } from "./problem-list.ts"
import { type ModelError, Gff3NoGenes } from "./problems.ts"
import { type Profile, rulesOf } from "../profile/profile.ts"
import { plain } from "../profile/profiles.ts"
import { duplicateSegments } from "./duplicate-segments.ts"
import { SequenceCodes } from "./sequence-codes.ts"
import { type Wrong, wrongOf } from "./wrong.ts"

export interface OntologyModelOptions {
  /** The GFF3 as the user named it; errors carry it. */
  readonly path: string
  /** The FASTA's sequences; undefined where it could not be read, then nothing is said about sequences. */
  readonly contigs: ReadonlyArray<ContigRow> | undefined
  /** Columns for errors. */
  readonly locate?: Locate
  /** How the provider writes ids and names; `plain` if absent. */
  readonly profile?: Profile
  /** NCBI's table by sequence name, for CDS that state none. */
  readonly geneticCodes?: ReadonlyMap<string, number>
  /** Gets each transcript of a sound annotation, with what reads its residues; only where residues are known. */
  readonly onTranscript?: (transcript: TranscriptDraft, fetch: FetchOf, codes: SequenceCodes) => void
  /** The outcome tells all that is wrong, for a reading without it. */
  readonly lenient?: boolean
}

/** `model` is undefined where there are errors. */
export interface OntologyOutcome {
  readonly model: GeneModel | undefined
  readonly errors: ReadonlyArray<ModelError>
  /** Where there are errors and a lenient reading asked. */
  readonly wrong?: Wrong
  readonly findings: ReadonlyArray<ModelFinding>
  /** Sequences with at least one row. */
  readonly seqids: ReadonlyArray<string>
}

/** Feed rows with `add` in any order, then `finish` once. Memory: a record for each row of a gene model and for each ID. */
export class OntologyModel {
  readonly #graph: FeatureGraph
  readonly #options: OntologyModelOptions

  constructor(options: OntologyModelOptions) {
    this.#options = options
    const lengths = options.contigs && new Map(options.contigs.map((c) => [c.name, c.length]))
    this.#graph = new FeatureGraph(lengths, rulesOf(options.profile ?? plain, plain), {
      keepsAll: options.lenient,
      keepsUtrs: options.onTranscript !== undefined
    })
  }

  add(row: Gff3Row): void {
    this.#graph.add(row)
  }

  /** `fetch` gives residues for the look at every CDS; without it that look is left out. In steps, so that a caller may yield between them; the last value is the outcome. */
  *steps(fetch?: FetchOf): Generator<void, OntologyOutcome> {
    const graph = this.#graph
    const { path, contigs, locate } = this.#options
    const seqids = [...graph.sequences.keys()]
    const refused = (): OntologyOutcome => {
      const wrong = wrongOf(graph)
      const errors = graph.problems.errors(path, locate)
      return { model: undefined, errors, ...(wrong === undefined ? {} : { wrong }), findings: [], seqids }
    }
    graph.close()
    if (graph.problems.count > 0) return refused()
    yield
    const drafts = new Drafts(graph, this.#options.profile)
    yield
    duplicateSegments(drafts, graph.problems)
    if (graph.problems.count > 0) return refused()
    if (drafts.genes.size + drafts.inferred.length === 0) {
      const message = `no gene in ${graph.rows} row${graph.rows === 1 ? "" : "s"}`
      return { model: undefined, errors: [new Gff3NoGenes({ message, where: { path }, rows: graph.rows })], findings: [], seqids }
    }
    const model = assemble(graph, drafts, contigs ?? [], this.#options.profile)
    const coding = fetch === undefined ? undefined : yield* this.#read(drafts, fetch)
    return { model, errors: [], findings: findingsOf(graph, drafts, coding), seqids }
  }

  /** Looks at every CDS, and gives each transcript to who wants it. */
  *#read(drafts: Drafts, fetch: FetchOf): Generator<void, CodingCheck> {
    const { geneticCodes, onTranscript } = this.#options
    const codes = new SequenceCodes(geneticCodes)
    const transcripts = [...drafts.transcripts.values(), ...drafts.own.values()].sort(inFileOrder)
    codes.learn(transcripts, fetch)
    yield
    const coding = new CodingCheck(fetch, codes)
    let looked = 0
    for (const transcript of transcripts) {
      coding.look(transcript)
      onTranscript?.(transcript, fetch, codes)
      if (++looked % 1000 === 0) yield
    }
    return coding
  }

  finish(fetch?: FetchOf): OntologyOutcome {
    const steps = this.steps(fetch)
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
    }
  }
}

/** By sequence and start, so that reading residues moves forward. */
export const inFileOrder = (a: { sequence: { index: number }; start: number }, b: { sequence: { index: number }; start: number }): number =>
  a.sequence.index - b.sequence.index || a.start - b.start
