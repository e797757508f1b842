/** After a run that died between two renames: an old output back in its place, half-made ones gone. */
import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import { attempt } from "./Errno.ts"
import { isGone, statOf } from "./FileStat.ts"
import { type Beside, stemIn, stemOf } from "./OutputNames.ts"
import { removeTree } from "./RemoveTree.ts"

/** What was done about a run that died: an old output put back, or something half-made removed. */
export interface Recovery {
  readonly final: string
  readonly action: "restored" | "removed"
  readonly path: string
}

const namesBeside = (folder: string): ReadonlyArray<string> => {
  try {
    return fs.readdirSync(folder)
  } catch (cause) {
    if (isGone(cause)) return []
    throw cause
  }
}

/** Newest first: by the moment of the rename, where several runs died. */
const byChange = (a: string, b: string): number => {
  const [one, other] = [statOf(a, false)?.ctimeNs ?? 0n, statOf(b, false)?.ctimeNs ?? 0n]
  return one < other ? 1 : one > other ? -1 : 0
}

const recoverFolder = (folder: string, finals: ReadonlyMap<string, string>): Array<Recovery> => {
  const found = new Map<string, Record<Beside, Array<string>>>()
  for (const name of namesBeside(folder)) {
    const parts = stemIn(name)
    const final = parts === null ? undefined : finals.get(parts.stem)
    if (parts === null || final === undefined) continue
    const lists = found.get(final) ?? { staging: [], old: [] }
    lists[parts.beside].push(path.join(folder, name))
    found.set(final, lists)
  }
  const done: Array<Recovery> = []
  for (const [final, { staging, old }] of found) {
    const [newest, ...others] = old.sort(byChange)
    const rest = [...others, ...staging]
    if (newest !== undefined) {
      if (statOf(final, false) === null) {
        fs.renameSync(newest, final)
        done.push({ final, action: "restored", path: newest })
      } else rest.unshift(newest)
    }
    for (const left of rest) {
      removeTree(left)
      done.push({ final, action: "removed", path: left })
    }
  }
  return done
}

/** Each folder is read once. */
export const recoverFinals = Effect.fnUntraced(function* (finals: ReadonlyArray<string>) {
  const folders = new Map<string, Map<string, string>>()
  for (const final of finals) {
    const folder = path.dirname(final)
    const stems = folders.get(folder) ?? new Map<string, string>()
    folders.set(folder, stems.set(stemOf(path.basename(final)), final))
  }
  const done: Array<Recovery> = []
  let turn = 0
  for (const [folder, stems] of folders) {
    done.push(...(yield* attempt("recover outputs in", folder, () => recoverFolder(folder, stems))))
    if (++turn % 256 === 0) yield* Effect.yieldNow
  }
  return done as ReadonlyArray<Recovery>
})
