/** What the file system of a folder can do, found out by trying in a folder of our own that is removed again. */
import { constants, copyFileSync, existsSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export interface FileSystemTraits {
  /** `A` and `a` are two names. */
  readonly caseSensitive: boolean
  /** A copy shares its bytes with the original. */
  readonly reflinks: boolean
  /** Finest step of the time of a change that was seen, ns. */
  readonly stepNs: bigint
}

export interface Room {
  /** Bytes that this user may still write, and of the whole disk. */
  readonly free: number
  readonly size: number
}

/** Throws errnos. */
export const roomAt = (folder: string): Room => {
  const { bavail, blocks, bsize } = statfsSync(folder)
  return { free: bavail * bsize, size: blocks * bsize }
}

const steps = [1n, 1_000n, 1_000_000n, 10_000_000n, 1_000_000_000n, 2_000_000_000n]
const writes = 20

/** The coarsest step that all these times keep to. */
const stepOf = (times: ReadonlyArray<bigint>): bigint => steps.findLast((step) => times.every((time) => time % step === 0n)) ?? 1n

/** Throws errnos: the folder has to be writable. */
export const traitsOf = (folder: string): FileSystemTraits => {
  const own = mkdtempSync(join(folder, ".atlas-doctor-"))
  try {
    const times: Array<bigint> = []
    for (let at = 0; at < writes; at++) {
      const path = join(own, `a${at}`)
      writeFileSync(path, "a".repeat(4096))
      times.push(statSync(path, { bigint: true }).mtimeNs)
    }
    let reflinks = true
    try {
      copyFileSync(join(own, "a0"), join(own, "copy"), constants.COPYFILE_FICLONE_FORCE)
    } catch {
      reflinks = false
    }
    return { caseSensitive: !existsSync(join(own, "A0")), reflinks, stepNs: stepOf(times) }
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}
