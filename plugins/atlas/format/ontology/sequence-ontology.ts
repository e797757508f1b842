/** The Sequence Ontology as GFF3's column 3 uses it: a term's name or its accession; is_a as a closure. */
import { soTerms } from "./so-terms.ts"

export interface SoTerm {
  /** `SO:0000704`. */
  readonly accession: string
  readonly name: string
  /** Accessions of its direct is_a parents. */
  readonly isA: ReadonlyArray<string>
  readonly obsolete: boolean
  /** What to use instead of an obsolete term. */
  readonly replacedBy: ReadonlyArray<string>
}

interface Index {
  readonly byName: ReadonlyMap<string, SoTerm>
  readonly byAccession: ReadonlyMap<string, SoTerm>
}

const accessions = (digits: string): ReadonlyArray<string> => (digits === "" ? [] : digits.split(",").map((d) => `SO:${d}`))

const read = (): Index => {
  const byName = new Map<string, SoTerm>()
  const byAccession = new Map<string, SoTerm>()
  const alternatives: Array<readonly [string, SoTerm]> = []
  for (const line of soTerms.split("\n")) {
    const [digits = "", name = "", isA = "", obsolete = "", other = ""] = line.split("\t")
    const term = {
      accession: `SO:${digits}`,
      name,
      isA: accessions(isA),
      obsolete: obsolete.startsWith("!"),
      replacedBy: accessions(obsolete.slice(1))
    }
    byAccession.set(term.accession, term)
    // A live term owns its name; an obsolete one only where nobody else has it.
    if (!term.obsolete || !byName.has(name)) byName.set(name, term)
    for (const accession of accessions(other)) alternatives.push([accession, term])
  }
  for (const [accession, term] of alternatives) if (!byAccession.has(accession)) byAccession.set(accession, term)
  return { byName, byAccession }
}

let index: Index | undefined
const indexed = (): Index => (index ??= read())

/** The term of a column 3 value: a case-sensitive name or an `SO:` accession. An obsolete term with one replacement is that replacement. */
export const termOf = (type: string): SoTerm | undefined => {
  const { byName, byAccession } = indexed()
  let term = byName.get(type) ?? byAccession.get(type)
  for (let steps = 0; term?.obsolete === true && term.replacedBy.length === 1 && steps < 8; steps++) {
    term = byAccession.get(term.replacedBy[0] ?? "")
  }
  return term
}

const closures = new Map<string, ReadonlySet<string>>()

/** A term and all its is_a ancestors, by accession. */
const closureOf = (term: SoTerm): ReadonlySet<string> => {
  const known = closures.get(term.accession)
  if (known !== undefined) return known
  const seen = new Set([term.accession])
  for (const accession of seen) for (const parent of indexed().byAccession.get(accession)?.isA ?? []) seen.add(parent)
  closures.set(term.accession, seen)
  return seen
}

/** Whether `type` is `ancestor` or is_a it, by names or accessions; false where either is no term. */
export const isA = (type: string, ancestor: string): boolean => {
  const [term, above] = [termOf(type), termOf(ancestor)]
  return term !== undefined && above !== undefined && closureOf(term).has(above.accession)
}

const plain = (text: string): string => text.toLowerCase().replace(/[- ]/g, "_")

/** The live term that differs from `type` only in case or in `-` and space for `_`; for messages. */
export const similarTerm = (type: string): SoTerm | undefined => {
  const wanted = plain(type)
  for (const [name, term] of indexed().byName) if (!term.obsolete && plain(name) === wanted) return term
  return undefined
}
