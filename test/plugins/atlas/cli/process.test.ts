/** What only a real process shows: signals, sudden death, a broken stdout, an old Node. */
import * as fs from "node:fs"
import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { file, filesBelow, idFlags, main, runHere, sample, scratch, start, startNode } from "./program.ts"

const stepwise = fileURLToPath(new URL("stepwise.ts", import.meta.url))
const ids = idFlags("1", "phix174", "NC_001422.1")
const phix = (gff3 = sample("phix174/NC_001422.1.gff3.gz")) => [
  "ingest",
  "--gff3",
  gff3,
  "--fasta",
  sample("phix174/NC_001422.1.fa"),
  ...ids
]

/** Another annotation of the same genome. */
const otherGff3 = () => file("other.gff3", "##gff-version 3\nNC_001422.1\tx\tgene\t390\t848\t.\t+\t.\tID=g;gene_biotype=protein_coding\n")

const species = "release=1/species=phix174"

const content = (root: string): ReadonlyMap<string, string> => (fs.existsSync(root) ? filesBelow(root) : new Map())

describe("an ingest that is killed", () => {
  it.effect("leaves the old build root, and the next ingest heals: the same bytes as if nothing had happened", () =>
    Effect.gen(function* () {
      const old = join(scratch(), "build")
      const clean = join(scratch(), "build")
      const ingest = (step: number, gff3: string | undefined, root: string) =>
        Effect.promise(() => startNode([stepwise, String(step), ...phix(gff3), "--output-root", root, "--quiet"]).ended)
      assert.strictEqual((yield* ingest(-1, otherGff3(), old)).code, 0)
      const oldFiles = content(old)
      fs.cpSync(old, clean, { recursive: true })
      const whole = yield* ingest(-1, undefined, clean)
      assert.strictEqual(whole.code, 0)
      const newFiles = content(clean)
      assert.notDeepEqual(newFiles, oldFiles)
      const changes = Number(/changes (\d+)/.exec(whole.stderr)?.[1])
      assert.isAbove(changes, 20)
      // Around the end is where the old root goes and the new one comes.
      const steps = new Set([
        ...Array.from({ length: 6 }, (_, i) => Math.floor((i * changes) / 6)),
        ...Array.from({ length: 7 }, (_, i) => changes - 1 - i)
      ])
      const seen = new Set<string>()
      for (const step of steps) {
        const root = join(scratch(), "build")
        fs.cpSync(old, root, { recursive: true })
        assert.strictEqual((yield* ingest(step, undefined, root)).signal, "SIGKILL")
        const visible = new Map([...content(root)].filter(([path]) => !path.includes("/.")))
        const state = visible.size === 0 ? "none" : JSON.stringify([...visible]) === JSON.stringify([...oldFiles]) ? "old" : "new"
        if (state === "new") assert.deepStrictEqual(visible, newFiles)
        seen.add(state)
        assert.strictEqual((yield* runHere([...phix(), "--output-root", root])).code, 0)
        assert.deepStrictEqual(content(root), newFiles, `killed before change ${step} of ${changes}`)
        assert.deepStrictEqual(fs.readdirSync(join(root, species)), ["assembly=NC_001422.1"])
      }
      assert.deepStrictEqual([...seen].sort(), ["new", "none", "old"])
    })
  )
})

describe("a signal", () => {
  it.effect.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129]
  ] as const)("%s ends an ingest with its code, and what was begun is cleared", ([signal, code]) =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 60_000 }, (_, i) => `chr1\tx\tgene\t${i + 1}\t${i + 9}\t.\t+\t.\tID=g${i};biotype=protein_coding`)
      const gff3 = file("many.gff3", `##gff-version 3\n${rows.join("\n")}\n`)
      const fasta = file("many.fa", `>chr1\n${"ACGTACGTAC\n".repeat(7000)}`)
      const root = join(scratch(), "build")
      const { kill, ended } = start("ingest", "--gff3", gff3, "--fasta", fasta, ...idFlags("1", "many", "M1"), "--output-root", root)
      const begun = () => {
        try {
          return fs.readdirSync(root, { recursive: true, encoding: "utf8" }).some((path) => path.endsWith("genome.fa.bgz"))
        } catch {
          // Not there yet, or a folder got its name while it was read.
          return false
        }
      }
      const over = { is: false }
      void ended.then(() => (over.is = true))
      yield* Effect.promise(async () => {
        while (!begun() && !over.is) await setImmediate()
      })
      kill(signal)
      const end = yield* Effect.promise(() => ended)
      assert.strictEqual(end.code, code, end.stdout + end.stderr)
      assert.isFalse(fs.existsSync(root))
    })
  )
})

describe("stdout", () => {
  const withStdout = (stdout: number | "closed-pipe", ...argv: ReadonlyArray<string>) =>
    Effect.promise(async () => {
      const { spawn } = await import("node:child_process")
      const child = spawn(process.execPath, [main, ...argv], { stdio: ["ignore", stdout === "closed-pipe" ? "pipe" : stdout, "pipe"] })
      child.stdout?.destroy()
      let stderr = ""
      child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()))
      const code = await new Promise<number | null>((resolve) => child.on("close", resolve))
      return { code, stderr }
    })

  it.effect("that nobody reads is IO_STDOUT and 3", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* withStdout("closed-pipe", "inspect", sample("phix174/NC_001422.1.fa"), "--json")
      assert.strictEqual(code, 3)
      assert.include(stderr, "(EPIPE)")
      assert.include(stderr, "IO_STDOUT")
    })
  )

  it.effect.skipIf(!fs.existsSync("/dev/full"))("on a full disk is IO_STDOUT and 3", () =>
    Effect.gen(function* () {
      const full = fs.openSync("/dev/full", "w")
      const { code, stderr } = yield* withStdout(full, "--help")
      fs.closeSync(full)
      assert.strictEqual(code, 3)
      assert.include(stderr, "(ENOSPC)")
    })
  )

  it.effect("in a file holds the whole document", () =>
    Effect.gen(function* () {
      const path = join(scratch(), "out.json")
      const out = fs.openSync(path, "w")
      const { code } = yield* withStdout(out, "inspect", sample("phix174/NC_001422.1.fa"), "--json")
      fs.closeSync(out)
      assert.strictEqual(code, 0)
      assert.strictEqual((JSON.parse(fs.readFileSync(path, "utf8")) as { readonly kind: string }).kind, "fasta")
    })
  )
})

describe("an old Node", () => {
  it.effect("gets a message and 2, before anything else is loaded", () =>
    Effect.gen(function* () {
      const pretend = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.19.1"}})'
      const { code, stdout, stderr } = yield* Effect.promise(() => startNode(["--import", pretend, main, "--help"]).ended)
      assert.strictEqual(code, 2)
      assert.strictEqual(stdout, "")
      assert.include(stderr, "atlas-dataset needs Node 24 or newer")
    })
  )
})
