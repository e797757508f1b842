/** Makes folders with the errnos of the system: Node's recursive `mkdirSync` says ENOENT for a read-only one. */
import * as fs from "node:fs"
import * as path from "node:path"

const isFolder = (at: string): boolean => fs.statSync(at, { throwIfNoEntry: false })?.isDirectory() ?? false

/** `folder` and all that is missing above it; gives those it made, outermost first. Throws errnos. */
export const makeFolders = (folder: string): ReadonlyArray<string> => {
  const missing: Array<string> = []
  for (let at = folder; !isFolder(at); at = path.dirname(at)) {
    missing.push(at)
    if (at === path.dirname(at)) break
  }
  const made: Array<string> = []
  for (const at of missing.toReversed()) {
    try {
      fs.mkdirSync(at)
      made.push(at)
    } catch (cause) {
      // Another process may have been faster.
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST" || !isFolder(at)) throw cause
    }
  }
  return made
}
