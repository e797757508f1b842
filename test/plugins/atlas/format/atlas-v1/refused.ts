/** Small inputs that atlas-v1 refuses, and what it says of them. */
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import type { AtlasV1Options } from "../../../../../plugins/atlas/format/atlas-v1/options.ts"
import { encodeFailures } from "../../../../../src/domain/Failure.ts"
import { type Inputs, ingestAs, scratch } from "./recorded-run.ts"

export const row = (...columns: ReadonlyArray<string>) => columns.join("\t")

/** `chr1 gene 1 9 ID=g` as a row. */
export const feature = (short: string, { strand = "+", phase = "." } = {}) => {
  const [seqid = "", type = "", start = "", end = "", ...attributes] = short.split(" ")
  return row(seqid, "s", type, start, end, ".", strand, phase, attributes.join(" "))
}

export const gff3 = (...lines: ReadonlyArray<string>) => `${lines.join("\n")}\n`

export const gene = feature("chr1 gene 1 90 ID=g;Name=n;biotype=b")
export const index = "chr1\t100\t6\t60\t61\nchr2\t50\t6\t60\t61\n1\t100\t6\t60\t61\n"
const genome = `>chr1\n${"ACGTACGTAC".repeat(10)}\n>chr2\n${"ACGTACGTAC".repeat(5)}\n>1\n${"ACGTACGTAC".repeat(10)}\n`

export interface Case {
  readonly gff3?: string | Buffer
  readonly fai?: string | Buffer
  readonly fasta?: string
  readonly options?: Partial<AtlasV1Options>
}

const file = (name: string, content: string | Buffer): string => {
  const at = path.join(scratch(), name)
  fs.writeFileSync(at, content)
  return at
}

export const inputsOf = ({ gff3 = `${gene}\n`, fai = index, fasta = genome }: Case): Required<Inputs> => ({
  gff3: file("g.gff3", gff3),
  fasta: file("g.fa", fasta),
  fai: file("g.fa.fai", fai)
})

export const refused = (inputs: Inputs, options: Partial<AtlasV1Options> = {}) =>
  Effect.map(Effect.flip(ingestAs("1/a_b/A1", inputs, options)), (error) => {
    const documents = encodeFailures(error)
    assert.strictEqual(documents.length, 1)
    const [{ code, message, where, details }] = documents as [(typeof documents)[number]]
    return { code, message, line: where?.line, exit: (details["reference"] as { exit: number } | undefined)?.exit }
  })

/** What is wrong, the input, the code, the message, the exit of the reference, the line. */
export type Refusal = readonly [string, Case, string, string, number, number?]

/** A test for each. */
export const refusesEach = (table: ReadonlyArray<Refusal>): void =>
  it.effect.each(table.map(([name, ...rest]) => ({ name, rest })))("$name", ({ rest: [input, code, message, exit, line] }) =>
    Effect.map(refused(inputsOf(input), input.options), (told) => assert.deepStrictEqual(told, { code, message, exit, line }))
  )
