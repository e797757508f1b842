/**
 * The project document of the last evaluation with what proves it current, in `.atlas/project`: a sealed index on the first line, then
 * pieces by offset, so that only the groups of tasks that are wanted are read. Disposable: what is wrong with it costs an evaluation.
 */
import { hash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import type { ConfigEvidence } from "../domain/ConfigEvidence.ts"
import type { ProjectDocument, ProjectTask } from "../domain/ProjectDocument.ts"
import { replaceFile } from "./ReplaceFile.ts"
import { seal, unseal } from "./SealedJson.ts"
import { ensureStateFolder } from "./StateFolder.ts"

const kind = "kept-project/1"
const lineFeed = 10
/** Bytes of the index beyond which it is not one of ours. */
const indexLimit = 256 * 1024 * 1024

export type Target = ProjectDocument["targets"][number]

/** Tasks and targets with their places in the project. */
export interface KeptGroup {
  readonly tasks: ReadonlyArray<readonly [index: number, task: ProjectTask]>
  readonly targets: ReadonlyArray<readonly [index: number, target: Target]>
}

/** All of a project but its tasks, and but the targets that have some. */
export interface KeptHead {
  readonly document: Omit<ProjectDocument, "tasks" | "targets">
  readonly bare: ReadonlyArray<readonly [index: number, target: Target]>
  /** Digest of each definition's code closure. */
  readonly closures: ReadonlyArray<readonly [definition: string, digest: string]>
  /** Which build of the engine wrote it. */
  readonly build: string
}

type Piece = readonly [offset: number, length: number, sha256: string]

export interface KeptProject {
  /** Names this very content. */
  readonly seal: string
  readonly head: KeptHead
  readonly groups: number
  /** Null for a piece that is not as it was written. */
  readonly evidence: () => ConfigEvidence | null
  readonly group: (group: number) => KeptGroup | null
}

interface Index extends KeptHead {
  readonly atlas: typeof kind
  readonly evidence: Piece
  readonly groups: ReadonlyArray<Piece>
}

const fileOf = (state: string): string => path.join(state, "project")

const readFirstLine = (descriptor: number): Buffer | null => {
  let bytes = Buffer.allocUnsafe(1024 * 1024)
  for (let read = 0; ;) {
    const n = fs.readSync(descriptor, bytes, read, bytes.length - read, read)
    const end = bytes.subarray(0, read + n).indexOf(lineFeed, read)
    if (end >= 0) return bytes.subarray(0, end + 1)
    read += n
    if (n === 0 || read > indexLimit) return null
    if (read === bytes.length) bytes = Buffer.concat([bytes], bytes.length * 4)
  }
}

/** Null if there is none to believe. Total. */
export const readKeptProject = (state: string): KeptProject | null => {
  const file = fileOf(state)
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants
  const withFile = <A>(use: (descriptor: number) => A): A | null => {
    let descriptor: number | null = null
    try {
      descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      return use(descriptor)
    } catch {
      return null
    } finally {
      if (descriptor !== null) fs.closeSync(descriptor)
    }
  }
  const line = withFile(readFirstLine)
  if (line === null) return null
  const opened = unseal(line, kind)
  if (opened.state !== "good") return null
  const { atlas: _atlas, evidence, groups, ...head } = opened.document as Index
  const piece = ([offset, length, sha256]: Piece): unknown =>
    withFile((descriptor) => {
      const bytes = Buffer.allocUnsafe(length)
      for (let read = 0; read < length;) {
        const n = fs.readSync(descriptor, bytes, read, length - read, line.length + offset + read)
        if (n === 0) return null
        read += n
      }
      return hash("sha256", bytes) === sha256 ? JSON.parse(bytes.toString("utf8")) : null
    })
  return {
    seal: hash("sha256", line),
    head,
    groups: groups.length,
    evidence: () => piece(evidence) as ConfigEvidence | null,
    group: (group) => (groups[group] === undefined ? null : (piece(groups[group]) as KeptGroup | null))
  }
}

/** Replaces what is kept; its seal. Throws errnos. */
export const writeKeptProject = (state: string, head: KeptHead, evidence: ConfigEvidence, groups: ReadonlyArray<KeptGroup>): string => {
  const pieces: Array<string> = []
  let offset = 0
  const add = (value: unknown): Piece => {
    const text = JSON.stringify(value)
    const length = Buffer.byteLength(text)
    const piece: Piece = [offset, length, hash("sha256", text)]
    pieces.push(text)
    offset += length
    return piece
  }
  const index: Index = { atlas: kind, ...head, evidence: add(evidence), groups: groups.map(add) }
  const line = seal(index)
  ensureStateFolder(state)
  replaceFile(fileOf(state), Buffer.concat([Buffer.from(line), Buffer.from(pieces.join(""))]), { durable: false })
  return hash("sha256", line)
}
