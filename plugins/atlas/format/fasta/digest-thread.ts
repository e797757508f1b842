/**
 * MD5 and SHA-512 of sequences in a thread of their own, so that the one that reads and scans has a core for itself. Residues go over in slots
 * of shared memory, a ring of them: who is ahead waits for the other, so memory is bounded. The thread's text is that of `work`, so that it is the
 * same from source, in a bundle and within a package.
 */
import { Worker } from "node:worker_threads"
import { digestOf } from "../refget.ts"
import type { DigestSink, SequenceDigest } from "./sequence-digests.ts"

const slots = 4
const slotBytes = 512 * 1024
/** Ends of sequences that a slot holds at most; many short ones fill it before its bytes do. */
const slotEnds = 8192
/** Words of a slot's state: 0 free or 1 filled, bytes, ends, 1 on the last one. */
const words = 4
/** MD5, then SHA-512. */
const digestBytes = 16 + 64

interface Shared {
  readonly state: Int32Array<SharedArrayBuffer>
  readonly residues: Uint8Array<SharedArrayBuffer>
  /** Where in its slot a sequence ends, doubled; plus 1 if its digests are wanted. */
  readonly ends: Int32Array<SharedArrayBuffer>
}

/** Runs in the thread, which gets nothing but this text: it names nothing of this module. */
const work = (): void => {
  const { createHash } = process.getBuiltinModule("node:crypto")
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads")
  const { state, residues, ends, slots, slotBytes, slotEnds, words, digestBytes } = workerData as Shared & Readonly<Record<string, number>>
  let hashes = [createHash("md5"), createHash("sha512")]
  for (let slot = 0, last = false; !last; slot = (slot + 1) % slots!) {
    const at = slot * words!
    while (Atomics.load(state, at) === 0) Atomics.wait(state, at, 0)
    const [bytes, count] = [state[at + 1]!, state[at + 2]!]
    last = state[at + 3] === 1
    const found = new Uint8Array(count * digestBytes!)
    let [from, filled] = [0, 0]
    const update = (to: number) => {
      for (const hash of hashes) hash.update(residues.subarray(slot * slotBytes! + from, slot * slotBytes! + to))
      from = to
    }
    for (let i = 0; i < count; i++) {
      const end = ends[slot * slotEnds! + i]!
      update(end >> 1)
      if (end % 2 === 1)
        for (const hash of hashes) {
          const digest = hash.digest()
          found.set(digest, filled)
          filled += digest.length
        }
      hashes = [createHash("md5"), createHash("sha512")]
    }
    update(bytes)
    Atomics.store(state, at, 0)
    Atomics.notify(state, at)
    if (filled > 0) parentPort?.postMessage(found.subarray(0, filled), [found.buffer])
  }
}

const shared = (): Shared => ({
  state: new Int32Array(new SharedArrayBuffer(4 * slots * words)),
  residues: new Uint8Array(new SharedArrayBuffer(slots * slotBytes)),
  ends: new Int32Array(new SharedArrayBuffer(4 * slots * slotEnds))
})

/** How long one slot may take, s: the thread hashes a slot in a few ms, on however busy a machine. */
const stalledAfter = 120

export class DigestThread implements DigestSink {
  readonly #shared: Shared
  readonly #worker: Worker
  readonly #results: Array<SequenceDigest> = []
  readonly #ended: Promise<void>
  #failure: Error | undefined
  #slot = 0
  #filled = 0
  #ends = 0

  /** Undefined where threads are not permitted (`--permission`), or none can be started. */
  static start(): DigestThread | undefined {
    const memory = shared()
    try {
      const workerData = { ...memory, slots, slotBytes, slotEnds, words, digestBytes }
      return new DigestThread(
        memory,
        new Worker(`(${work.toString()})()`, { eval: true, workerData, env: {}, execArgv: [], name: "digests" })
      )
    } catch {
      return undefined
    }
  }

  private constructor(memory: Shared, worker: Worker) {
    this.#shared = memory
    this.#worker = worker
    worker.on("message", (found: Uint8Array) => {
      for (let at = 0; at < found.length; at += digestBytes) this.#results.push(digestOf(found.subarray(at, at + digestBytes)))
    })
    worker.on("error", (error) => {
      this.#failure = error instanceof Error ? error : new Error(String(error))
    })
    this.#ended = new Promise((resolve) => worker.once("exit", () => resolve()))
  }

  update(residues: Uint8Array): void {
    for (let from = 0; from < residues.length;) {
      if (this.#filled === slotBytes) this.#handOver(false)
      const piece = residues.subarray(from, from + slotBytes - this.#filled)
      this.#shared.residues.set(piece, this.#slot * slotBytes + this.#filled)
      this.#filled += piece.length
      from += piece.length
    }
  }

  end(wanted: boolean): void {
    if (this.#ends === slotEnds) this.#handOver(false)
    this.#shared.ends[this.#slot * slotEnds + this.#ends++] = this.#filled * 2 + (wanted ? 1 : 0)
  }

  /** Digests of the wanted sequences, in order. Nothing may be handed on afterwards; the thread has ended then. */
  async finish(): Promise<ReadonlyArray<SequenceDigest>> {
    this.#handOver(true)
    await this.#ended
    if (this.#failure !== undefined) throw this.#failure
    return this.#results
  }

  /** Ends the thread, wherever it is. */
  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #handOver(last: boolean): void {
    if (this.#failure !== undefined) throw this.#failure
    const { state } = this.#shared
    const at = this.#slot * words
    state[at + 1] = this.#filled
    state[at + 2] = this.#ends
    state[at + 3] = last ? 1 : 0
    Atomics.store(state, at, 1)
    Atomics.notify(state, at)
    this.#slot = (this.#slot + 1) % slots
    this.#filled = 0
    this.#ends = 0
    if (!last) this.#waitForFree(this.#slot * words)
  }

  /** No event of the thread comes while this one waits, so a thread that died is told by time alone. Seconds are counted one by one: a stopped process does not age. */
  #waitForFree(at: number): void {
    for (let waited = 0; Atomics.load(this.#shared.state, at) === 1; waited++) {
      if (waited === stalledAfter) throw new Error("the thread that makes digests does not go on")
      Atomics.wait(this.#shared.state, at, 1, 1000)
    }
  }
}
