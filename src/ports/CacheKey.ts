/** The key of a cached result: what it depends on, and nothing of who asks. */
import { createHash } from "node:crypto"
import { type Row, sortRows } from "../core/Rows.ts"

/**
 * sha256 over `cache-key/1\n`, the definition's name and the sorted rows, each field as its length in bytes, a colon and its
 * UTF-8, so that no two lists have one encoding. What was discovered is only known once a task has run: of a result that is found under
 * its key these rows have to be compared with what they are now. Notes are only printed and do not count; a target's name does not either: what
 * a definition can see of its target is rows.
 */
export const cacheKey = (definition: string, rows: ReadonlyArray<Row>): string => {
  const digest = createHash("sha256")
  let encoded = "cache-key/1\n"
  const field = (text: string): void => void (encoded += `${Buffer.byteLength(text)}:${text}`)
  field(definition)
  for (const { kind, subject, value } of sortRows(rows)) {
    if (kind === "discovered") continue
    field(kind)
    field(subject)
    field(value)
    if (encoded.length > 65_536) {
      digest.update(encoded)
      encoded = ""
    }
  }
  return digest.update(encoded).digest("hex")
}
