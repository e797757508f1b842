/** `.atlas/fast` and `.atlas/plan`, which the short cut reads (`fast/Columns.ts` and `fast/Answer.ts` have their forms). Disposable: nothing waits for the disk. */
import { constants, readFileSync } from "node:fs"
import { join } from "node:path"
import { replaceFile } from "./ReplaceFile.ts"

const holds = (path: string, bytes: Buffer): boolean => {
  try {
    return readFileSync(path, { flag: constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK }).equals(bytes)
  } catch {
    return false
  }
}

/** Leaves it as it is if it is the same, e.g. while a check goes on failing: a run in which nothing moved writes nothing. Throws errnos. */
export const writeRecordFile = (state: string, name: "fast" | "plan", bytes: Buffer): void => {
  const path = join(state, name)
  if (!holds(path, bytes)) replaceFile(path, bytes, { durable: false })
}
