/**
 * A made-up annotation of human size, the same for the same figures: `node test/bench/human-scale.mjs --scale 0.1 --genome 0.1 --out FOLDER`.
 * Scale 1 is 3.4 million rows (540 MB) in the manner of Ensembl's GFF3; genome 1 is 3.1 Gb on 25 chromosomes and scaffolds. The bases are random,
 * so a CDS has the length and the phases of one, not its codons.
 */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"

/** Mb of human chromosomes. */
const chromosomes = Object.entries({
  ...Object.fromEntries(
    [
      248.956, 242.194, 198.296, 190.215, 181.538, 170.806, 159.346, 145.139, 138.395, 133.797, 135.087, 133.275, 114.364, 107.044, 101.991,
      90.338, 83.257, 80.373, 58.618, 64.444, 46.71, 50.818
    ].map((length, i) => [String(i + 1), length])
  ),
  X: 156.041,
  Y: 57.227,
  ...Object.fromEntries(["KI270728.1", "KI270727.1", "KI270442.1", "GL000225.1", "KI270743.1"].map((name, i) => [name, 3 - i / 2]))
})
const megabases = chromosomes.reduce((sum, [, length]) => sum + length, 0)
const rowsAtScale1 = 3_400_000
/** What a gene comes to on average; genes beyond it overlap their neighbours. */
const rowsOfGene = 45

/** Marsaglia's xorshift32. */
const randomOf = (seed) => {
  let state = seed
  return (most) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % most
  }
}

class Out {
  #file
  #held = []
  #size = 0
  bytes = 0
  constructor(path) {
    this.#file = openSync(path, "w")
  }
  write(text) {
    this.#held.push(text)
    this.#size += text.length
    if (this.#size > 1 << 20) this.#flush()
  }
  #flush() {
    const bytes = Buffer.from(this.#held.join(""), "latin1")
    for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done)
    this.bytes += bytes.length
    this.#held = []
    this.#size = 0
  }
  close() {
    this.#flush()
    closeSync(this.#file)
  }
}

const lineBases = 60

/** Random bases out of one block of lines, begun elsewhere for each sequence. */
const writeFasta = (path, sequences) => {
  const random = randomOf(20_260_701)
  const lines = 1 << 16
  const block = Array.from({ length: lines }, () => {
    let line = ""
    for (let i = 0; i < lineBases; i += 8)
      for (let j = 0, r = random(65_536); j < 8 && i + j < lineBases; j++) line += "ACGT"[(r >> (2 * j)) & 3]
    return `${line}\n`
  }).join("")
  const out = new Out(path)
  for (const [name, length] of sequences) {
    out.write(`>${name} dna:primary_assembly\n`)
    let at = random(lines) * (lineBases + 1)
    for (let left = length; left > 0;) {
      const whole = Math.min(Math.floor(left / lineBases), (block.length - at) / (lineBases + 1))
      if (whole === 0) {
        if (left >= lineBases) at = 0
        else {
          out.write(`${block.slice(0, left)}\n`)
          left = 0
        }
        continue
      }
      out.write(block.slice(at, at + whole * (lineBases + 1)))
      left -= whole * lineBases
      at = (at + whole * (lineBases + 1)) % block.length
    }
  }
  out.close()
  return out.bytes
}

const padded = (n) => String(n).padStart(11, "0")
const biotypes = ["lncRNA", "processed_pseudogene", "snRNA", "misc_RNA", "miRNA"]
const typesOf = {
  protein_coding: ["gene", "mRNA"],
  lncRNA: ["ncRNA_gene", "lnc_RNA"],
  processed_pseudogene: ["pseudogene", "pseudogenic_transcript"],
  snRNA: ["ncRNA_gene", "snRNA"],
  misc_RNA: ["ncRNA_gene", "scRNA"],
  miRNA: ["ncRNA_gene", "miRNA"]
}

/** Writes genes until a sequence is full. */
class Annotation {
  rows = 0
  #out
  #random = randomOf(110)
  #ids = { gene: 0, transcript: 0, exon: 0 }
  constructor(out) {
    this.#out = out
  }

  head(sequences) {
    this.#out.write("##gff-version 3\n")
    for (const [name, length] of sequences) this.#out.write(`##sequence-region   ${name} 1 ${length}\n`)
    this.#out.write("#!genome-build made-up\n")
  }

  #row(columns, attributes) {
    this.#out.write(`${columns}\t${attributes}\n`)
    this.rows++
  }

  sequence(name, length, genes) {
    this.#row(`${name}\tmade-up\tchromosome\t1\t${length}\t.\t.\t.`, `ID=chromosome:${name};Alias=chr${name},NC_${name}`)
    this.#out.write("###\n")
    const slot = Math.floor(length / (genes + 1))
    for (let i = 0; i < genes; i++) this.#gene(name, length, i * slot + 1 + this.#random(Math.max(1, slot >> 1)), slot)
  }

  #gene(name, length, start, slot) {
    const random = this.#random
    const number = ++this.#ids.gene
    const id = `ENSG${padded(number)}`
    const coding = random(3) > 0
    const biotype = coding ? "protein_coding" : biotypes[random(biotypes.length)]
    const [geneType, transcriptType] = typesOf[biotype]
    const strand = random(2) === 0 ? "+" : "-"
    // Exons of the gene, of which each transcript takes some; introns stretch the gene to about its slot.
    const most = coding ? 4 + random(12) : 1 + random(4)
    const exons = []
    const step = Math.max(320, Math.floor((slot * (2 + random(10))) / 10 / most))
    for (let at = start; exons.length < most && at + 300 < length; at += step) exons.push([at, at + 89 + random(180)])
    if (exons.length === 0) return
    const end = exons.at(-1)[1]
    const symbol = `GN${number}`
    this.#row(
      `${name}\tensembl_havana\t${geneType}\t${exons[0][0]}\t${end}\t.\t${strand}\t.`,
      `ID=gene:${id};Name=${symbol};biotype=${biotype};description=made-up family member ${number} [Source:HGNC Symbol%3BAcc:HGNC:${number}];gene_id=${id};logic_name=ensembl_havana_gene_homo_sapiens;version=${1 + random(9)}`
    )
    const transcripts = coding ? 3 + random(5) : 1 + random(2)
    for (let t = 1; t <= transcripts; t++) {
      const from = t === 1 ? 0 : random(exons.length)
      const to = t === 1 ? exons.length : Math.min(exons.length, from + 1 + random(exons.length))
      this.#transcript(`${name}\tensembl_havana`, strand, exons.slice(from, to), transcriptType, id, `${symbol}-20${t}`, biotype, coding)
    }
    this.#out.write("###\n")
    if (random(3) === 0)
      this.#row(`${name}\t.\tbiological_region\t${start}\t${start + 700}\t1.3e+03\t.\t.`, "external_name=oe %3D 0.79;logic_name=cpg")
  }

  #transcript(columns, strand, exons, type, gene, symbol, biotype, coding) {
    const number = padded(++this.#ids.transcript)
    const id = `ENST${number}`
    const parent = `Parent=transcript:${id}`
    const place = ([start, end]) => `${start}\t${end}\t.\t${strand}`
    this.#row(
      `${columns}\t${type}\t${place([exons[0][0], exons.at(-1)[1]])}\t.`,
      `ID=transcript:${id};Parent=gene:${gene};Name=${symbol};biotype=${biotype};tag=basic,Ensembl_canonical;transcript_id=${id};transcript_support_level=1;version=1`
    )
    if (coding) this.#row(`${columns}\tfive_prime_UTR\t${place([exons[0][0], exons[0][0] + 29])}\t.`, parent)
    exons.forEach((exon, i) => {
      const exonId = `ENSE${padded(++this.#ids.exon)}`
      this.#row(
        `${columns}\texon\t${place(exon)}\t.`,
        `${parent};Name=${exonId};constitutive=0;ensembl_end_phase=-1;ensembl_phase=-1;exon_id=${exonId};rank=${i + 1};version=1`
      )
    })
    if (!coding) return
    // Within 30 bases of the outer ends, a multiple of three in all.
    const parts = exons.map(([start, end], i) => [i === 0 ? start + 30 : start, i === exons.length - 1 ? end - 30 : end])
    const bases = parts.reduce((sum, [start, end]) => sum + end - start + 1, 0)
    parts.at(-1)[1] -= bases % 3
    const phases = []
    let read = 0
    for (const [start, end] of strand === "+" ? parts : parts.toReversed()) {
      phases.push((3 - (read % 3)) % 3)
      read += end - start + 1
    }
    if (strand === "-") phases.reverse()
    parts.forEach((part, i) =>
      this.#row(`${columns}\tCDS\t${place(part)}\t${phases[i]}`, `ID=CDS:ENSP${number};${parent};protein_id=ENSP${number}`)
    )
    this.#row(`${columns}\tthree_prime_UTR\t${place([exons.at(-1)[1] - 29, exons.at(-1)[1]])}\t.`, parent)
  }
}

/** Writes `genes.gff3` and `genome.fa` into the folder; gives rows, bytes of both, and the paths. */
export const humanScale = ({ scale, genome, folder }) => {
  mkdirSync(folder, { recursive: true })
  const sequences = chromosomes.map(([name, length]) => [name, Math.max(20_000, Math.round(length * 1e6 * genome))])
  const genes = Math.round((rowsAtScale1 * scale) / rowsOfGene)
  const bases = sequences.reduce((sum, [, length]) => sum + length, 0)
  if (bases / genes < 2000) throw new Error(`a genome of scale ${genome} is too small for genes of scale ${scale}`)
  const [gff3, fasta] = [join(folder, "genes.gff3"), join(folder, "genome.fa")]
  const out = new Out(gff3)
  const annotation = new Annotation(out)
  annotation.head(sequences)
  for (const [i, [name, length]] of sequences.entries())
    annotation.sequence(name, length, Math.max(1, Math.round((genes * chromosomes[i][1]) / megabases)))
  out.close()
  return { gff3, fasta, rows: annotation.rows, gff3Bytes: out.bytes, fastaBytes: writeFasta(fasta, sequences), bases }
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: { scale: { type: "string", default: "0.1" }, genome: { type: "string", default: "0.02" }, out: { type: "string" } }
  })
  if (values.out === undefined) throw new Error("--out FOLDER is needed")
  console.log(JSON.stringify(humanScale({ scale: Number(values.scale), genome: Number(values.genome), folder: values.out })))
}
