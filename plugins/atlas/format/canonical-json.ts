/**
 * Canonical JSON of the dataset contract (§1.5): keys sorted by UTF-8 bytes, compact, no final newline, floats as Rust's serde_json
 * prints them, any zero as `0`. Every digest of a dataset's documents is over these bytes.
 */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { limits } from "./limits.ts"

/** A number that is a float in the document's schema, so that 1 prints as `1.0`. Bare numbers are integers. */
export class Float {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/** A value without canonical form. A defect of the writer, so it is thrown. `at` is the way to it, as in `$.genes[3].name`. */
export class CanonicalJsonInvalid extends Schema.TaggedError<CanonicalJsonInvalid>()("CanonicalJsonInvalid", {
  ...Told,
  at: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "A value has no canonical JSON form",
    hint: "Write integers as safe integers or bigint, floats as Float, and no undefined.",
    example: "$.ratio has no canonical JSON form: 0.5 is no integer (use Float)."
  }
}

/** Orders strings by code points, which is the order of their UTF-8 bytes; JavaScript's `<` goes by UTF-16 units. */
export const compareCodePoints = (a: string, b: string): number => {
  if (a === b) return 0
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

/** Surrogates stand for code points above all other units. */
const rank = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit)

/** Shortest digits that read back as the same double, in serde_json's layout: decimal from 1e-5 up to below 1e16, else exponent form. */
export const floatText = (value: number): string => {
  if (value === 0) return "0"
  const [mantissa = "", power = "0"] = Math.abs(value).toExponential().split("e")
  const digits = mantissa.replace(".", "")
  const exponent = Number(power)
  const sign = value < 0 ? "-" : ""
  if (exponent >= -5 && exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`
  if (exponent >= 0 && exponent < 16) {
    const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0")
    return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`
  }
  return `${sign}${mantissa}e${exponent}`
}

interface Open {
  readonly close: "]" | "}"
  /** Array values in order, or an object's values by sorted key. */
  readonly values: Iterator<unknown>
  readonly keys: ReadonlyArray<string> | null
  count: number
}

/** Why a value has no canonical form; becomes `CanonicalJsonInvalid` where its place is known. */
class NoForm {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

const text = (string: string): string => {
  if (!string.isWellFormed()) throw new NoForm("a string holds half a surrogate pair")
  return JSON.stringify(string)
}

/** Keys repeat from row to row. */
const keyTexts = new Map<string, string>()

const keyText = (key: string): string => {
  let known = keyTexts.get(key)
  if (known === undefined) {
    known = `${text(key)}:`
    if (keyTexts.size < 4096 && key.length <= 64) keyTexts.set(key, known)
  }
  return known
}

/** The text of what is neither array nor object, else undefined. */
const scalar = (item: unknown): string | undefined => {
  switch (typeof item) {
    case "string":
      return text(item)
    case "boolean":
      return item ? "true" : "false"
    case "bigint":
      return item.toString()
    case "number":
      if (!Number.isSafeInteger(item)) throw new NoForm(`${item} is no safe integer (use Float or bigint)`)
      return item === 0 ? "0" : String(item)
    case "object":
      if (item === null) return "null"
      if (!(item instanceof Float)) return undefined
      if (!Number.isFinite(item.value)) throw new NoForm(`${item.value} is not finite`)
      return floatText(item.value)
    default:
      throw new NoForm(`it is ${item === undefined ? "undefined" : `a ${typeof item}`}`)
  }
}

const inOrder = (keys: ReadonlyArray<string>): boolean => {
  for (let i = 1; i < keys.length; i++) if (compareCodePoints(keys[i - 1]!, keys[i]!) > 0) return false
  return true
}

const opened = (item: object): Open => {
  if (item instanceof Date) throw new NoForm("it is a Date")
  if (!(item instanceof Map) && Symbol.iterator in item)
    return { close: "]", values: (item as Iterable<unknown>)[Symbol.iterator](), keys: null, count: 0 }
  const fields = item instanceof Map ? item : new Map(Object.entries(item))
  const keys: ReadonlyArray<string> = [...fields.keys()]
  const sorted = inOrder(keys) ? keys : keys.toSorted(compareCodePoints)
  return { close: "}", values: sorted.map((key) => fields.get(key))[Symbol.iterator](), keys: sorted, count: 0 }
}

/** The whole text of a plain object that holds only scalars, as most rows do; undefined for all else, also for what has no form. */
const flat = (item: object): string | undefined => {
  if (Object.getPrototypeOf(item) !== Object.prototype || Symbol.iterator in item) return undefined
  const fields = item as Readonly<Record<string, unknown>>
  const keys = Object.keys(fields)
  if (!inOrder(keys)) keys.sort(compareCodePoints)
  let out = "{"
  for (const key of keys) {
    const value = fields[key]
    if (value === undefined || (typeof value === "object" && value !== null && !(value instanceof Float))) return undefined
    try {
      out += `${out.length === 1 ? "" : ","}${keyText(key)}${scalar(value)}`
    } catch {
      return undefined
    }
  }
  return `${out}}`
}

/**
 * The canonical text in pieces of about `size` characters. Arrays may be any iterable and objects any `Map` with string keys, so a
 * document can be written without holding it. Throws `CanonicalJsonInvalid`.
 */
export function* canonicalChunks(value: unknown, size = 65_536): Generator<string, void, void> {
  const stack: Array<Open> = []
  let out = ""
  try {
    for (let item: unknown = value, done = false; !done;) {
      const written = scalar(item) ?? flat(item as object)
      if (written === undefined) {
        if (stack.length >= limits.jsonDepth) throw new NoForm(`it is nested deeper than ${limits.jsonDepth}`)
        const open = opened(item as object)
        stack.push(open)
        out += open.keys === null ? "[" : "{"
      } else {
        if (stack.length >= limits.jsonDepth && written.startsWith("{")) throw new NoForm(`it is nested deeper than ${limits.jsonDepth}`)
        out += written
      }
      // Goes on to the next value, closing what has none.
      for (;;) {
        if (out.length >= size) {
          yield out
          out = ""
        }
        const open = stack.at(-1)
        if (open === undefined) {
          done = true
          break
        }
        const next = open.values.next()
        if (next.done !== true) {
          if (open.count++ > 0) out += ","
          if (open.keys !== null) out += keyText(open.keys[open.count - 1]!)
          item = next.value
          break
        }
        stack.pop()
        out += open.close
      }
    }
  } catch (refusal) {
    if (!(refusal instanceof NoForm)) throw refusal
    const at = `$${stack.map((open) => (open.keys === null ? `[${open.count - 1}]` : `.${open.keys[open.count - 1]}`)).join("")}`
    throw new CanonicalJsonInvalid({ message: `${at} has no canonical JSON form: ${refusal.reason}.`, at })
  }
  if (out !== "") yield out
}

/** The canonical text. Throws `CanonicalJsonInvalid` for undefined, NaN, functions, bare fractions, half surrogate pairs. */
export const canonicalJson = (value: unknown): string => {
  const chunks: Array<string> = []
  for (const chunk of canonicalChunks(value)) chunks.push(chunk)
  return chunks.length === 1 ? chunks[0]! : chunks.join("")
}
