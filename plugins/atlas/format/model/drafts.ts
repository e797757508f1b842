/** From features and IDs to genes with their transcripts, under the ruleset `ontology` (decisions 2 and 3). */
import type { Feature, GeneFacts, Node, TranscriptFacts } from "./feature.ts"
import type { FeatureGraph } from "./feature-graph.ts"
import { byPlace, type GeneDraft, spanOf, Tally, type TranscriptDraft } from "./draft.ts"
import { GeneInference } from "./gene-inference.ts"
import type { Profile } from "../profile/profile.ts"
import { plain } from "../profile/profiles.ts"
import { ownIds } from "./own-ids.ts"
import { assignRoles, nearest } from "./roles.ts"

/** What a gene or transcript is known by: its ID, or the row where it has none. */
export type Key = Node | Feature

const isGene = (node: Node): boolean => node.role === "gene"
const isOwner = (node: Node): boolean => node.role !== undefined

const freeId = (taken: Set<string>, wanted: string, line: number): string => {
  let id = wanted
  for (let n = 0; taken.has(id); n++) id = `${wanted}:${line}${n === 0 ? "" : `.${n}`}`
  taken.add(id)
  return id
}

export class Drafts {
  readonly genes = new Map<Key, GeneDraft>()
  readonly inferred: Array<GeneDraft> = []
  readonly transcripts = new Map<Key, TranscriptDraft>()
  /** Genes that are their own transcript. */
  readonly own = new Map<GeneDraft, TranscriptDraft>()
  /** Transcripts under several genes; they are counted with the first. */
  readonly ofSeveralGenes = new Map<TranscriptDraft, number>()
  /** Roots among RNAs without gene, and CDS without gene or transcript, by feature. */
  readonly rnasWithoutGene = new Tally()
  readonly cdsWithoutGene = new Tally()
  /** Exons that belong to no gene or transcript. */
  readonly strayExons = new Tally()
  /** Genes and transcripts without ID. */
  readonly withoutId = new Tally()
  readonly #geneIds = new Set<string>()
  readonly #transcriptIds = new Set<string>()

  /** Drafts every gene and transcript. The graph must be sound: no missing Parent, no cycle. */
  constructor(graph: FeatureGraph, profile: Profile = plain) {
    assignRoles(graph)
    for (const node of graph.nodes.values()) if (node.role !== undefined) (isGene(node) ? this.#geneIds : this.#transcriptIds).add(node.id)
    const idOf = ownIds(graph.nodes.values(), profile)
    for (const node of graph.nodes.values()) {
      if (node.role === undefined) continue
      const id = idOf(node)
      if (id !== node.id) (node.role === "gene" ? this.#geneIds : this.#transcriptIds).add(id)
      if (node.role === "gene") this.#addGene(node, id, node.features ?? [])
      else this.#addTranscript(node, id, node.features ?? [])
    }
    for (const row of graph.nameless) this.#addNameless(row)
    for (const [key, transcript] of this.transcripts) this.#joinGene(key, transcript)
    const inference = new GeneInference(this)
    for (const [key, transcript] of this.transcripts) if (transcript.gene === undefined) inference.addTranscript(key, transcript)
    for (const part of graph.parts) if (!this.#place(part)) inference.addCds(part)
    inference.infer()
    for (const gene of this.genes.values()) if (!gene.hasTranscripts) this.ownOf(gene)
    for (const utr of graph.utrs) this.#placeUtr(utr)
  }

  /** Transcripts under several genes, by row. */
  get severalGenes(): Tally {
    const tally = new Tally()
    for (const { rows } of this.ofSeveralGenes.keys()) if (rows[0] !== undefined) tally.add(rows[0].line)
    return tally
  }

  freeGeneId(wanted: string, line: number): string {
    return freeId(this.#geneIds, wanted, line)
  }

  /** The gene as its own transcript. */
  ownOf(gene: GeneDraft): TranscriptDraft {
    let own = this.own.get(gene)
    if (own === undefined) {
      const { pseudo, biotype, sequence, start, end, rows } = gene
      const id = freeId(this.#transcriptIds, gene.id, rows[0]?.line ?? 0)
      own = {
        id,
        type: undefined,
        pseudo,
        biotype,
        sequence,
        start,
        end,
        rows,
        exons: [],
        cds: [],
        utrs: undefined,
        gene,
        geneName: undefined
      }
      gene.transcripts.push(own)
      this.own.set(gene, own)
    }
    return own
  }

  #addGene(key: Key, id: string, features: ReadonlyArray<Feature>): void {
    const rows = [...features].sort(byPlace)
    const [first] = rows
    if (first === undefined) return
    const facts = first.facts as GeneFacts | TranscriptFacts
    this.genes.set(key, {
      id,
      name: facts.of === "gene" ? facts.name : facts.locus.name,
      biotype: facts.biotype,
      biotypeKey: facts.of === "gene" ? facts.biotypeKey : "biotype",
      type: first.type.name,
      pseudo: first.type.kind.pseudo,
      sequence: first.sequence,
      ...spanOf(rows),
      rows,
      transcripts: [],
      shared: undefined,
      inferred: false,
      hasTranscripts: false
    })
  }

  #addTranscript(key: Key, id: string, features: ReadonlyArray<Feature>): void {
    const rows = [...features].sort(byPlace)
    const [first] = rows
    if (first === undefined) return
    this.transcripts.set(key, {
      id,
      type: first.type.name,
      pseudo: first.type.kind.pseudo,
      biotype: (first.facts as TranscriptFacts).biotype,
      sequence: first.sequence,
      ...spanOf(rows),
      rows,
      exons: [],
      cds: [],
      utrs: undefined,
      gene: undefined,
      geneName: undefined
    })
  }

  #addNameless(row: Feature): void {
    this.withoutId.add(row.line)
    const facts = row.facts as GeneFacts | TranscriptFacts
    const wanted = facts.fallbackId ?? `${row.type.name}:${row.line}`
    if (facts.of === "gene") this.#addGene(row, this.freeGeneId(wanted, row.line), [row])
    else this.#addTranscript(row, freeId(this.#transcriptIds, wanted, row.line), [row])
  }

  // What lies under several genes is the first one's.
  #joinGene(key: Key, transcript: TranscriptDraft): void {
    const genes = nearest(key.parents, isGene).flatMap((node) => this.genes.get(node) ?? [])
    const [gene] = genes
    if (gene === undefined) return
    if (genes.length > 1) this.ofSeveralGenes.set(transcript, genes.length)
    for (const each of genes) {
      each.hasTranscripts = true
      if (each !== gene) (each.shared ??= []).push(transcript)
    }
    transcript.gene = gene
    gene.transcripts.push(transcript)
  }

  /** It makes no transcript: of a gene that has some it is nobody's. */
  #placeUtr(utr: Feature): void {
    for (const node of nearest(utr.parents, isOwner)) {
      const gene = this.genes.get(node)
      const owner = gene === undefined ? this.transcripts.get(node) : this.own.get(gene)
      if (owner !== undefined) (owner.utrs ??= []).push(utr)
    }
  }

  /** Puts an exon or CDS where it belongs; false for a CDS that belongs nowhere. */
  #place(part: Feature): boolean {
    const owners = new Set<TranscriptDraft>()
    for (const node of nearest(part.parents, isOwner)) {
      const gene = this.genes.get(node)
      const owner = gene === undefined ? this.transcripts.get(node) : this.ownOf(gene)
      if (owner !== undefined) owners.add(owner)
    }
    const isCds = part.type.kind.category === "cds"
    for (const owner of owners) (isCds ? owner.cds : owner.exons).push(part)
    if (owners.size > 0) return true
    if (!isCds) this.strayExons.add(part.line)
    return !isCds
  }
}
