/** A log while its task runs: `<file>.live` holds all that is kept of it, compacted whenever its end has grown to twice its bound. */
import * as fs from "node:fs"
import * as path from "node:path"
import type { LogLevel } from "../domain/ViewDocuments.ts"
import { headLine, Kept, leftOutLine, liveSuffix, logText } from "./LogFormat.ts"
import { makeFolders } from "./MakeFolders.ts"
import { removeTree } from "./RemoveTree.ts"
import { writeAll } from "./ReplaceFile.ts"
import { ensureStateFolder } from "./StateFolder.ts"

/** Bytes and ms after which what was logged goes to the file; looked at whenever something is logged. */
const Buffered = { bytes: 32 * 1024, ms: 100 } as const

const lineFeed = 10

export class OpenLog {
  readonly #state: string
  readonly #file: string
  readonly #live: string
  readonly #head: Buffer
  #descriptor: number | null = null
  /** Bytes of the file, and of its part that is never dropped. */
  #size = 0
  #fixed = 0
  #leftOut = 0
  #headFull = false
  #pending: Array<string> = []
  #pendingBytes = 0
  #writtenAt = -Infinity
  #failure: unknown = null

  constructor({ state, file, run }: { readonly state: string; readonly file: string; readonly run: string }) {
    this.#state = state
    this.#file = file
    this.#live = `${file}${liveSuffix}`
    this.#head = Buffer.from(headLine(run, new Date().toISOString()))
  }

  append(level: LogLevel, message: string): void {
    if (this.#failure !== null) return
    const text = logText(level, message)
    this.#pending.push(text)
    this.#pendingBytes += text.length
    if (this.#pendingBytes >= Buffered.bytes || performance.now() - this.#writtenAt >= Buffered.ms) this.#guarded(() => this.#write())
  }

  /** Throws the first errno that was met. */
  close(): void {
    this.#guarded(() => this.#settle())
    const descriptor = this.#descriptor
    this.#descriptor = null
    if (descriptor !== null) this.#guarded(() => fs.closeSync(descriptor))
    if (this.#failure !== null) {
      try {
        // an older log beside a newer result would lie
        removeTree(this.#live)
        removeTree(this.#file)
      } catch {
        // the first failure is the one to tell
      }
      throw this.#failure
    }
  }

  #guarded(act: () => void): void {
    if (this.#failure !== null) return
    try {
      act()
    } catch (cause) {
      this.#failure = cause
    }
  }

  #settle(): void {
    this.#write()
    if (this.#descriptor === null) {
      for (const file of [this.#file, this.#live]) removeTree(file)
      return
    }
    if (this.#size - this.#fixed > Kept.tail) this.#compact()
    fs.renameSync(this.#live, this.#file)
  }

  #write(): void {
    if (this.#pending.length === 0) return
    const bytes = Buffer.from(this.#pending.join(""))
    this.#pending = []
    this.#pendingBytes = 0
    const descriptor = (this.#descriptor ??= this.#begin())
    writeAll(descriptor, bytes)
    this.#size += bytes.length
    if (!this.#headFull) this.#growHead(descriptor)
    if (this.#size - this.#fixed > 2 * Kept.tail) this.#compact()
    this.#writtenAt = performance.now()
  }

  #begin(): number {
    ensureStateFolder(this.#state)
    makeFolders(path.dirname(this.#file))
    const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = fs.constants
    removeTree(this.#live)
    const descriptor = fs.openSync(this.#live, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
    writeAll(descriptor, this.#head)
    this.#size = this.#fixed = this.#head.length
    return descriptor
  }

  /** The head ends with the last line that fits; it is looked for once, when there is more than fits. */
  #growHead(descriptor: number): void {
    if (this.#size <= Kept.head) return
    const head = this.#read(descriptor, 0, Kept.head)
    this.#fixed = Math.max(this.#fixed, head.lastIndexOf(lineFeed) + 1)
    this.#headFull = true
  }

  #read(descriptor: number, from: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length)
    let read = 0
    while (read < length) {
      const n = fs.readSync(descriptor, bytes, read, length - read, from + read)
      if (n === 0) break
      read += n
    }
    return bytes.subarray(0, read)
  }

  /** Head, mark, and the last whole lines that fit. A new file takes the place of the old one, which can be read meanwhile. */
  #compact(): void {
    const old = this.#descriptor as number
    const tail = this.#read(old, this.#size - Kept.tail, Kept.tail)
    const lines = tail.subarray(tail.indexOf(lineFeed) + 1)
    const head = this.#read(old, 0, this.#fixed - (this.#leftOut > 0 ? Buffer.byteLength(leftOutLine(this.#leftOut)) : 0))
    this.#leftOut += this.#size - this.#fixed - lines.length
    const mark = Buffer.from(leftOutLine(this.#leftOut))
    const beside = `${this.#live}.new`
    removeTree(beside)
    const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = fs.constants
    const descriptor = fs.openSync(beside, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
    this.#descriptor = descriptor
    fs.closeSync(old)
    writeAll(descriptor, Buffer.concat([head, mark, lines]))
    fs.renameSync(beside, this.#live)
    this.#fixed = head.length + mark.length
    this.#size = this.#fixed + lines.length
  }
}
