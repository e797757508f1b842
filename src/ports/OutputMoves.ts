/** The moves behind `Outputs`: one rename where that replaces, two where a folder stands in the way. */
import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import { TaskOutputMissing } from "../domain/Fault.ts"
import { type DiskFull, type IoDurability, type IoFailed, OutputEscapes, SpecialFile } from "../domain/FileErrors.ts"
import { ioFault } from "./Errno.ts"
import { specialFile, statOf } from "./FileStat.ts"
import { makeFolders } from "./MakeFolders.ts"
import { besideName } from "./OutputNames.ts"
import { syncFolder } from "./ReplaceFile.ts"
import { removeTree } from "./RemoveTree.ts"

type IoError = IoFailed | DiskFull | IoDurability

export interface Move {
  readonly staging: string
  readonly final: string
}

const nearestFolder = (folder: string): string => {
  for (let at = folder; ; at = path.dirname(at)) if (at === path.dirname(at) || statOf(at, false) !== null) return at
}

const isWithin = (folder: string, root: string): boolean => {
  const relative = path.relative(root, folder)
  return relative === "" || (!relative.startsWith(`..${path.sep}`) && relative !== ".." && !path.isAbsolute(relative))
}

/** Follows the links above `final` before anything is made there. Throws `OutputEscapes`, errnos. */
const refuseEscape = (final: string, within: string): void => {
  const nearest = nearestFolder(path.dirname(final))
  const real = path.join(fs.realpathSync(nearest), path.relative(nearest, final))
  if (isWithin(real, fs.realpathSync(within))) return
  throw new OutputEscapes({
    message: `${final} would be written to ${real}, outside the project`,
    where: { path: final },
    path: final,
    real
  })
}

/** What one process knows of its own outputs under way. */
export interface Moves {
  readonly stage: (final: string, run: string, within: string | null) => Effect.Effect<string, IoError | OutputEscapes>
  readonly move: (
    move: Move,
    run: string,
    durable: boolean
  ) => Effect.Effect<void, IoError | SpecialFile | OutputEscapes | TaskOutputMissing>
  readonly forget: (staging: string) => void
  /** The folders whose names must be on the disk for those of `finals` to be; ours that are new once only. */
  readonly above: (finals: Iterable<string>) => ReadonlySet<string>
}

const place = ({ staging, final }: Move, run: string): string | null => {
  const staged = statOf(staging, false)
  if (staged === null)
    throw new TaskOutputMissing({ message: `nothing was written for the output ${final}`, where: { path: final }, output: final })
  if (!staged.isFile() && !staged.isDirectory() && !staged.isSymbolicLink()) throw specialFile(final, staged)
  const present = statOf(final, false)
  if (present === null || (!present.isDirectory() && !staged.isDirectory())) {
    fs.renameSync(staging, final)
    return null
  }
  const old = besideName(final, "old", run)
  fs.renameSync(final, old)
  try {
    fs.renameSync(staging, final)
  } catch (cause) {
    fs.renameSync(old, final)
    throw cause
  }
  return old
}

const typed = (operation: string, final: string, cause: unknown): IoError | SpecialFile | OutputEscapes | TaskOutputMissing =>
  cause instanceof SpecialFile || cause instanceof OutputEscapes || cause instanceof TaskOutputMissing
    ? cause
    : ioFault(operation, final, cause)

export const openMoves = (): Moves => {
  const roots = new Map<string, string>()
  /** Folders that we made and whose own names may not be on the disk yet. */
  const made = new Set<string>()

  const syncAbove = (final: string): void => {
    let folder = path.dirname(final)
    syncFolder(folder)
    while (made.delete(folder)) {
      folder = path.dirname(folder)
      syncFolder(folder)
    }
  }

  return {
    stage: (final, run, within) =>
      Effect.try({
        try: () => {
          if (within !== null) refuseEscape(final, within)
          for (const folder of makeFolders(path.dirname(final))) made.add(folder)
          const staging = besideName(final, "staging", run)
          if (within !== null) roots.set(staging, within)
          return staging
        },
        catch: (cause) => (cause instanceof OutputEscapes ? cause : ioFault("stage", final, cause))
      }),
    move: (move, run, durable) =>
      Effect.try({
        try: () => {
          const within = roots.get(move.staging)
          // Again: a folder above may have become a link since.
          if (within !== undefined) refuseEscape(move.final, within)
          const old = place(move, run)
          roots.delete(move.staging)
          if (durable) syncAbove(move.final)
          try {
            if (old !== null) removeTree(old)
          } catch {
            // The new output is in place; what is left of the old one goes at the next `recover`.
          }
        },
        catch: (cause) => typed("replace", move.final, cause)
      }),
    forget: (staging) => void roots.delete(staging),
    above: (finals) => {
      const folders = new Set<string>()
      for (const final of finals) {
        let folder = path.dirname(final)
        folders.add(folder)
        while (made.delete(folder)) folders.add((folder = path.dirname(folder)))
      }
      return folders
    }
  }
}
