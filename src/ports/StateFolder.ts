/** `.atlas/`: all state of a project on this machine. It is made by the first write and never by a read. */
import * as fs from "node:fs"
import * as path from "node:path"
import { makeFolders } from "./MakeFolders.ts"
import { replaceFile } from "./ReplaceFile.ts"

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants

/** Layout of the folder. Every file in it also carries its own version. */
export const stateVersion = "atlas-state/1"

const readText = (file: string): string | null => {
  try {
    return fs.readFileSync(file, { encoding: "utf8", flag: O_RDONLY | O_NOFOLLOW | O_NONBLOCK })
  } catch {
    return null
  }
}

/** The folder's tag as found; null if there is none. */
export const foundVersion = (folder: string): string | null => readText(path.join(folder, "version"))?.trim() ?? null

/** Makes the folder with its `.gitignore` and version tag; cheap when they are there. Throws errnos. */
export const ensureStateFolder = (folder: string): void => {
  makeFolders(folder)
  const ignore = path.join(folder, ".gitignore")
  if (!fs.existsSync(ignore)) replaceFile(ignore, "*\n", { durable: false })
  if (foundVersion(folder) !== stateVersion) replaceFile(path.join(folder, "version"), `${stateVersion}\n`, { durable: false })
}
