import { execFileSync } from "node:child_process"
import { hash } from "node:crypto"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"

/** Of JavaScript objects, MiB: the program's code and a few thousand rows. All rows of the annotation would take three times as much. */
const heap = 80

/** As good as random, and always the same. */
const order = (line: string): number => Number.parseInt(hash("md5", line).slice(0, 12), 16)

describe("an annotation of 170,000 rows", () => {
  it.each([
    ["sorted", (lines: ReadonlyArray<string>) => lines],
    ["in random order", (lines: ReadonlyArray<string>) => lines.toSorted((a, b) => order(a) - order(b))]
  ])("is ingested within a heap that holds a fraction of its rows, %s", { timeout: 600_000 }, (_, arranged) => {
    const folder = mkdtempSync(join(tmpdir(), "memory-"))
    try {
      const generator = join(import.meta.dirname, "../../../../bench/human-scale.mjs")
      const run = (...argv: ReadonlyArray<string>) => JSON.parse(execFileSync(process.execPath, argv, { encoding: "utf8" }))
      const made = run(generator, "--scale", "0.05", "--genome", "0.005", "--out", folder)
      const [head, rows] = [new Array<string>(), new Array<string>()]
      for (const line of readFileSync(made.gff3, "latin1").trimEnd().split("\n"))
        if (line !== "###") (line.startsWith("#") ? head : rows).push(line)
      writeFileSync(made.gff3, `${[...head, ...arranged(rows)].join("\n")}\n`)
      const root = join(folder, "root")
      mkdirSync(root)
      const child = join(import.meta.dirname, "child.ts")
      const told = run(`--max-old-space-size=${heap}`, child, made.gff3, made.fasta, root)
      assert.strictEqual(told.rows, made.rows)
      assert.isAbove(told.genes, 3000)
      assert.isBelow(told.megabytes, 400)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
