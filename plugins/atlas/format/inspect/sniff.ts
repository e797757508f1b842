/** What a file is, by its first bytes after unpacking; its name says nothing. */
import { Effect } from "effect"
import type { ContentError } from "../content/failure.ts"
import { readContent } from "../content/read.ts"

export type FileKind = "gff3" | "fasta" | "fai" | "pack" | "sqlite" | "json"

/** Bytes that are looked at. */
const headBytes = 65_536

const enough = { _tag: "Enough" } as const

/** The first plain bytes, and whether they are all. */
const headOf = (path: string): Effect.Effect<{ readonly head: Buffer; readonly whole: boolean }, ContentError> =>
  Effect.suspend(() => {
    const chunks: Array<Buffer> = []
    let size = 0
    const head = () => Buffer.concat(chunks)
    return readContent<typeof enough>(path, {
      onChunk: (chunk) => {
        if (size < headBytes) chunks.push(Buffer.from(chunk.subarray(0, headBytes - size)))
        size += chunk.length
      },
      refusal: () => (size > headBytes ? enough : undefined)
    }).pipe(
      Effect.map(() => ({ head: head(), whole: true })),
      // What is damaged further on may still be known by its beginning.
      Effect.catch((error) => (size > 0 ? Effect.succeed({ head: head(), whole: false }) : Effect.fail(error as ContentError)))
    )
  })

const isDigits = (text: string | undefined): boolean => text !== undefined && /^[0-9]{1,16}$/.test(text)

const byLines = (text: string): FileKind | undefined => {
  const lines = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line))
  const columns = lines.find((line) => line !== "" && !line.startsWith("#"))?.split("\t") ?? []
  if (columns.length === 9 && isDigits(columns[3]) && isDigits(columns[4])) return "gff3"
  if (columns.length === 5 && columns.slice(1).every(isDigits)) return "fai"
  return lines.some((line) => line.startsWith("##gff-version")) ? "gff3" : undefined
}

const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf])

/** Undefined for what is none of these. Fails where the file cannot be read. */
export const sniff = (path: string): Effect.Effect<FileKind | undefined, ContentError> =>
  Effect.map(headOf(path), ({ head, whole }) => {
    if (head.subarray(0, 16).equals(Buffer.from("SQLite format 3\0"))) return "sqlite"
    if (head.subarray(257, 262).toString("latin1") === "ustar") return "pack"
    const bytes = head.subarray(0, 3).equals(utf8Mark) ? head.subarray(3) : head
    // A line that is cut off is no evidence.
    const text = bytes.subarray(0, whole ? bytes.length : Math.max(0, bytes.lastIndexOf(10))).toString("utf8")
    const first = text.trimStart().charAt(0) || bytes.toString("latin1").trimStart().charAt(0)
    if (first === "{") return "json"
    if (first === ">") return "fasta"
    return byLines(text)
  })
