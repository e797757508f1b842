/** The only way a file of ours is born: written beside its name, size-checked, then renamed over it. Throws errnos. */
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { removeFile } from "./RemoveTree.ts"

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = fs.constants

/** Names that begin so are ours and never final. */
export const temporaryPrefix = ".tmp-"

/** Loops over short writes: the system may accept fewer bytes than it is given. */
export const writeAll = (descriptor: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length;) {
    const written = fs.writeSync(descriptor, bytes, at, bytes.length - at)
    if (written === 0) throw Object.assign(new Error("nothing was accepted"), { code: "ENOSPC", syscall: "write" })
    at += written
  }
}

/** Makes a folder's names durable. */
export const syncFolder = (folder: string): void => {
  const descriptor = fs.openSync(folder, O_RDONLY | O_DIRECTORY)
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Replaces `final`, or leaves it as it was. `durable`: bytes and name are on the disk when this returns. */
export const replaceFile = (final: string, content: string | Uint8Array, options: { readonly durable: boolean }): void => {
  const bytes = typeof content === "string" ? Buffer.from(content) : content
  const folder = path.dirname(final)
  const temporary = path.join(folder, `${temporaryPrefix}${randomBytes(8).toString("hex")}`)
  const descriptor = fs.openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
  try {
    try {
      writeAll(descriptor, bytes)
      const { size } = fs.fstatSync(descriptor)
      if (size !== bytes.length)
        throw Object.assign(new Error(`${size} of ${bytes.length} bytes were kept`), { code: "EIO", syscall: "write" })
      if (options.durable) fs.fsyncSync(descriptor)
    } finally {
      fs.closeSync(descriptor)
    }
    fs.renameSync(temporary, final)
  } catch (cause) {
    try {
      removeFile(temporary)
    } catch {
      // The first cause is the one to tell; the next run clears away what begins like this.
    }
    throw cause
  }
  if (options.durable) syncFolder(folder)
}
