/** Which sequences are organelles', and the genetic codes that theirs may be. */

export type Organelle = "mitochondrion" | "plastid"

const mitochondrial = /^(?:chr)?_?(?:mt|m|mito|mtdna|mitochondrion|mitochondria|mitochondrion_genome|mitochondrial)$/i
const plastid = /^(?:chr)?_?(?:pt|c|cp|cpdna|ptdna|pltd|plastid|chloroplast|chloroplast_genome|apicoplast)$/i
// As a whole word, `C` alone is also a chromosome of plants, so it needs `Chr` before it.
const lettersAlone = /^[cm]$/i

/** By the value of `genome` on the row of the whole sequence (as NCBI writes it), else by the sequence's usual name. */
export const organelleOf = (name: string, genome: string | undefined): Organelle | undefined => {
  const stated = genome?.toLowerCase()
  if (stated !== undefined) {
    if (/mitochondri|kinetoplast|hydrogenosome/.test(stated)) return "mitochondrion"
    return /plast|cyanelle|chromatophore/.test(stated) ? "plastid" : undefined
  }
  if (name.length > 40 || lettersAlone.test(name)) return undefined
  return mitochondrial.test(name) ? "mitochondrion" : plastid.test(name) ? "plastid" : undefined
}

/** NCBI's codes of mitochondria, the standard one first, which plants' mitochondria use; equals in what they say go to the first. */
export const mitochondrialCodes: ReadonlyArray<number> = [1, 2, 3, 4, 5, 9, 13, 14, 16, 21, 22, 23, 24, 33]

/** The code of bacteria and plastids. */
export const plastidCode = 11
