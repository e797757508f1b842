/** Where a program is. */
import * as fs from "node:fs"
import * as path from "node:path"

export interface Tool {
  /** Where it was found: what to run. A program may look at its own name and place (busybox, virtual environments). */
  readonly path: string
  /** The file itself, all links followed: what to record. */
  readonly real: string
}

const isExecutable = (file: string): boolean => {
  try {
    if (!(fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false)) return false
    fs.accessSync(file, fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * What to run. A name is looked for in the folders of `searchPath` (as in `PATH`; relative and empty parts are passed over, since they
 * would mean another program in another folder); a name with a slash is taken from `cwd`. Null if there is no executable file.
 */
export const findTool = (name: string, searchPath: string, cwd: string): string | null => {
  if (name === "" || name.includes("\0")) return null
  if (name.includes("/")) {
    const file = path.resolve(cwd, name)
    return isExecutable(file) ? file : null
  }
  for (const folder of searchPath.split(":")) {
    if (!path.isAbsolute(folder)) continue
    const file = path.join(folder, name)
    if (isExecutable(file)) return file
  }
  return null
}

/** The same, with the file that it really is. */
export const resolveTool = (name: string, searchPath: string, cwd: string): Tool | null => {
  const found = findTool(name, searchPath, cwd)
  try {
    return found === null ? null : { path: found, real: fs.realpathSync(found) }
  } catch {
    return null
  }
}
