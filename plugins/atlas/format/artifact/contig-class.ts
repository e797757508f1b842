/** What a sequence's name says of it: label, class, rank and naming style (dataset contract §2.5, §2.12). */

/** As the reference lowers names. */
export const asciiLower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

const largestU64 = 18_446_744_073_709_551_615n

/** An unsigned 64-bit integer as Rust parses it: digits, perhaps after `+`. Undefined for any other text. */
export const unsigned = (text: string): bigint | undefined => {
  if (!/^\+?[0-9]+$/.test(text)) return undefined
  const digits = text.replace(/^\+?0*/, "")
  if (digits.length > 20) return undefined
  const value = BigInt(digits === "" ? "0" : digits)
  return value <= largestU64 ? value : undefined
}

/** Lower case without a `chr` prefix; `m` and `mt` are `mitochondrial`. */
export const contigLabel = (name: string): string => {
  const lower = asciiLower(name.trim())
  const plain = lower.startsWith("chr") ? lower.slice(3) : lower
  return plain === "m" || plain === "mt" ? "mitochondrial" : plain
}

const classes = {
  primary_autosome: "primaryautosome",
  sex_chromosome: "sexchromosome",
  mitochondrial: "mitochondrial",
  plasmid: "plasmid",
  scaffold: "scaffold",
  alternate: "alternate",
  unclassified: "unclassified"
} as const

/** As traces spell a class. */
export type ContigClass = keyof typeof classes

export const contigClass = (name: string): ContigClass => {
  const label = contigLabel(name)
  if (unsigned(label) !== undefined) return "primary_autosome"
  if (label === "x" || label === "y" || label === "w" || label === "z") return "sex_chromosome"
  if (label === "mitochondrial" || label === "mitochondria") return "mitochondrial"
  if (label.startsWith("plasmid")) return "plasmid"
  if (label.includes("scaffold") || label.startsWith("scf")) return "scaffold"
  return label.includes("_") || label.startsWith("gl") || label.startsWith("ki") || label.includes("alt") ? "alternate" : "unclassified"
}

/** As distributions spell a class: without separators. */
export const contigClassName = (name: string): string => classes[contigClass(name)]

export interface ContigRank {
  readonly group: number
  readonly number: bigint
  readonly lower: string
}

/** Karyotype order of the canonical model: numbers, x, y, mitochondria, others. */
export const contigRank = (name: string): ContigRank => {
  const lower = asciiLower(name)
  const plain = lower.startsWith("chr") ? lower.slice(3) : lower
  const number = unsigned(plain)
  if (number !== undefined) return { group: 0, number, lower }
  const group = plain === "x" ? 1 : plain === "y" ? 2 : plain === "m" || plain === "mt" || plain === "mitochondria" ? 3 : 4
  return { group, number: 0n, lower }
}

export type NamingStyle = "mixed_chr_and_plain" | "chr_prefixed" | "plain_numeric" | "noncanonical"

/** Over the sequences that have genes. */
export const namingStyle = (names: Iterable<string>): NamingStyle => {
  let prefixed = false
  let numeric = false
  for (const name of names) {
    prefixed ||= asciiLower(name).startsWith("chr")
    numeric ||= unsigned(name) !== undefined
  }
  return prefixed && numeric ? "mixed_chr_and_plain" : prefixed ? "chr_prefixed" : numeric ? "plain_numeric" : "noncanonical"
}
