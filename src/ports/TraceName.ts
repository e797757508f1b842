/** File names for task ids: injective, readable, short. */
import { hash } from "node:crypto"

/** Longest name, in bytes; beyond, the id's sha256 stands for its end. */
const longest = 150
const readable = 80

const marks: ReadonlyMap<string, string> = new Map([
  ["/", "~"],
  [":", "+"]
])
const plain = /^[A-Za-z0-9_-]$/

const encoded = (byte: number): string => `%${byte.toString(16).padStart(2, "0")}`

/**
 * `110/x:ingest` → `110~x+ingest`. Letters, digits, `_`, `-` and inner dots stay, all else is `%` and two hex digits per
 * UTF-8 byte; a long id is `<its first 80 characters>%.<sha256>`, which no short one can be, as `%` is followed by hex there.
 */
export const traceName = (task: string): string => {
  if (/^[A-Za-z0-9_-][A-Za-z0-9_./:-]*$/.test(task) && task.length <= longest) return task.replaceAll("/", "~").replaceAll(":", "+")
  // Lone surrogates have no UTF-8.
  if (!task.isWellFormed()) return `%!${hash("sha256", Buffer.from(task, "utf16le"))}`
  let name = ""
  for (const character of task) {
    const mark = marks.get(character)
    if (mark !== undefined) name += mark
    else if (plain.test(character) || (character === "." && name !== "")) name += character
    else for (const byte of Buffer.from(character)) name += encoded(byte)
  }
  if (name === "") return "%"
  return name.length <= longest ? name : `${name.slice(0, readable)}%.${hash("sha256", task)}`
}
