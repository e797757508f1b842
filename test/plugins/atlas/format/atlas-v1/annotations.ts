/** Random annotations, sound and unsound, for comparing programs: the same for the same seed. */

/** Numbers of a linear congruential generator. */
export class Chance {
  #state: bigint

  constructor(seed: number) {
    this.#state = BigInt(seed) + 0x9e3779b97f4a7c15n
  }

  /** From 0 up to below `end`. */
  below(end: number): number {
    this.#state = (this.#state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn
    return Number((this.#state >> 33n) % BigInt(end))
  }

  happens(percent: number): boolean {
    return this.below(100) < percent
  }

  of<A>(choices: ReadonlyArray<A>): A {
    return choices[this.below(choices.length)] as A
  }
}

const values = ["a", "b", "unknown", "", "x%20y", "%C3%A9", "e\u0301", '"q"', "ENSG1", "ENSG2", "%zz", "a%2Cb", "\u03c8", "%41"]
const ids = new Set(["gene_id", "transcript_id", "transcriptId"])
const keys = ["Name", "gene_name", "gene", "description", "gene_biotype", "biotype", "gene_type", "transcript_biotype", ...ids, "Note"]
const types = ["gene", "gene", "mRNA", "transcript", "mrna", "exon", "exon", "CDS", "CDS", "ncRNA"]

const column9 = (chance: Chance, isGene: boolean, names: ReadonlyArray<string>): string => {
  const parts: Array<string> = []
  if (chance.happens(92)) parts.push(`ID=${chance.of(names)}`)
  const parents = Array.from({ length: chance.of([1, 1, 1, 1, 2, 0, 3]) }, () => chance.of(names))
  if (chance.happens(isGene ? 8 : 80)) parts.push(`Parent=${parents.join(",")}`)
  for (const key of keys) if (chance.happens(25)) parts.push(`${key}=${chance.of(values).replace("%20", ids.has(key) ? "" : "%20")}`)
  if (chance.happens(5) && parts[0] !== undefined) parts.push(parts[0])
  if (chance.happens(5)) parts.push("flag")
  return parts.join(chance.of([";", ";", "; ", " ; ", ";;"])) || "."
}

const tangled = (chance: Chance): ReadonlyArray<string> => {
  const names = [...Array(1 + chance.below(4)).keys()].flatMap((i) => [`g${i}`, `t${i}`])
  return Array.from({ length: 1 + chance.below(14) }, () => {
    const [type, start] = [chance.of(types), chance.happens(2) ? 0 : 1 + chance.below(500)]
    const strand = chance.happens(1) ? "?" : chance.of(["+", "-", "."])
    const columns = [chance.of(["chr1", "chr1", "chr2", "plasmid9"]), "s", type, start, start + chance.below(60), ".", strand]
    return [...columns, chance.of(["0", "1", "2", "."]), column9(chance, type === "gene", names)].join("\t")
  })
}

/** Genes with transcripts and their parts, in any order: strict takes most of these. */
const orderly = (chance: Chance): ReadonlyArray<string> => {
  const rows: Array<string> = []
  const row = (seqid: string, type: string, start: number, end: number, attributes: string) =>
    rows.splice(
      chance.below(rows.length + 1),
      0,
      [seqid, "s", type, start, end, ".", "+", type === "CDS" ? chance.of(["0", "1", "."]) : ".", attributes].join("\t")
    )
  for (let g = 0; g <= chance.below(4); g++) {
    const [seqid, start] = [chance.of(["chr1", "chr2"]), 1 + chance.below(400)]
    const end = start + chance.below(90)
    row(seqid, "gene", start, end, `ID=g${g};Name=${chance.of(["n", "m", `g${g}`])};${chance.of(["biotype=b", "gene_biotype=pseudo", ""])}`)
    for (let t = 0; t < chance.below(4); t++) {
      const transcript = `t${g}_${t}`
      row(seqid, chance.of(["mRNA", "transcript", "mrna"]), start, end, `ID=${transcript};Parent=g${g}`)
      for (let p = 0; p < chance.below(4); p++) {
        const from = start + chance.below(end - start + 1)
        const named = chance.happens(70) ? `ID=p${g}_${t}_${p};` : ""
        row(seqid, chance.of(["exon", "CDS"]), from, from + chance.below(end - from + 1), `${named}Parent=${transcript}`)
      }
    }
  }
  return rows
}

export const annotation = (chance: Chance): string => {
  const rows = chance.happens(45) ? orderly(chance) : tangled(chance)
  const end = chance.of(["\n", "\n", "\r\n"])
  return ["##gff-version 3", ...rows.flatMap((row) => (chance.happens(10) ? [row, chance.of(["# c", "", "###"])] : [row]))]
    .map((line) => line + end)
    .join("")
}
