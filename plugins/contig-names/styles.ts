/** How databases name sequences. Each form is linear in the name's length. */

/**
 * `ucsc`: `chr` and what the assembly calls it (chr1, chrX, chrM, chrUn_KI270302v1, chr1_KI270706v1_random).
 * `ensembl`: numbers with an arm (1, 2L), sex chromosomes, roman numerals, organelles (MT, Mito, Pt).
 * `accession`: INSDC or RefSeq with its version (CM000663.2, KI270706.1, NC_001422.1, NZ_CP012345.1).
 */
export const styles = {
  ucsc: /^chr(?:[0-9]{1,3}[A-Za-z]?|[A-Z]{1,5}|Un)(?:_[A-Za-z0-9]+){0,2}$/,
  ensembl: /^(?:[0-9]{1,3}[A-Za-z]?|[XYWZ]|[IVX]{1,6}|MT|Mt|Pt|Mito)$/,
  accession: /^(?:[A-Z]{1,2}_)?[A-Z]{0,6}[0-9]{5,12}\.[0-9]{1,3}$/
} as const

export type Style = keyof typeof styles

/** Longer names fit no style: what follows is cut before it is compared. */
const longest = 256

export const fitsStyle = (style: Style, name: string): boolean => name.length <= longest && styles[style].test(name)
