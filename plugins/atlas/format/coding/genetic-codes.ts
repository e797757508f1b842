/**
 * NCBI's genetic codes (transl_table), as in gc.prt version 4.5 by way of Biopython 1.80's CodonTable.py (Debian python3-biopython);
 * tables 1 to 31 were compared with gc.prt 4.2 of Debian's ncbi-data. Public domain (NCBI).
 * Codons run TTT, TTC, TTA, TTG, TCT … GGG (bases in the order TCAG). `marks` has `M` at start and `*` at stop codons;
 * in tables 27, 28 and 31 a stop codon may also be read through, as its letter in `aminoAcids` says.
 */
export interface GeneticCode {
  readonly name: string
  readonly aminoAcids: string
  readonly marks: string
}

export const geneticCodes: ReadonlyMap<number, GeneticCode> = new Map([
  [
    1,
    {
      name: "Standard",
      aminoAcids: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "---M------**--*----M---------------M----------------------------"
    }
  ],
  [
    2,
    {
      name: "Vertebrate Mitochondrial",
      aminoAcids: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG",
      marks: "----------**--------------------MMMM----------**---M------------"
    }
  ],
  [
    3,
    {
      name: "Yeast Mitochondrial",
      aminoAcids: "FFLLSSSSYY**CCWWTTTTPPPPHHQQRRRRIIMMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "----------**----------------------MM---------------M------------"
    }
  ],
  [
    4,
    {
      name: "Mold Mitochondrial",
      aminoAcids: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "--MM------**-------M------------MMMM---------------M------------"
    }
  ],
  [
    5,
    {
      name: "Invertebrate Mitochondrial",
      aminoAcids: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSSSVVVVAAAADDEEGGGG",
      marks: "---M------**--------------------MMMM---------------M------------"
    }
  ],
  [
    6,
    {
      name: "Ciliate Nuclear",
      aminoAcids: "FFLLSSSSYYQQCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "--------------*--------------------M----------------------------"
    }
  ],
  [
    9,
    {
      name: "Echinoderm Mitochondrial",
      aminoAcids: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNNKSSSSVVVVAAAADDEEGGGG",
      marks: "----------**-----------------------M---------------M------------"
    }
  ],
  [
    10,
    {
      name: "Euplotid Nuclear",
      aminoAcids: "FFLLSSSSYY**CCCWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "----------**-----------------------M----------------------------"
    }
  ],
  [
    11,
    {
      name: "Bacterial",
      aminoAcids: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "---M------**--*----M------------MMMM---------------M------------"
    }
  ],
  [
    12,
    {
      name: "Alternative Yeast Nuclear",
      aminoAcids: "FFLLSSSSYY**CC*WLLLSPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "----------**--*----M---------------M----------------------------"
    }
  ],
  [
    13,
    {
      name: "Ascidian Mitochondrial",
      aminoAcids: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSGGVVVVAAAADDEEGGGG",
      marks: "---M------**----------------------MM---------------M------------"
    }
  ],
  [
    14,
    {
      name: "Alternative Flatworm Mitochondrial",
      aminoAcids: "FFLLSSSSYYY*CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNNKSSSSVVVVAAAADDEEGGGG",
      marks: "-----------*-----------------------M----------------------------"
    }
  ],
  [
    15,
    {
      name: "Blepharisma Macronuclear",
      aminoAcids: "FFLLSSSSYY*QCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "----------*---*--------------------M----------------------------"
    }
  ],
  [
    16,
    {
      name: "Chlorophycean Mitochondrial",
      aminoAcids: "FFLLSSSSYY*LCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "----------*---*--------------------M----------------------------"
    }
  ],
  [
    21,
    {
      name: "Trematode Mitochondrial",
      aminoAcids: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNNKSSSSVVVVAAAADDEEGGGG",
      marks: "----------**-----------------------M---------------M------------"
    }
  ],
  [
    22,
    {
      name: "Scenedesmus obliquus Mitochondrial",
      aminoAcids: "FFLLSS*SYY*LCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "------*---*---*--------------------M----------------------------"
    }
  ],
  [
    23,
    {
      name: "Thraustochytrium Mitochondrial",
      aminoAcids: "FF*LSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "--*-------**--*-----------------M--M---------------M------------"
    }
  ],
  [
    24,
    {
      name: "Pterobranchia Mitochondrial",
      aminoAcids: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSSKVVVVAAAADDEEGGGG",
      marks: "---M------**-------M---------------M---------------M------------"
    }
  ],
  [
    25,
    {
      name: "Candidate Division SR1",
      aminoAcids: "FFLLSSSSYY**CCGWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "---M------**-----------------------M---------------M------------"
    }
  ],
  [
    26,
    {
      name: "Pachysolen tannophilus Nuclear",
      aminoAcids: "FFLLSSSSYY**CC*WLLLAPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "----------**--*----M---------------M----------------------------"
    }
  ],
  [
    27,
    {
      name: "Karyorelict Nuclear",
      aminoAcids: "FFLLSSSSYYQQCCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "--------------*--------------------M----------------------------"
    }
  ],
  [
    28,
    {
      name: "Condylostoma Nuclear",
      aminoAcids: "FFLLSSSSYYQQCCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "----------**--*--------------------M----------------------------"
    }
  ],
  [
    29,
    {
      name: "Mesodinium Nuclear",
      aminoAcids: "FFLLSSSSYYYYCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "--------------*--------------------M----------------------------"
    }
  ],
  [
    30,
    {
      name: "Peritrich Nuclear",
      aminoAcids: "FFLLSSSSYYEECC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "--------------*--------------------M----------------------------"
    }
  ],
  [
    31,
    {
      name: "Blastocrithidia Nuclear",
      aminoAcids: "FFLLSSSSYYEECCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "----------**-----------------------M----------------------------"
    }
  ],
  [
    32,
    {
      name: "Balanophoraceae Plastid",
      aminoAcids: "FFLLSSSSYY*WCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
      marks: "---M------*---*----M------------MMMM---------------M------------"
    }
  ],
  [
    33,
    {
      name: "Cephalodiscidae Mitochondrial",
      aminoAcids: "FFLLSSSSYYY*CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSSKVVVVAAAADDEEGGGG",
      marks: "---M-------*-------M---------------M---------------M------------"
    }
  ]
])
