/** `.atlas/fast`, which the short cut reads (`fast/Columns.ts` has its form). Disposable: nothing waits for the disk. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { replaceFile } from "./ReplaceFile.ts"

const holds = (path: string, bytes: Buffer): boolean => {
  try {
    return readFileSync(path).equals(bytes)
  } catch {
    return false
  }
}

/** Leaves it as it is if it is the same, e.g. while a check goes on failing: a run in which nothing moved writes nothing. Throws errnos. */
export const writeRecordFile = (state: string, bytes: Buffer): void => {
  const path = join(state, "fast")
  if (!holds(path, bytes)) replaceFile(path, bytes, { durable: false })
}
