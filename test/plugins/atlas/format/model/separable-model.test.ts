import { randomBytes } from "node:crypto"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { CanonicalSummary, featureObject, queryObject } from "../../../../../plugins/atlas/format/artifact/canonical-model.ts"
import { ModelSpool } from "../../../../../plugins/atlas/format/artifact/model-spool.ts"
import { Spool } from "../../../../../plugins/atlas/format/artifact/spool.ts"
import type { Gff3Row } from "../../../../../plugins/atlas/format/gff3/row.ts"
import type { FetchOf } from "../../../../../plugins/atlas/format/model/coding-check.ts"
import type { GeneModel } from "../../../../../plugins/atlas/format/model/gene-model.ts"
import { NameSet } from "../../../../../plugins/atlas/format/model/name-set.ts"
import { RowOrder } from "../../../../../plugins/atlas/format/model/row-order.ts"
import { SeparableModel } from "../../../../../plugins/atlas/format/model/separable-model.ts"
import { gff3, modelOfRows, rowsOf } from "./model-of.ts"

const lengths = { chr1: 30_000, chr2: 30_000, MT: 30_000 }
const contigs = Object.entries(lengths).map(([name, length]) => ({ name, length }))
const bases = Uint8Array.from({ length: 30_000 }, (_, i) => "ACGT".charCodeAt((i * 7 + (i >> 3)) % 4))
const fetch: FetchOf = (_, start, end) => bases.subarray(start - 1, end)

const newSpool = () =>
  new ModelSpool(new Spool(join(tmpdir(), `parts-${randomBytes(8).toString("hex")}`)), (record) => JSON.stringify(record))

/** What the canonical files would have. */
const canonicalOf = (spool: ModelSpool) => {
  const summary = new CanonicalSummary()
  const genes = [...spool.canonicalGenes()].map(({ gene, lineage }) => {
    summary.add(gene)
    return { feature: JSON.stringify(featureObject(gene, lineage)), query: JSON.stringify(queryObject(gene)) }
  })
  return { genes, summary: summary.toObject() }
}

/** Everything that a model says, as what is written of it says it. */
const told = (rows: ModelSpool) => ({
  genes: [...rows.geneRows()],
  transcripts: [...rows.transcriptRows()],
  exons: [...rows.exonRows()],
  byEnd: [[...rows.genesByEnd()], [...rows.transcriptsByEnd()]],
  canonical: canonicalOf(rows),
  lone: rows.loneTranscripts,
  seqids: [...rows.seqids].sort()
})

const inParts = (rows: Iterable<Gff3Row>, rowsOfPart = 1) => {
  const spool = newSpool()
  const lineage = new Map<string, ReadonlyArray<unknown>>()
  let parts = 0
  const model = new SeparableModel(
    { path: "genes.gff3", contigs },
    fetch,
    (part) => {
      parts++
      spool.add(part)
      for (const [key, entries] of part.lineage) {
        assert.isFalse(lineage.has(key), `${key} is in two parts`)
        lineage.set(key, entries)
      }
    },
    { rowsOfPart }
  )
  for (const row of rows) model.add(row)
  return { outcome: model.finish(), spool, lineage, parts }
}

const whole = (model: GeneModel): ModelSpool => {
  const spool = newSpool()
  spool.add(model)
  return spool
}

/** Small annotations of every kind: nested and overlapping genes, children first, no IDs, no genes, locus tags, shared names. */
const annotationOf = (seed: number): { readonly lines: ReadonlyArray<string>; readonly isTidy: boolean } => {
  let state = seed * 2654435761 + 1
  const random = (most: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
  const isTidy = seed % 3 === 0
  const blocks: Array<{ readonly at: number; readonly seqid: string; readonly lines: Array<string> }> = []
  for (let g = 0; g < 3 + random(12); g++) {
    const seqid = ["chr1", "chr2", "MT"][random(3)]!
    const at = 1 + (isTidy ? g * 1500 : random(25_000))
    const strand = random(2) === 0 ? "+" : "-"
    const [from, to] = [at, at + 200 + random(isTidy ? 900 : 3000)]
    const lines: Array<string> = []
    const kind = random(isTidy ? 3 : 8)
    const cds = (parent: string, id: string) => `${seqid} CDS ${from + 3} ${from + 92} ${strand} 0 ID=${id}${parent}`
    if (kind < 3) {
      lines.push(`${seqid} gene ${from} ${to} ${strand} . ID=g${g};Name=n${random(5)}`)
      for (let t = 0; t < 1 + random(3); t++) {
        lines.push(`${seqid} ${["mRNA", "lnc_RNA", "transcript"][random(3)]} ${from} ${to} ${strand} . ID=g${g}.t${t};Parent=g${g}`)
        lines.push(
          `${seqid} exon ${from} ${from + 99} ${strand} . Parent=g${g}.t${t}`,
          `${seqid} exon ${to - 80} ${to} ${strand} . Parent=g${g}.t${t}`
        )
        if (random(2) === 0) lines.push(cds(`;Parent=g${g}.t${t}`, `c${g}.${t}`))
      }
      if (random(3) === 0) lines.reverse()
    } else if (kind === 3) lines.push(cds(`;locus_tag=L${random(4)}`, `c${g}`))
    else if (kind === 4) lines.push(`${seqid} tRNA ${from} ${to} ${strand} . gene=R${random(3)}`)
    else if (kind === 5)
      lines.push(`${seqid} gene ${from} ${to} ${strand} . locus_tag=L${random(4)}`, `${seqid} repeat_region ${from} ${to} . . ID=r${g}`)
    else if (kind === 6)
      lines.push(`${seqid} exon ${from} ${to} ${strand} .`, `${seqid} gene ${from} ${to} ${strand} . ID=g${random(g + 1)}`)
    else
      lines.push(`${seqid} strange ${from} ${to} ${strand} . ID=s${g}`, `${seqid} mRNA ${from} ${to} ${strand} . ID=s${g}.t;Parent=s${g}`)
    blocks.push({ at, seqid, lines })
  }
  if (random(4) === 0) blocks.push({ at: 0, seqid: "MT", lines: ["MT region 1 30000 . . ID=MT;Is_circular=true;genome=mitochondrion"] })
  if (isTidy || random(2) === 0) blocks.sort((a, b) => (a.seqid < b.seqid ? -1 : a.seqid > b.seqid ? 1 : a.at - b.at))
  return { lines: blocks.flatMap((b) => b.lines), isTidy }
}

describe("an annotation read in parts", () => {
  it("is the same as read whole, or is left to be read whole, for any annotation", () => {
    let separable = 0
    for (let seed = 0; seed < 300; seed++) {
      const { lines, isTidy } = annotationOf(seed)
      const rows = rowsOf(gff3(...lines))
      const expected = modelOfRows(rows, lengths, fetch)
      for (const rowsOfPart of [1, 7]) {
        const { outcome, spool, lineage } = inParts(rows, rowsOfPart)
        if (expected.model === undefined) {
          // An annotation without genes has no errors of its own in parts; whoever reads it sees that no gene came.
          assert.isTrue(outcome === undefined || spool.genes.count === 0, `seed ${seed}`)
          continue
        }
        if (isTidy) assert.isDefined(outcome, `seed ${seed}: sorted genes without overlaps`)
        if (outcome === undefined) continue
        separable++
        const { genes: _1, transcripts: _2, exons: _3, cds: _4, lineage: expectedLineage, ...totals } = expected.model
        assert.deepStrictEqual(told(spool), told(whole(expected.model)), `seed ${seed}`)
        assert.deepStrictEqual(outcome.totals, totals, `seed ${seed}`)
        assert.deepStrictEqual(outcome.findings, expected.findings, `seed ${seed}`)
        assert.deepStrictEqual(outcome.seqids, expected.seqids, `seed ${seed}`)
        assert.deepStrictEqual(new Map([...lineage].sort()), new Map([...expectedLineage].sort()), `seed ${seed}`)
      }
    }
    assert.isAbove(separable, 150)
  })

  it("is the same in whatever order the rows come, once these are put in order", () => {
    let [separable, sound] = [0, 0]
    for (let seed = 0; seed < 300; seed++) {
      const { lines, isTidy } = annotationOf(seed)
      const shuffled = lines
        .map((line, i) => ({ line, by: Math.imul(i + 1, 2654435761 + seed * 97) >>> 7 }))
        .sort((a, b) => a.by - b.by)
        .map(({ line }) => line)
      const rows = rowsOf(gff3(...shuffled))
      const expected = modelOfRows(rows, lengths, fetch)
      const order = new RowOrder()
      for (const row of rows) order.add(row)
      const byLine = new Map(rows.map((row) => [row.line, row]))
      const inOrder = [...order.places()].map(({ line, byte, bytes, resolved }) => {
        const row = byLine.get(line) ?? assert.fail(`no line ${line}`)
        assert.deepStrictEqual([byte, bytes, resolved], [row.byte, row.bytes, row.resolved])
        return row
      })
      assert.strictEqual(inOrder.length, rows.length)
      if (expected.model === undefined) continue
      sound++
      const { outcome, spool } = inParts(inOrder)
      if (isTidy) assert.isDefined(outcome, `seed ${seed}: genes without overlaps`)
      if (outcome === undefined) continue
      separable++
      const { genes: _1, transcripts: _2, exons: _3, cds: _4, lineage: _5, ...totals } = expected.model
      assert.deepStrictEqual(told(spool), told(whole(expected.model)), `seed ${seed}`)
      assert.deepStrictEqual(outcome.totals, totals, `seed ${seed}`)
      assert.deepStrictEqual(outcome.findings, expected.findings, `seed ${seed}`)
      assert.deepStrictEqual(outcome.seqids, expected.seqids, `seed ${seed}`)
    }
    assert.isAbove(separable, sound / 2)
  })

  const gene = (id: string, start: number, end: number, more = "") => [
    `chr1 gene ${start} ${end} + . ID=${id}${more}`,
    `chr1 mRNA ${start} ${end} + . ID=${id}.t;Parent=${id}`,
    `chr1 exon ${start} ${end} + . Parent=${id}.t`
  ]
  const partsOf = (...lines: ReadonlyArray<string>) => {
    const { outcome, parts } = inParts(rowsOf(gff3(...lines)))
    return outcome === undefined ? undefined : parts
  }

  it("has a part for each gene that lies apart", () =>
    assert.strictEqual(partsOf(...gene("a", 1, 100), ...gene("b", 200, 300), ...gene("c", 400, 500)), 3))
  it("has one part for genes that overlap, since they may share rows", () =>
    assert.strictEqual(partsOf(...gene("a", 1, 250), ...gene("b", 200, 300), ...gene("c", 400, 500)), 2))
  it("may go backwards on a sequence", () => assert.strictEqual(partsOf(...gene("b", 200, 300), ...gene("a", 1, 100)), 2))

  const asWhole: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
    ["a gene overlaps one that is done with", [...gene("a", 1, 250), ...gene("c", 400, 500), ...gene("b", 200, 300)]],
    ["an ID comes again", [...gene("a", 1, 100), ...gene("b", 200, 300), "chr1 repeat_region 400 500 . . ID=a"]],
    ["a row names a Parent that is done with", [...gene("a", 1, 100), ...gene("b", 200, 300), "chr1 exon 50 60 + . Parent=a.t"]],
    ["a Parent is missing", [...gene("a", 1, 100), "chr1 exon 250 260 + . Parent=x"]],
    ["two CDS far apart have one locus tag", ["chr1 CDS 1 90 + 0 locus_tag=L", ...gene("b", 200, 300), "chr1 CDS 400 489 + 0 locus_tag=L"]],
    [
      "a sequence turns out to be circular",
      [...gene("a", 1, 100), ...gene("b", 200, 300), "chr1 region 1 30000 . . ID=chr1;Is_circular=true"]
    ],
    ["a gene ends beyond its sequence", [...gene("a", 1, 100), ...gene("b", 29_000, 30_001)]]
  ]
  it.each(asWhole)("is left to be read whole where %s", (_, lines) => assert.isUndefined(partsOf(...lines)))
})

describe("a set of names", () => {
  it("tells a hundred thousand names apart, and knows each again", () => {
    const names = new NameSet()
    for (let i = 0; i < 100_000; i++) assert.isTrue(names.add(`transcript:ENST${String(i).padStart(11, "0")}`))
    for (let i = 0; i < 100_000; i += 7) assert.isFalse(names.add(`transcript:ENST${String(i).padStart(11, "0")}`))
    assert.strictEqual(names.size, 100_000)
  })
})
