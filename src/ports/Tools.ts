/** Where a program is. */
import * as fs from "node:fs"
import * as path from "node:path"

export interface Tool {
  /** Where it was found: what to run. A program may look at its own name and place (busybox, virtual environments). */
  readonly path: string
  /** The file itself, all links followed: what to record. */
  readonly real: string
}

const toolAt = (file: string): Tool | null => {
  try {
    if (!fs.statSync(file).isFile()) return null
    fs.accessSync(file, fs.constants.X_OK)
    return { path: file, real: fs.realpathSync(file) }
  } catch {
    return null
  }
}

/**
 * A name is looked for in the folders of `searchPath` (as in `PATH`; relative and empty parts are passed over, since they
 * would mean another program in another folder); a name with a slash is taken from `cwd`. Null if there is no executable file.
 */
export const resolveTool = (name: string, searchPath: string, cwd: string): Tool | null => {
  if (name === "" || name.includes("\0")) return null
  if (name.includes("/")) return toolAt(path.resolve(cwd, name))
  for (const folder of searchPath.split(":")) {
    if (!path.isAbsolute(folder)) continue
    const tool = toolAt(path.join(folder, name))
    if (tool !== null) return tool
  }
  return null
}
