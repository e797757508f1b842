/**
 * Genes of CDS and RNA that have no Parent (decision 3). The id is the first of geneID, locus_tag, gene, protein_id, else `cds:<line>`
 * (`rna:<line>` without CDS). What bears one geneID or locus_tag on one strand is one gene; other names only join what overlaps. A CDS or
 * a geneID proves a gene, so it gets a row; the gene of a lone non-coding RNA is named in the transcript's parent_gene_id and not counted (decision 2: 583 genes, 606 transcripts).
 */
import { compareCodePoints } from "../canonical-json.ts"
import { isGeneSegment } from "../ontology/category.ts"
import { byPlace, type GeneDraft, overlap, type Span, spanOf, type TranscriptDraft } from "./draft.ts"
import type { Drafts, Key } from "./drafts.ts"
import type { CdsFacts, Feature, LocusNames, Node, Sequence, TranscriptFacts } from "./feature.ts"
import { nearest } from "./roles.ts"

/** What is of one gene beyond doubt: a root transcript with those under it, or the rows of one CDS. */
interface Unit {
  readonly locus: LocusNames
  /** A segment of a rearranging gene: no RNA, so its CDS proves no gene of its own. */
  readonly isSegment: boolean
  readonly transcripts: Array<TranscriptDraft>
  readonly cds: Array<Feature>
}

interface Locus extends Span {
  readonly id: string
  readonly isTag: boolean
  readonly name: string | undefined
  readonly sequence: Sequence
  readonly strand: string
  readonly rows: ReadonlyArray<Feature>
  readonly units: ReadonlyArray<Unit>
}

const isTranscript = (node: Node): boolean => node.role === "transcript"

const rootOf = (key: Key): Key => {
  let root = key
  for (let above = nearest(root.parents, isTranscript)[0]; above !== undefined; above = nearest(root.parents, isTranscript)[0]) root = above
  return root
}

const locusOf = (unit: Unit): Locus | undefined => {
  const rows = [...unit.transcripts.flatMap((t) => t.rows), ...unit.cds].sort(byPlace)
  const [first] = rows
  if (first === undefined) return undefined
  const coding = [...unit.transcripts.flatMap((t) => t.cds), ...unit.cds].sort(byPlace)
  const inner = (coding[0]?.facts as CdsFacts | undefined)?.locus
  const names = unit.locus.id !== undefined || inner === undefined ? unit.locus : inner
  const line = Math.min(...(coding.length > 0 ? coding : rows).slice(0, 1000).map((f) => f.line))
  return {
    id: names.id ?? `${coding.length > 0 ? "cds" : "rna"}:${line}`,
    isTag: names.isTag,
    name: unit.locus.name ?? inner?.name,
    sequence: first.sequence,
    strand: first.strand,
    ...spanOf(rows),
    rows,
    units: [unit]
  }
}

const joined = (a: Locus, b: Locus): Locus => ({
  ...a,
  start: Math.min(a.start, b.start),
  end: Math.max(a.end, b.end),
  rows: [...a.rows, ...b.rows],
  units: [...a.units, ...b.units]
})

export class GeneInference {
  readonly #drafts: Drafts
  readonly #units = new Map<Key, Unit>()

  constructor(drafts: Drafts) {
    this.#drafts = drafts
  }

  addTranscript(key: Key, transcript: TranscriptDraft): void {
    const root = rootOf(key)
    const unit = this.#units.get(root)
    if (unit !== undefined) unit.transcripts.push(transcript)
    else {
      const top = this.#drafts.transcripts.get(root) ?? transcript
      const [row] = top.rows as readonly [Feature, ...ReadonlyArray<Feature>]
      const isSegment = isGeneSegment(row.type.name)
      const { locus } = row.facts as TranscriptFacts
      // Without names of its own: what it hangs below, though that is no gene; a segment's gene is what the segment is called.
      const above = root.parents[0]?.id ?? (isSegment ? top.id : undefined)
      const names = locus.id !== undefined || above === undefined ? locus : { ...locus, id: above }
      this.#units.set(root, { locus: names, isSegment, transcripts: [transcript], cds: [] })
      this.#drafts.rnasWithoutGene.add(row.line)
    }
  }

  addCds(part: Feature): void {
    const key = part.node ?? part
    const unit = this.#units.get(key)
    if (unit !== undefined) unit.cds.push(part)
    else {
      this.#units.set(key, { locus: (part.facts as CdsFacts).locus, isSegment: false, transcripts: [], cds: [part] })
      this.#drafts.cdsWithoutGene.add(part.line)
    }
  }

  infer(): void {
    const declared = new Map([...this.#drafts.genes.values()].map((gene) => [gene.id, gene]))
    const named = new Map<string, Array<Locus>>()
    for (const locus of this.#sortedLoci()) {
      const others = named.get(locus.id)
      if (others === undefined) {
        named.set(locus.id, [locus])
        continue
      }
      const same = others.findIndex((o) => o.sequence === locus.sequence && o.strand === locus.strand && (locus.isTag || overlap(o, locus)))
      if (same < 0) others.push(locus)
      else others[same] = joined(others[same]!, locus)
    }
    for (const loci of named.values()) {
      for (const locus of loci) {
        const gene = declared.get(locus.id)
        const isIts = gene !== undefined && gene.sequence === locus.sequence && overlap(gene, locus)
        this.#settle(locus, isIts ? gene : undefined)
      }
    }
  }

  #sortedLoci(): ReadonlyArray<Locus> {
    return [...this.#units.values()]
      .flatMap((unit) => locusOf(unit) ?? [])
      .sort(
        (a, b) =>
          compareCodePoints(a.sequence.name, b.sequence.name) || a.start - b.start || a.end - b.end || a.rows[0]!.line - b.rows[0]!.line
      )
  }

  #settle(locus: Locus, declared: GeneDraft | undefined): void {
    const proves = locus.units.some(
      (u) => u.locus.isGene || (!u.isSegment && (u.cds.length > 0 || u.transcripts.some((t) => t.cds.length > 0)))
    )
    const gene = declared ?? (proves ? this.#newGene(locus) : undefined)
    for (const unit of locus.units) {
      for (const transcript of unit.transcripts) {
        transcript.gene = gene
        if (gene === undefined) transcript.geneName = locus.id
        else {
          gene.hasTranscripts = true
          gene.transcripts.push(transcript)
        }
      }
      if (gene !== undefined && unit.cds.length > 0) this.#drafts.ownOf(gene).cds.push(...unit.cds)
    }
  }

  #newGene(locus: Locus): GeneDraft {
    const rows = [...locus.rows].sort(byPlace)
    const gene: GeneDraft = {
      id: this.#drafts.freeGeneId(locus.id, rows[0]?.line ?? 0),
      name: locus.name,
      biotype: undefined,
      biotypeKey: undefined,
      type: "gene",
      pseudo: false,
      sequence: locus.sequence,
      start: locus.start,
      end: locus.end,
      rows,
      transcripts: [],
      shared: undefined,
      inferred: true,
      hasTranscripts: true
    }
    this.#drafts.inferred.push(gene)
    return gene
  }
}
