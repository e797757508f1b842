/** Removes with the errnos of the system: Node's `rmSync` does not know all of them. Never follows a link. Throws errnos. */
import * as fs from "node:fs"
import { isGone } from "./FileStat.ts"

const unlessGone = (remove: () => void): void => {
  try {
    remove()
  } catch (cause) {
    if (!isGone(cause)) throw cause
  }
}

/** A file or link, if it is there. */
export const removeFile = (file: string): void => unlessGone(() => fs.unlinkSync(file))

/** All below and at `root`, if it is there; folders that their owner may not write are opened first. */
export const removeTree = (root: string): void => {
  const top = fs.lstatSync(root, { throwIfNoEntry: false })
  if (top === undefined) return
  if (!top.isDirectory()) return removeFile(root)
  const folders = [root]
  for (let at = 0; at < folders.length; at++) {
    const folder = folders[at] ?? root
    const { mode } = fs.lstatSync(folder)
    if ((mode & 0o700) !== 0o700) fs.chmodSync(folder, mode | 0o700)
    // Names as bytes: also what is not UTF-8 has to go.
    for (const entry of fs.readdirSync(folder, { withFileTypes: true, encoding: "buffer" })) {
      const text = entry.name.toString("utf8")
      const full = `${folder}/${text}`
      if (entry.isDirectory() && Buffer.from(text).equals(entry.name)) folders.push(full)
      else if (entry.isDirectory()) fs.rmSync(Buffer.concat([Buffer.from(`${folder}/`), entry.name]), { recursive: true, force: true })
      else unlessGone(() => fs.unlinkSync(Buffer.concat([Buffer.from(`${folder}/`), entry.name])))
    }
  }
  for (const folder of folders.toReversed()) unlessGone(() => fs.rmdirSync(folder))
}
