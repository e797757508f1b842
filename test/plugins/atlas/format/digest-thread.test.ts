import { spawnSync } from "node:child_process"
import { randomInt } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { gzipSync } from "node:zlib"
import { afterAll } from "vitest"
import { DigestThread } from "../../../../plugins/atlas/format/fasta/digest-thread.ts"
import { scanFasta } from "../../../../plugins/atlas/format/fasta/read.ts"
import { fastaScan } from "../../../../plugins/atlas/format/fasta/scan.ts"
import { type FastaFacts, type FastaOptions, FastaScanner } from "../../../../plugins/atlas/format/fasta/scanner.ts"
import { withDigests } from "../../../../plugins/atlas/format/fasta/sequence-digests.ts"
import { processState, residue, settled } from "../../../../src/host/Residue.ts"
import { limits } from "../../../../plugins/atlas/format/limits.ts"

const folder = fs.mkdtempSync(join(os.tmpdir(), "atlas-digests-"))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const repository = join(import.meta.dirname, "../../../..")

/** Cut into random pieces; the buffer is used again, as readers do. */
const pushed = (scanner: FastaScanner, bytes: Buffer, most: number): void => {
  const piece = Buffer.alloc(most)
  for (let at = 0; at < bytes.length;) {
    const size = bytes.copy(piece, 0, at, Math.min(bytes.length, at + randomInt(1, most + 1)))
    scanner.push(piece.subarray(0, size))
    at += size
  }
}

const inThread = async (bytes: Buffer, most: number, options: FastaOptions = {}): Promise<FastaFacts> => {
  const thread = DigestThread.start()
  if (thread === undefined) throw new Error("no thread can be started here")
  const scanner = new FastaScanner({ ...options, digests: thread })
  pushed(scanner, bytes, most)
  const facts = scanner.end()
  return withDigests(facts, await thread.finish())
}

const here = (bytes: Buffer, options: FastaOptions = {}): FastaFacts => {
  const scanner = new FastaScanner(options)
  scanner.push(bytes)
  return scanner.end()
}

const letters = (n: number): string => Array.from({ length: n }, () => "ACGTNacgtn-*"[randomInt(12)]).join("")
const wrapped = (residues: string, width: number): string => residues.replaceAll(new RegExp(`.{1,${width}}`, "g"), "$&\n")

/** More than all slots hold, once round the ring and on. */
const long = `>long\n${wrapped("ACGTTGCAAC".repeat(300_000), 60)}`

/** Bits of what a FASTA may be, sound or not. */
const parts: ReadonlyArray<() => string> = [
  () => `>${randomInt(1e9)} described\n${wrapped(letters(randomInt(1, 400)), 70)}`,
  () => `>${randomInt(1e9)}\r\nACGT\r\nAC\r\n`,
  () => ">same\nACGT\n",
  () => `>${randomInt(1e9)}\n`,
  () => `>${randomInt(1e9)}\n----\n`,
  () => `>${randomInt(1e9)}\nAC7T\n`,
  () => ">\nACGT\n",
  () => Array.from({ length: randomInt(1, 12_000) }, (_, i) => `>s${i}.${randomInt(1e9)}\n${"ACGT"[i % 4]}\n`).join("")
]

describe("digests in a thread", () => {
  it("are those made here, of whatever FASTA, however its bytes are cut", async () => {
    for (let run = 0; run < 25; run++) {
      const text = Array.from({ length: randomInt(0, 8) }, () => (parts[randomInt(parts.length)] ?? (() => ""))()).join("")
      const bytes = Buffer.from(text)
      assert.deepStrictEqual(await inThread(bytes, randomInt(1, 5000)), here(bytes), JSON.stringify(text.slice(0, 2000)))
    }
    const bytes = Buffer.from(`${long}>next\nACGT\n${long.replace("long", "again")}`)
    assert.deepStrictEqual(await inThread(bytes, 3_000_000), here(bytes))
    assert.deepStrictEqual(await inThread(bytes, 70_000), here(bytes))
    const narrow = { limits: { ...limits, sequences: 3 } }
    const many = Buffer.from(Array.from({ length: 9 }, (_, i) => `>s${i}\nACGT\n`).join(""))
    assert.deepStrictEqual(await inThread(many, 7, narrow), here(many, narrow))
  })

  const big = join(folder, "big.fa")
  const expected = () => here(fs.readFileSync(big), { path: big })
  fs.writeFileSync(big, Array.from({ length: 6 }, (_, i) => long.replace("long", `chr${i}`)).join(""))

  it.effect("are those of a large file, plain and packed", () =>
    Effect.gen(function* () {
      assert.isAbove(fs.statSync(big).size, 16 * 2 ** 20)
      const { content: _plain, ...facts } = yield* scanFasta(big)
      assert.deepStrictEqual(facts, expected())
      // Packed without loss of size, so that it is still a large file.
      const packed = join(folder, "big.fa.gz")
      fs.writeFileSync(packed, gzipSync(fs.readFileSync(big), { level: 0 }))
      const { content: _packed, ...unpacked } = yield* scanFasta(packed)
      assert.deepStrictEqual(unpacked, expected())
    })
  )

  /** Without what else this process has open. */
  const ports = () => process.getActiveResourcesInfo().filter((kind) => kind === "MessagePort").length

  it.effect("are given up with the scope, and the thread with them", () =>
    Effect.gen(function* () {
      const before = ports()
      const scope = yield* Scope.make()
      const scan = yield* Scope.provide(fastaScan(big), scope)
      scan.push(Buffer.from(">a\nACGT\n"))
      assert.strictEqual(ports(), before + 1)
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(ports(), before)
      const cut = join(folder, "cut.fa.gz")
      fs.writeFileSync(cut, gzipSync(fs.readFileSync(big), { level: 0 }).subarray(0, 17 * 2 ** 20))
      assert.strictEqual((yield* Effect.flip(scanFasta(cut)))._tag, "InputTruncated")
      assert.strictEqual(ports(), before)
    })
  )

  it.effect("leave nothing open that a host would be blamed for", () =>
    Effect.gen(function* () {
      const before = processState()
      yield* scanFasta(big)
      yield* Effect.promise(() => settled(before))
      assert.deepStrictEqual(residue(before), [])
    })
  )

  /** Node's own words for each thread that is started. */
  const started = /instantiating Worker/i

  it("are made here where threads are not permitted", () => {
    const program = join(folder, "scan.mjs")
    const module = join(repository, "plugins/atlas/format/fasta/read.ts")
    const effect = import.meta.resolve("effect")
    fs.writeFileSync(
      program,
      `import { Effect } from ${JSON.stringify(effect)}
      import { scanFasta } from ${JSON.stringify(module)}
      const { sequences, collection } = await Effect.runPromise(scanFasta(${JSON.stringify(big)}))
      console.log(JSON.stringify({ sequences, collection }))`
    )
    const { sequences, collection } = expected()
    for (const [flags, permitted] of [
      [["--permission", "--allow-fs-read=*"], false],
      [[], true]
    ] as const) {
      const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, program], {
        encoding: "utf8",
        env: { ...process.env, NODE_DEBUG: "worker" }
      })
      assert.strictEqual(status, 0, stderr)
      assert.deepStrictEqual(JSON.parse(stdout), { sequences, collection })
      if (permitted && os.availableParallelism() > 1) assert.match(stderr, started)
    }
  })

  it("are the same in the built program", () => {
    const argv = [join(repository, "dist/atlas-dataset.mjs"), "inspect", big, "--json"]
    const { stdout, stderr, status } = spawnSync(process.execPath, argv, {
      encoding: "utf8",
      env: { ...process.env, NODE_DEBUG: "worker" }
    })
    assert.strictEqual(status, 0, stderr)
    if (os.availableParallelism() > 1) assert.match(stderr, started)
    assert.deepInclude(JSON.parse(stdout).inspected ?? JSON.parse(stdout), { collection: expected().collection })
  })
})
