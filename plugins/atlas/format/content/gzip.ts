/** A gzip file read to its last member: sizes and checksums compared, nothing but zeros behind it. Memory does not grow with the file. */
import { crc32, inflateRawSync } from "node:zlib"
import { LimitExceeded, type Limits } from "../limits.ts"
import { InputCorrupt, InputTruncated } from "./failure.ts"
import { gzipHeader } from "./gzip-header.ts"
import { Inflater } from "./inflater.ts"

export type GzipProblem = InputTruncated | InputCorrupt | LimitExceeded

/** Members up to this size are inflated at once, without a stream of their own: all bgzip blocks are. */
const smallMember = 65_536

export class GzipReader {
  problem: GzipProblem | null = null
  #state: "header" | "stream" | "trailer" | "padding" = "header"
  #carry: Buffer = Buffer.alloc(0)
  #inflater: Inflater | null = null
  #small: boolean
  #members = 0
  #blocks = 0
  #lastWasEmptyBlock = false
  /** Bytes of the file before the piece in hand and up to its end; where the current member starts; its plain bytes and checksum. */
  #base = 0
  #read = 0
  #memberAt = 0
  #headerBytes = 0
  #memberPlain = 0
  #memberCrc = 0
  #plain = 0
  #stopped = false
  readonly #path: string
  readonly #limits: Limits
  readonly #sink: (plain: Buffer) => boolean

  /** `sink` returns false to stop. `fileBytes` only guesses how members are best inflated. */
  constructor(path: string, fileBytes: number, limits: Limits, sink: (plain: Buffer) => boolean) {
    this.#path = path
    this.#small = fileBytes <= smallMember
    this.#limits = limits
    this.#sink = sink
  }

  /** Bytes of `piece` are used only until the promise resolves. */
  async push(piece: Buffer): Promise<void> {
    const input = this.#carry.length === 0 ? piece : Buffer.concat([this.#carry, piece])
    this.#read = this.#base + input.length
    this.#carry = Buffer.alloc(0)
    let at = 0
    while (at < input.length && this.problem === null && !this.#stopped) {
      const next = this.#state === "stream" ? await this.#stream(input, at) : this.#step(input, at)
      if (next < 0) {
        this.#carry = Buffer.from(input.subarray(at))
        break
      }
      at = next
    }
    this.#base += input.length - this.#carry.length
  }

  /** After the last piece: is the file complete? Gives the compression found. */
  end(fileBytes: number): "gzip" | "bgzip" {
    const bgzip = this.#blocks === this.#members && this.#blocks > 0
    if (this.problem !== null || this.#stopped) return bgzip ? "bgzip" : "gzip"
    const complete = this.#carry.length === 0 && this.#members > 0 && (this.#state === "header" || this.#state === "padding")
    if (!complete) this.#truncated(fileBytes, `The gzip member that starts at byte ${this.#memberAt} is cut off at byte ${fileBytes}.`)
    else if (bgzip && !this.#lastWasEmptyBlock)
      this.#truncated(fileBytes, "The bgzip end-of-file block is missing: the file was cut off between two blocks.")
    return bgzip ? "bgzip" : "gzip"
  }

  /** Ends the work, also of a push that is under way. */
  destroy(): void {
    this.#stopped = true
    this.#inflater?.destroy()
  }

  /** Takes one header with a small member, one trailer or padding; gives the index behind it, or -1 if more input is wanted. */
  #step(input: Buffer, at: number): number {
    if (this.#state === "trailer") return this.#trailer(input, at)
    if (this.#state === "padding" || (this.#members > 0 && input[at] === 0)) return this.#padding(input, at)
    this.#memberAt = this.#base + at
    if (this.#members > 0 && (input[at] !== 0x1f || (at + 1 < input.length && input[at + 1] !== 0x8b)))
      return this.#corrupt(this.#memberAt, `data that is no gzip member follows the last one at byte ${this.#memberAt}`)
    const header = gzipHeader(input, at)
    if (header.state === "bad") return this.#corrupt(this.#memberAt, header.reason)
    if (header.state === "incomplete") {
      if (input.length - at > this.#limits.gzipHeaderBytes) return this.#exceeded("gzipHeaderBytes", input.length - at, this.#memberAt)
      return -1
    }
    if (header.bytes > this.#limits.gzipHeaderBytes) return this.#exceeded("gzipHeaderBytes", header.bytes, this.#memberAt)
    if (header.blockBytes !== null && header.blockBytes < header.bytes + 8)
      return this.#corrupt(this.#memberAt, "a bgzip block is shorter than its header")
    if (header.blockBytes !== null && at + header.blockBytes > input.length) return -1
    if (++this.#members > this.#limits.gzipMembers) return this.#exceeded("gzipMembers", this.#members, this.#memberAt)
    this.#memberPlain = 0
    this.#memberCrc = 0
    this.#headerBytes = header.bytes
    const from = at + header.bytes
    if (header.blockBytes !== null) return this.#block(input, from, at + header.blockBytes - 8)
    if (this.#small && from < input.length) {
      const consumed = this.#inflateSmall(input.subarray(from, from + 2 * smallMember))
      if (consumed !== null) {
        this.#state = "trailer"
        return from + consumed
      }
      this.#small = false
    }
    this.#inflater = new Inflater((plain) => this.#take(plain))
    this.#state = "stream"
    return from
  }

  #block(input: Buffer, from: number, end: number): number {
    const consumed = this.#inflateSmall(input.subarray(from, end))
    if (consumed === null || from + consumed !== end)
      return this.#corrupt(this.#memberAt, `the bgzip block that starts at byte ${this.#memberAt} does not inflate`)
    this.#blocks++
    this.#lastWasEmptyBlock = this.#memberPlain === 0
    this.#state = "trailer"
    return end
  }

  /** Bytes that the stream took, or null if it is not whole, not sound or not small. */
  #inflateSmall(deflated: Buffer): number | null {
    try {
      // `info` makes Node return the engine too, which knows where the stream ended; its types do not say so.
      const done: unknown = inflateRawSync(deflated, { info: true, maxOutputLength: smallMember, chunkSize: smallMember })
      const { buffer, engine } = done as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } }
      this.#take(buffer)
      return engine.bytesWritten
    } catch {
      return null
    }
  }

  async #stream(input: Buffer, at: number): Promise<number> {
    const inflater = this.#inflater!
    const fed = await inflater.feed(input.subarray(at))
    if (fed.state === "more") return input.length
    inflater.destroy()
    this.#inflater = null
    if (fed.state === "bad")
      return this.#corrupt(this.#base + at, `the gzip member that starts at byte ${this.#memberAt} does not inflate (${fed.reason})`)
    const end = this.#memberAt + this.#headerBytes + fed.consumed
    this.#small = fed.consumed <= smallMember
    this.#state = "trailer"
    return end - this.#base
  }

  #trailer(input: Buffer, at: number): number {
    if (at + 8 > input.length) return -1
    const crc = input.readUInt32LE(at)
    const size = input.readUInt32LE(at + 4)
    this.#state = "header"
    if (crc !== this.#memberCrc)
      return this.#corrupt(this.#base + at, `the gzip member that starts at byte ${this.#memberAt} does not match its checksum`)
    if (size !== this.#memberPlain % 2 ** 32)
      return this.#corrupt(this.#base + at + 4, `the gzip member that starts at byte ${this.#memberAt} does not have the size it tells`)
    return at + 8
  }

  #padding(input: Buffer, at: number): number {
    this.#state = "padding"
    for (let i = at; i < input.length; i++)
      if (input[i] !== 0) return this.#corrupt(this.#base + i, `data that is no gzip member follows the last one at byte ${this.#base + i}`)
    return input.length
  }

  #take(plain: Buffer): void {
    if (this.#stopped || this.problem !== null || plain.length === 0) return
    this.#memberPlain += plain.length
    this.#plain += plain.length
    this.#memberCrc = crc32(plain, this.#memberCrc)
    const allowed = Math.min(this.#limits.plainBytes, Math.max(this.#limits.ratioFromBytes, this.#limits.ratio * this.#read))
    if (this.#plain > allowed) {
      this.#exceeded(this.#plain > this.#limits.plainBytes ? "plainBytes" : "ratio", this.#plain, this.#memberAt)
      return
    }
    if (!this.#sink(plain)) this.#stopped = true
  }

  #exceeded(limit: "ratio" | "plainBytes" | "gzipMembers" | "gzipHeaderBytes", found: number, byte: number): number {
    const allowed = this.#limits[limit]
    const message = {
      ratio: `It unpacks to more than ${allowed} times its size (${found} bytes so far).`,
      plainBytes: `It unpacks to more than ${allowed} bytes.`,
      gzipMembers: `It has more than ${allowed} gzip members.`,
      gzipHeaderBytes: `The gzip header that starts at byte ${byte} is longer than ${allowed} bytes.`
    }[limit]
    this.problem ??= new LimitExceeded({ message, where: { path: this.#path, byte }, limit, allowed, found })
    return 0
  }

  #corrupt(byte: number, reason: string): number {
    const message = `The compressed data is damaged at byte ${byte}: ${reason}.`
    this.problem ??= new InputCorrupt({ message, where: { path: this.#path, byte }, reason })
    return 0
  }

  #truncated(byte: number, message: string): void {
    this.problem ??= new InputTruncated({ message, where: { path: this.#path, byte } })
  }
}
