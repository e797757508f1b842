/** Names of sequences: aliases, whether one chromosome has two names, whether the index has them (dataset contract §2.5, §2.6). */
import { contigClass, contigLabel } from "../artifact/contig-class.ts"
import { compareCodePoints } from "../canonical-json.ts"
import { trimWhiteSpace } from "../dataset-id.ts"
import type { Contigs } from "./contigs.ts"
import { Gff3ReferenceNotInFastaFai, ScientificIncoherentSourceCombination } from "./failure.ts"
import { refuse } from "./refuse.ts"
import type { Row } from "./rows.ts"
import { listText, setText, sorted } from "./text.ts"

/** Name in the GFF3 → name in the dataset. */
export type Aliases = ReadonlyMap<string, string>

/** Reads `a=b,c=d`; pairs that are not so formed are left out, as the reference does. */
export const aliasesOf = (text: string): Aliases => {
  const aliases = new Map<string, string>()
  for (const pair of text.split(",")) {
    const sign = pair.indexOf("=")
    if (sign < 0) continue
    const [from, to] = [trimWhiteSpace(pair.slice(0, sign)), trimWhiteSpace(pair.slice(sign + 1))]
    if (from !== "" && to !== "") aliases.set(from, to)
  }
  return new Map([...aliases].sort(([a], [b]) => compareCodePoints(a, b)))
}

/** Names that stand for an autosome, x, y or the mitochondrion. */
const isCore = (name: string): boolean => {
  const label = contigLabel(name)
  return contigClass(name) === "primary_autosome" || label === "x" || label === "y" || label === "mitochondrial"
}

/** Sequences that the rows name, each with the names the GFF3 has for it. */
export class Seqids {
  /** Name in the dataset → names in the GFF3. */
  readonly sources: ReadonlyMap<string, ReadonlySet<string>>
  readonly #raw: ReadonlySet<string>
  readonly #aliases: Aliases

  constructor(rows: ReadonlyArray<Row>, aliases: Aliases) {
    this.#aliases = aliases
    this.#raw = new Set(rows.map((row) => row.seqid))
    const sources = new Map<string, Set<string>>()
    for (const raw of this.#raw) {
      const name = this.normalized(raw)
      const known = sources.get(name)
      if (known === undefined) sources.set(name, new Set([raw]))
      else known.add(raw)
    }
    this.sources = new Map([...sources].sort(([a], [b]) => compareCodePoints(a, b)))
  }

  normalized(raw: string): string {
    return this.#aliases.get(raw) ?? raw
  }

  /** Refuses one chromosome under two names that the aliases do not make one. */
  requireCoherent(path: string): void {
    const spellings = new Map<string, Set<string>>()
    for (const raw of this.#raw) {
      if (!isCore(raw)) continue
      const label = contigLabel(raw)
      const known = spellings.get(label)
      if (known === undefined) spellings.set(label, new Set([raw]))
      else known.add(raw)
    }
    const details = [...spellings]
      .sort(([a], [b]) => compareCodePoints(a, b))
      .map(([label, names]) => ({ label, names, normalized: new Set([...names].map((name) => this.normalized(name))) }))
      .filter(({ normalized }) => normalized.size > 1)
      .map(({ label, names, normalized }) => `${label}=>raw=${setText(names)}, normalized=${setText(normalized)}`)
    if (details.length > 0)
      refuse(
        ScientificIncoherentSourceCombination,
        `SCIENTIFIC_INCOHERENT_SOURCE_COMBINATION: inconsistent contig naming families detected. Resolve with explicit seqid aliases or corrected sources. details=${listText(details)}`,
        path
      )
  }

  /** Refuses names that the index does not have, as the GFF3 spells them. */
  requireKnown(contigs: Contigs, path: string): void {
    const unknown = sorted(this.#raw).filter((raw) => !contigs.has(raw))
    if (unknown.length > 0)
      refuse(
        Gff3ReferenceNotInFastaFai,
        `GFF3_REFERENCE_NOT_IN_FASTA_FAI: [${unknown.join(", ")}]. Fix source inputs so every GFF3 seqid exists in FASTA/FAI with matching naming.`,
        path
      )
  }

  /** The first name that the GFF3 has for a sequence, by name in the dataset. */
  get firstSources(): ReadonlyMap<string, string> {
    return new Map([...this.sources].map(([name, sources]) => [name, sorted(sources)[0] ?? name]))
  }

  /** Names that several names of the GFF3 became. */
  get ambiguities(): ReadonlyArray<string> {
    return [...this.sources]
      .filter(([, sources]) => sources.size > 1)
      .map(([name, sources]) => `multiple_source_seqids_for_normalized:${name}:${listText(sorted(sources))}`)
  }
}
