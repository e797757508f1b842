/** Makes a written output durable before it gets its name. */
import * as fs from "node:fs"
import { Effect } from "effect"
import { type DiskFull, type IoDurability, type IoFailed, NameNotText } from "../domain/FileErrors.ts"
import { ioFault } from "./Errno.ts"
import { namesIn } from "./FileStat.ts"
import { syncFile } from "./SyncFile.ts"

type IoError = IoFailed | DiskFull | IoDurability

/** So many files are synced at once. */
const syncsAtOnce = 8

const syncOne = (file: string): Effect.Effect<void, IoError> => Effect.mapError(syncFile(file), (cause) => ioFault("fsync", file, cause))

/** Regular files and folders below `root`, if it is there, folders after what they hold. Links need nothing of their own. */
const below = (root: string): { readonly files: ReadonlyArray<string>; readonly folders: ReadonlyArray<string> } => {
  const top = fs.lstatSync(root, { throwIfNoEntry: false })
  if (top === undefined) return { files: [], folders: [] }
  if (!top.isDirectory()) return { files: top.isFile() ? [root] : [], folders: [] }
  const files: Array<string> = []
  const folders = [root]
  for (let at = 0; at < folders.length; at++) {
    const folder = folders[at] ?? root
    for (const name of namesIn(folder)) {
      const full = `${folder}/${name}`
      const stat = fs.lstatSync(full)
      if (stat.isDirectory()) folders.push(full)
      else if (stat.isFile()) files.push(full)
    }
  }
  return { files, folders: folders.toReversed() }
}

/** The same trees and folders at once, so that the disk may take them together; `folders` are those that hold names. */
export const syncAll = Effect.fnUntraced(function* (roots: Iterable<string>, folders: Iterable<string>) {
  const files: Array<string> = []
  const inner: Array<string> = []
  for (const root of roots) {
    const found = yield* Effect.try({
      try: () => below(root),
      catch: (cause) => (cause instanceof NameNotText ? cause : ioFault("fsync", root, cause))
    })
    files.push(...found.files)
    inner.push(...found.folders)
  }
  const together = { concurrency: syncsAtOnce, discard: true } as const
  yield* Effect.forEach(files, syncOne, together)
  yield* Effect.forEach(new Set([...inner, ...folders]), syncOne, together)
})

/** A failed fsync is never tried again: the kernel may have dropped the bytes and forgotten it. */
export const syncTree = (root: string) => syncAll([root], [])
