/** What is worth saying of an annotation that can be taken: against usage or against its sequence. */
import type { CodingCheck } from "./coding-check.ts"
import type { Drafts } from "./drafts.ts"
import type { Tally } from "./draft.ts"
import type { FeatureGraph } from "./feature-graph.ts"
import { isA, similarTerm } from "../ontology/sequence-ontology.ts"
import { quote } from "../text.ts"

/** `at` is the place a waiver names: `gff3`, or the type or sequence concerned. */
export interface ModelFinding {
  readonly name: keyof typeof modelFindings
  readonly at: string
  readonly message: string
}

export const modelFindings = {
  "unknown-feature-type": {
    severity: "warning",
    hint: "column 3 holds a term or accession of the Sequence Ontology (2015 release); rows of other types count only by what hangs where"
  },
  "gene-inferred": { severity: "warning", hint: "give these rows a gene as Parent if their genes are known" },
  "feature-without-id": { severity: "warning", hint: "give genes and transcripts an ID, so that other files can refer to them" },
  "exon-without-transcript": { severity: "warning", hint: "these exons are in no table; give them a transcript or gene as Parent" },
  "child-outside-parent": { severity: "warning", hint: "coordinates of the child or of its Parent are wrong" },
  "late-parent": { severity: "warning", hint: "### says that all Parents so far are known: put it behind the last row of the gene" },
  "derives-from-missing": {
    severity: "warning",
    hint: "Derives_from names the ID of another row: is the file cut off, or was it filtered?"
  },
  "transcript-of-several-genes": { severity: "warning", hint: "polycistronic? The tables hold it with the first of its genes" },
  "cds-internal-stop": {
    severity: "warning",
    hint: "wrong strand, phase or transl_table, or a pseudogene? Read-through and selenocysteine are stated by transl_except"
  },
  "cds-length": { severity: "warning", hint: "cut off at an end? Then say partial=true or start_range/end_range" },
  "cds-without-start": { severity: "warning", hint: "cut off at the start? Then say partial=true or start_range" },
  "cds-without-stop": { severity: "warning", hint: "some formats leave the stop codon outside the CDS; GFF3 counts it in" },
  "cds-translation-differs": {
    severity: "warning",
    hint: "annotation and genome are of different versions, or the transl_table is another"
  },
  "cds-phase": {
    severity: "warning",
    hint: "the phase of each row counts the bases that complete the codon which the row before it began"
  },
  "cds-in-pieces": { severity: "warning", hint: "GFF3 gives the rows of one CDS one ID; CDS of several IDs are several proteins" },
  "genetic-code-assumed": {
    severity: "warning",
    hint: "state transl_table on the CDS, or give the sequence its code by geneticCodes (--genetic-code)"
  },
  "genetic-code-unknown": { severity: "warning", hint: "transl_table takes a number of NCBI's genetic codes" }
} as const satisfies Record<string, { readonly severity: "error" | "warning"; readonly hint: string }>

/** Types told one by one. */
const typesTold = 50

const several = (count: number, one: string, many: string): string => (count === 1 ? one : `${count} ${many}`)

/** What drafting counts; of a file in parts, of all of them. */
export type DraftTallies = Pick<Drafts, "rnasWithoutGene" | "cdsWithoutGene" | "withoutId" | "strayExons" | "severalGenes">

/** In a fixed order: types by first line, then the rest as in the table. */
export const findingsOf = (graph: FeatureGraph, drafts: DraftTallies, coding: CodingCheck | undefined): ReadonlyArray<ModelFinding> => {
  const findings: Array<ModelFinding> = []
  const unknown = [...graph.types.values()].filter((t) => t.kind.category === "unknown").sort((a, b) => a.line - b.line)
  for (const type of unknown.slice(0, typesTold)) {
    const similar = similarTerm(type.name)
    const guess = similar === undefined ? "" : `; is ${similar.name} meant?`
    const message = `${quote(type.name)} of ${several(type.rows, "one row", "rows")} (first on line ${type.line}) is no term of the Sequence Ontology${guess}`
    findings.push({ name: "unknown-feature-type", at: type.name, message })
  }
  if (unknown.length > typesTold)
    findings.push({
      name: "unknown-feature-type",
      at: "gff3",
      message: `${unknown.length - typesTold} more types are no terms of the Sequence Ontology`
    })
  const unlocated = [...graph.types.values()].filter((t) => t.kind.category === "other" && !isA(t.name, "sequence_feature"))
  for (const type of unlocated.sort((a, b) => a.line - b.line)) {
    const message = `${quote(type.name)} of ${several(type.rows, "one row", "rows")} (first on line ${type.line}) is a term of the Sequence Ontology, but no sequence_feature`
    findings.push({ name: "unknown-feature-type", at: type.name, message })
  }
  const tell = (name: ModelFinding["name"], { count, line }: Pick<Tally, "count" | "line">, message: (n: number) => string) => {
    if (count > 0) findings.push({ name, at: "gff3", message: `${message(count)} (first on line ${line})` })
  }
  const { rnasWithoutGene: rnas, cdsWithoutGene: cds } = drafts
  const lines = [rnas.line, cds.line].filter((line) => line > 0)
  tell("gene-inferred", { count: rnas.count + cds.count, line: Math.min(...lines) }, () => {
    const [r, c] = [
      rnas.count === 0 ? [] : [several(rnas.count, "one RNA", "RNAs")],
      cds.count === 0 ? [] : [several(cds.count, "one CDS", "CDS")]
    ]
    return `${[...r, ...c].join(" and ")} without a gene: the gene is inferred`
  })
  tell("feature-without-id", drafts.withoutId, (n) => `${several(n, "one gene or transcript has", "genes or transcripts have")} no ID`)
  tell("exon-without-transcript", drafts.strayExons, (n) => `${several(n, "one exon belongs", "exons belong")} to no gene or transcript`)
  tell("child-outside-parent", graph.outsiders, (n) => `${several(n, "one row does", "rows do")} not lie within their Parent`)
  const { late, missing } = graph.references
  tell("late-parent", late, (n) => `${several(n, "one row stands", "rows stand")} before a ### that their Parent follows`)
  tell("derives-from-missing", missing, (n) => `${several(n, "one row derives", "rows derive")} from an ID that no row has`)
  tell("transcript-of-several-genes", drafts.severalGenes, (n) => `${several(n, "one transcript has", "transcripts have")} several genes`)
  if (coding === undefined) return findings
  const of = `of ${coding.checked} CDS`
  tell("cds-internal-stop", coding.internalStops, (n) => `${n} ${of} ${n === 1 ? "has" : "have"} a stop codon within`)
  tell("cds-length", coding.length, (n) => `${n} ${of} ${n === 1 ? "is" : "are"} no multiple of three bases long`)
  tell("cds-without-start", coding.start, (n) => `${n} ${of} ${n === 1 ? "begins" : "begin"} without a start codon`)
  tell("cds-without-stop", coding.stop, (n) => `${n} ${of} ${n === 1 ? "ends" : "end"} without a stop codon`)
  tell("cds-phase", coding.phase, (n) => `${n} ${of} ${n === 1 ? "has" : "have"} rows whose phases do not go on from one to the next`)
  tell(
    "cds-in-pieces",
    coding.pieces,
    (n) => `${several(n, "one CDS has", "CDS have")} an ID for each piece, read as one: the frame goes on without a stop`
  )
  for (const [{ name, organelle }, { table, cds }] of coding.codes.assumed) {
    const why = organelle === "plastid" ? "is that of plastids" : "reads them best"
    const message = `${several(cds, "one CDS", "CDS")} on ${organelle} ${quote(name)} ${cds === 1 ? "states" : "state"} no transl_table: code ${table} ${why}`
    findings.push({ name: "genetic-code-assumed", at: name, message })
  }
  tell("cds-translation-differs", coding.translation, (n) => `${n} ${of} ${n === 1 ? "does" : "do"} not read as stated in translation`)
  tell("genetic-code-unknown", coding.table, (n) => `${several(n, "one CDS states", "CDS state")} a transl_table that does not exist`)
  return findings
}
