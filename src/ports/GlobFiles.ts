/** The files that globs stand for, and what proves that they are these and no others. */
import * as fs from "node:fs"
import { isAbsolute, join, posix } from "node:path"
import { type GlobPart, fitsPath, parsePattern, type PathPattern } from "../core/PathGlob.ts"
import { isGone, namesIn } from "./FileStat.ts"

export interface GlobMatch {
  /** As the patterns have them, relative to the root or absolute; normal, each once, sorted by code unit. */
  readonly paths: ReadonlyArray<string>
  /**
   * Absolute: folders that were listed, links that were looked through, names that were not there. While the stat rows of them all,
   * links followed, and of the files are unchanged, so is the answer.
   */
  readonly looked: ReadonlyArray<string>
}

const patternsOf = (pattern: string): ReadonlyArray<PathPattern> => {
  const parsed = parsePattern(pattern)
  if ("ok" in parsed) return parsed.ok
  throw new Error(`the glob ${pattern} ${parsed.problem}`)
}

const nothing: ReadonlySet<string> = new Set(["ELOOP", "ENAMETOOLONG"])

/** Links followed; null for what is not there, or a link that leads nowhere. Throws other errnos. */
const kindAt = (path: string): "folder" | "file" | null => {
  try {
    const stat = fs.statSync(path, { throwIfNoEntry: false })
    return stat === undefined ? null : stat.isDirectory() ? "folder" : "file"
  } catch (cause) {
    if (isGone(cause) || nothing.has((cause as NodeJS.ErrnoException).code ?? "")) return null
    throw cause
  }
}

interface Entry {
  readonly name: string
  readonly type: "file" | "folder" | "link"
}

const entriesIn = (folder: string): ReadonlyArray<Entry> => {
  try {
    const entries = fs.readdirSync(folder, { withFileTypes: true })
    // throws for a name that would not survive as text
    if (entries.some(({ name }) => name.includes("\uFFFD"))) namesIn(folder)
    return entries.map((entry) => ({
      name: entry.name,
      type: entry.isSymbolicLink() ? "link" : entry.isDirectory() ? "folder" : "file"
    }))
  } catch (cause) {
    if (isGone(cause)) return []
    throw cause
  }
}

/**
 * Files (whatever is no folder) below the absolute `root` that fit one of `patterns` and none that begins with `!`. `**` goes through no
 * links, so that it ends; names and stars do. Reads only; throws errnos.
 */
export const globFiles = (root: string, patterns: ReadonlyArray<string>): GlobMatch => {
  const looked = new Set<string>()
  const paths = new Set<string>()
  const listed = new Map<string, ReadonlyArray<Entry>>()
  const at = (path: string): string => (path === "" ? root : isAbsolute(path) ? path : join(root, path))
  const list = (folder: string): ReadonlyArray<Entry> => {
    const known = listed.get(folder)
    if (known !== undefined) return known
    const entries = entriesIn(at(folder))
    looked.add(at(folder))
    listed.set(folder, entries)
    return entries
  }
  const below = (folder: string, name: string): string => (folder === "" || folder.endsWith("/") ? folder + name : `${folder}/${name}`)

  const walk = (start: string, parts: ReadonlyArray<GlobPart>): void => {
    const seen = new Set<string>()
    const open: Array<readonly [folder: string, part: number]> = [[start, 0]]
    /** A name that fits part `at`: a file if that is the last one, else a folder to go on in. */
    const meet = (path: string, type: Entry["type"], part: number): void => {
      const last = part === parts.length - 1
      const is = type === "link" ? kindAt(at(path)) : type
      // a file's row is looked at with its content, a folder's when it is listed
      if (is === "file" && last) paths.add(posix.normalize(path))
      else if (is === "folder" && !last) open.push([path, part + 1])
      else if (type === "link") looked.add(at(path))
    }
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [folder, number] = next
      const key = `${number}\0${folder}`
      if (seen.has(key)) continue
      seen.add(key)
      const part = parts[number] as GlobPart
      // what is named may be anything, also nothing: its own row tells
      if (part.is === "name") meet(below(folder, part.name), "link", number)
      else if (part.is === "like") {
        for (const { name, type } of list(folder)) if (part.fits(name)) meet(below(folder, name), type, number)
      } else {
        open.push([folder, number + 1])
        for (const { name, type } of list(folder)) if (type === "folder" && !name.startsWith(".")) open.push([below(folder, name), number])
      }
    }
  }

  const excluded = patterns.filter((pattern) => pattern.startsWith("!")).flatMap((pattern) => patternsOf(pattern.slice(1)))
  for (const pattern of patterns)
    if (!pattern.startsWith("!")) for (const { absolute, parts } of patternsOf(pattern)) walk(absolute ? "/" : "", parts)
  const isExcluded = (path: string): boolean => {
    const names = path.split("/").filter((name) => name !== "")
    return excluded.some((pattern) => pattern.absolute === isAbsolute(path) && fitsPath(pattern, names))
  }
  return { paths: [...paths].filter((path) => !isExcluded(path)).sort(), looked: [...looked].sort() }
}
