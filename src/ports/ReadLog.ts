/** Reads what `OpenLog` wrote. Total: what is no log is as good as none. */
import * as fs from "node:fs"
import type { KeptLog, LogLine } from "../domain/ViewDocuments.ts"
import { isLevel, Kept, liveSuffix } from "./LogFormat.ts"

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants

/** More than a log under way ever holds: its parts, one buffer, its first line and mark. */
const longest = Kept.head + 2 * Kept.tail + 1024 * 1024

const bytesOf = (file: string): Buffer | null => {
  let descriptor: number
  try {
    descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch {
    return null
  }
  try {
    const stat = fs.fstatSync(descriptor)
    if (!stat.isFile() || stat.size > longest) return null
    return fs.readFileSync(descriptor)
  } catch {
    return null
  } finally {
    fs.closeSync(descriptor)
  }
}

const firstLine = /^task-log\/1 (?<run>\S+) (?<at>\S+)$/
const mark = /^… (?<bytes>\d{1,15}) bytes left out$/

const parse = (text: string, complete: boolean): KeptLog | null => {
  const end = text.lastIndexOf("\n")
  // the last line of a log under way may be half written
  const [first = "", ...rest] = text.slice(0, Math.max(0, end)).split("\n")
  const groups = firstLine.exec(first.slice(0, 400))?.groups
  if (groups === undefined) return null
  const lines: Array<LogLine> = []
  let head = -1
  let leftOut = 0
  for (const line of rest) {
    const space = line.indexOf(" ")
    const level = line.slice(0, Math.max(0, space))
    if (isLevel(level)) {
      lines.push({ level, message: line.slice(space + 1) })
      continue
    }
    const bytes = mark.exec(line.slice(0, 64))?.groups?.["bytes"]
    if (bytes === undefined) continue
    head = lines.length
    leftOut = Number(bytes)
  }
  return { run: groups["run"] ?? "", at: groups["at"] ?? "", complete, lines, head: head < 0 ? lines.length : head, leftOut }
}

/** The log of a task that runs or was killed goes before the one of its last end: it is newer. */
export const readLog = (file: string): KeptLog | null => {
  const live = bytesOf(`${file}${liveSuffix}`)
  const found = live === null ? null : parse(live.toString("utf8"), false)
  if (found !== null) return found
  const ended = bytesOf(file)
  return ended === null ? null : parse(ended.toString("utf8"), true)
}
