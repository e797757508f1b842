/**
 * What an engine and a host process say to each other: one JSON document a line, on a descriptor of their own. The documents
 * inside (`task/1`, `result/1`, …) are checked by who receives them, each with its own version.
 */
import { Schema } from "effect"
import { ErrorDocument } from "../domain/Failure.ts"
import { HostEvent } from "../domain/TaskDocument.ts"

/** Version of these messages. */
export const wireVersion = "host/1"

/** The host's end of the line. */
export const wireDescriptor = 3

/** Names a host process in the environment of all that it starts, so that what outlives it is found. */
export const hostMark = "ATLAS_RUN_HOST"

/** All that a host has in its environment, beside what a task declares. */
export const hostVariables: ReadonlyArray<string> = ["PATH", "TZ", "LANG", "LC_ALL", hostMark]

/** Longest message, bytes. */
export const longestMessage = 256 * 1024 * 1024

export const Ask = Schema.Union([
  /** The config that all questions are about, and the environment it is imported in. */
  Schema.Struct({ ask: Schema.Literal("open"), config: Schema.String, environment: Schema.Record(Schema.String, Schema.String) }),
  Schema.Struct({ ask: Schema.Literal("evaluate"), id: Schema.Int }),
  Schema.Struct({ ask: Schema.Literal("execute"), id: Schema.Int, document: Schema.Unknown }),
  Schema.Struct({ ask: Schema.Literal("observe"), id: Schema.Int, document: Schema.Unknown }),
  Schema.Struct({ ask: Schema.Literal("digest"), id: Schema.Int, document: Schema.Unknown }),
  Schema.Struct({ ask: Schema.Literal("interrupt"), id: Schema.Int })
])
export type Ask = typeof Ask.Type

export const Tell = Schema.Union([
  Schema.Struct({ tell: Schema.Literal("ready"), speaks: Schema.String }),
  Schema.Struct({ tell: Schema.Literal("event"), id: Schema.Int, event: HostEvent }),
  Schema.Struct({
    tell: Schema.Literal("answer"),
    id: Schema.Int,
    /** Null if it was interrupted. */
    document: Schema.Unknown,
    /** False if the host must not be used again. */
    clean: Schema.Boolean,
    /** It started programs, which may have outlived it. */
    programs: Schema.Boolean
  }),
  /** The host ends. `id` of the task that runs, null if none does. */
  Schema.Struct({ tell: Schema.Literal("fault"), id: Schema.NullOr(Schema.Int), error: ErrorDocument })
])
export type Tell = typeof Tell.Type

export const encodeLine = (message: Ask | Tell): string => `${JSON.stringify(message)}\n`

/** Cuts a stream of bytes into messages. A line that is longer than any message is told as null, once. */
export class MessageLines {
  readonly #tell: (line: string | null) => void
  #parts: Array<Buffer> = []
  #size = 0

  constructor(tell: (line: string | null) => void) {
    this.#tell = tell
  }

  push(chunk: Buffer): void {
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      this.#parts.push(chunk.subarray(from, at))
      const line = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts)
      this.#parts = []
      this.#size = 0
      this.#tell(line?.toString("utf8") ?? "")
      from = at + 1
    }
    if (from === chunk.length) return
    this.#parts.push(chunk.subarray(from))
    this.#size += chunk.length - from
    if (this.#size <= longestMessage) return
    this.#parts = []
    this.#size = 0
    this.#tell(null)
  }
}

/** The version that a document says it has. */
export const versionOf = (document: unknown): string => {
  const version: unknown = typeof document === "object" && document !== null ? (document as { readonly atlas?: unknown }).atlas : undefined
  return typeof version === "string" ? version : "no version"
}
