/** Remembers what a task tells that it reads, each with its stat row before it was read. */
import { readFileSync, realpathSync } from "node:fs"
import { resolve } from "node:path"
import { Effect } from "effect"
import { SubjectUnreadable } from "../domain/Fault.ts"
import type { ResultDocument } from "../domain/TaskDocument.ts"
import { absent, isGone, rowOf, statOf, type StatRow } from "../ports/FileStat.ts"
import { treeRow, walk } from "../ports/FileTree.ts"

const rowNow = (path: string): StatRow => {
  try {
    const stat = statOf(path, true)
    if (stat === null) return absent
    if (!stat.isDirectory()) return rowOf(stat)
    const entries = walk(realpathSync(path))
    return entries === absent ? absent : treeRow(entries)
  } catch {
    return absent
  }
}

/** Relative paths start at `root`. */
export const discovering = (root: string) => {
  const found = new Map<string, StatRow>()
  const tell = (path: string): string => {
    const at = resolve(root, path)
    if (!found.has(at)) found.set(at, rowNow(at))
    return at
  }
  return {
    discovered: (path: string): Effect.Effect<void> => Effect.sync(() => void tell(path)),
    read: (path: string): Effect.Effect<Uint8Array | undefined, SubjectUnreadable> =>
      Effect.try({
        try: () => {
          const at = tell(path)
          try {
            return new Uint8Array(readFileSync(at))
          } catch (cause) {
            if (isGone(cause)) return undefined
            throw cause
          }
        },
        catch: (cause) => {
          const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
          return new SubjectUnreadable({ message: `cannot read ${path}: ${reason}`, where: { path }, reason })
        }
      }),
    /** Nothing, if nothing was told. */
    told: (): Pick<ResultDocument, "discovered"> =>
      found.size === 0 ? {} : { discovered: Array.from(found, ([path, stat]) => ({ path, stat })) }
  }
}
