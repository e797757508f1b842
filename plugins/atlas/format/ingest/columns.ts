/** Columns of a GFF3 line's fields and attributes, looked up in the plain copy when an error is told. */
import { closeSync, openSync, readSync } from "node:fs"
import { limits } from "../limits.ts"
import type { Locus } from "../model/feature.ts"
import type { Locate } from "../model/problem-list.ts"

const [tab, semicolon, equals, space] = [9, 59, 61, 32]

/** 1-based column in bytes of a field, or of an attribute's key within field 9; undefined where the line has none. */
export const columnIn = (line: Buffer, { field, attribute }: Pick<Locus, "field" | "attribute">): number | undefined => {
  let at = 0
  for (let n = 1; n < field; n++) {
    const next = line.indexOf(tab, at)
    if (next < 0) return undefined
    at = next + 1
  }
  if (attribute === undefined) return at + 1
  for (let start = at; start < line.length;) {
    const next = line.indexOf(semicolon, start)
    const end = next < 0 ? line.length : next
    let key = start
    while (key < end && line[key] === space) key++
    const sign = line.indexOf(equals, key)
    if (sign >= 0 && sign < end && line.toString("utf8", key, sign).trimEnd() === attribute) return key + 1
    start = end + 1
  }
  return at + 1
}

/** Reads lines of the file at `path` by the byte they start at. Never fails: a place without a column is still a place. */
export const columnsOf =
  (path: string): Locate =>
  (place) => {
    let file: number | undefined
    try {
      file = openSync(path, "r")
      const buffer = Buffer.allocUnsafe(limits.lineBytes)
      const text = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, place.byte))
      const end = text.indexOf(10)
      return columnIn(end < 0 ? text : text.subarray(0, end), place)
    } catch {
      return undefined
    } finally {
      if (file !== undefined) closeSync(file)
    }
  }
