/** What an input comes to where not all of its bytes count (`content:`). Digested once for bytes that are known, by a host if need be. */
import { hash } from "node:crypto"
import { Effect } from "effect"
import { grouped } from "../../core/Quantity.ts"
import type { Row } from "../../core/Rows.ts"
import { FileMoved } from "../../domain/FileErrors.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import { ContentDigests, type KnownContent } from "../../ports/ContentDigests.ts"
import { type FileDigest, FileDigests } from "../../ports/FileDigests.ts"
import { Host } from "../../ports/Host.ts"
import { payloadDigest } from "../../ports/Payload.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"

/** Contents that the engine knows itself. */
const own: ReadonlySet<string> = new Set(["gzip", "bytes"])

/** The code of a content counts as a stage's does: another one may tell apart what this one takes for the same. */
export const contentRow = (project: AnalyzedProject, content: string): Row | null => {
  const closure = own.has(content) ? undefined : project.closures.digest(content)
  return closure === undefined ? null : { kind: "code", subject: content, value: `sha256:${closure}`, note: null }
}

/** A row's value and note. */
export interface Counted {
  readonly value: string
  readonly note: string
}

const form = /^[\d,]+ bytes as ([^,]+), sha256 ([0-9a-f]+)$/

/** Inputs whose bytes are others than then while what counts of them is the same: `rows (table)`. */
export const sameContents = (then: ReadonlyArray<Row>, now: ReadonlyArray<Row>): ReadonlyArray<string> => {
  const before = new Map(then.filter(({ kind }) => kind === "input").map((row) => [row.subject, row]))
  return now.flatMap(({ kind, subject, value, note }) => {
    const row = before.get(subject)
    if (kind !== "input" || row === undefined || row.value !== value || row.note === note) return []
    const content = form.exec(note ?? "")?.[1]
    return content === undefined ? [] : [`${subject} (${content})`]
  })
}

export interface CountedInput {
  readonly input: string
  readonly content: string
  readonly path: string
}

/** Counts a file that was read as `found`. A file that is not of its format counts by its bytes. */
export const contentCounter = Effect.gen(function* () {
  const host = yield* Host
  const digests = yield* FileDigests
  const known = yield* ContentDigests

  const byHost = (
    { document }: AnalyzedProject,
    task: ProjectTask,
    { input, path }: CountedInput
  ): Effect.Effect<KnownContent & { readonly sure: boolean }> =>
    host
      .digest({
        atlas: "digest/1",
        task: task.task,
        definition: task.definition,
        root: document.root,
        config: document.config,
        subject: task.subject,
        input,
        path
      })
      .pipe(
        Effect.map(({ digest, unreadable, errors }) => ({
          digest,
          unreadable: unreadable ?? errors[0]?.message ?? null,
          sure: errors.length === 0
        })),
        Effect.timeoutOrElse({
          duration: task.timeoutMs,
          orElse: () => Effect.succeed({ digest: null, unreadable: "it took too long", sure: false })
        })
      )

  const byPayload = (path: string): Effect.Effect<KnownContent & { readonly sure: boolean }> =>
    payloadDigest(path).pipe(
      Effect.map((digest) => ({ digest, unreadable: null, sure: true })),
      Effect.catch((unreadable) => Effect.succeed({ digest: null, unreadable, sure: true }))
    )

  return (project: AnalyzedProject, task: ProjectTask, one: CountedInput, found: FileDigest): Effect.Effect<Counted, FileMoved> =>
    Effect.gen(function* () {
      const { content, path } = one
      const { sha256, bytes, stat } = found
      const by = own.has(content) ? content : `${content} ${project.closures.digest(content) ?? ""}`
      let hit = content === "bytes" ? { digest: null, unreadable: null } : known.get(by, sha256)
      if (hit === undefined) {
        const made = yield* content === "gzip" ? byPayload(path) : byHost(project, task, one)
        if (digests.stat(path) !== stat)
          return yield* new FileMoved({ message: `${path} changed while it was read`, where: { path }, path })
        if (made.sure) known.put(by, sha256, made)
        hit = made
      }
      const { digest, unreadable } = hit
      if (digest === null && (content !== "gzip" || unreadable !== null))
        return {
          value: `sha256:${sha256}`,
          note: unreadable === null ? `${grouped(bytes)} bytes` : `${grouped(bytes)} bytes, no ${content}: ${unreadable}`
        }
      // the payload of what is not compressed are its bytes
      const counted = content === "gzip" ? (digest ?? sha256) : digest
      return {
        value: `sha256:${hash("sha256", `${content}\0${counted}`)}`,
        note: `${grouped(bytes)} bytes as ${content}, sha256 ${sha256.slice(0, 8)}`
      }
    })
})

export type ContentCounter = Effect.Success<typeof contentCounter>
