/** JSON (RFC 8259) read strictly: no key twice, nothing behind the document, no number that changes its value, bounded size and depth. */
import { Result, Schema } from "effect"
import { type ErrorDocs, Told, type Where } from "atlas-run/plugin"
import { Float } from "./canonical-json.ts"
import { LimitExceeded, limits } from "./limits.ts"
import { InvalidUtf8, invalidUtf8At, quote } from "./text.ts"

export class JsonSyntax extends Schema.TaggedError<JsonSyntax>()("JsonSyntax", { ...Told, expected: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A document is not JSON",
    hint: "Look at the place; a file cut off in the middle also ends up here.",
    example: "Expected a value at line 3, column 5."
  }
}

export class JsonDuplicateKey extends Schema.TaggedError<JsonDuplicateKey>()("JsonDuplicateKey", { ...Told, key: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "An object of a JSON document has one key twice",
    hint: "Remove one of them: readers disagree on which counts.",
    example: 'The key "release" appears twice in one object.'
  }
}

export class JsonNumber extends Schema.TaggedError<JsonNumber>()("JsonNumber", { ...Told, value: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A number of a JSON document cannot be held exactly",
    hint: "Integers go up to 9007199254740991.",
    example: "The number 9007199254740993 cannot be held exactly."
  }
}

export type StrictJsonError = JsonSyntax | JsonDuplicateKey | JsonNumber | LimitExceeded | InvalidUtf8

/** For the `errors` of a stage or check. */
export const strictJsonErrors = [JsonSyntax, JsonDuplicateKey, JsonNumber, LimitExceeded, InvalidUtf8] as const

export interface StrictJsonOptions {
  /** Numbers written with a fraction or an exponent become `Float`, so that `canonicalJson` prints them as they were. */
  readonly keepFloats?: boolean
  readonly maxBytes?: number
  readonly maxDepth?: number
}

/** Carries a failure out of the parser; never leaves this file. */
class Refusal {
  readonly error: StrictJsonError
  constructor(error: StrictJsonError) {
    this.error = error
  }
}

const isDigit = (code: number) => code >= 48 && code <= 57

class StrictJsonParser {
  #at = 0
  readonly #text: string
  readonly #path: string
  readonly #options: StrictJsonOptions

  constructor(text: string, path: string, options: StrictJsonOptions) {
    this.#text = text
    this.#path = path
    this.#options = options
  }

  /** Arrays and objects in the making are on a stack: depth costs no call frames. */
  parse(): unknown {
    const stack: Array<
      { readonly array: Array<unknown> } | { readonly object: Record<string, unknown>; readonly keys: Set<string>; key: string }
    > = []
    const depth = this.#options.maxDepth ?? limits.jsonDepth
    for (;;) {
      this.#space()
      let value: unknown
      const c = this.#text[this.#at]
      if (c === "[" || c === "{") {
        if (stack.length >= depth) throw this.#exceeded("jsonDepth", depth, stack.length + 1)
        this.#at++
        this.#space()
        if (c === "[" && this.#text[this.#at] !== "]") {
          stack.push({ array: [] })
          continue
        }
        if (c === "{" && this.#text[this.#at] !== "}") {
          const open = { object: {}, keys: new Set<string>(), key: "" }
          stack.push(open)
          open.key = this.#key(open.keys)
          continue
        }
        this.#at++
        value = c === "[" ? [] : {}
      } else value = this.#scalar()
      // Puts the value where it belongs and closes what ends behind it.
      for (;;) {
        const open = stack.at(-1)
        this.#space()
        if (open === undefined) {
          if (this.#at < this.#text.length) throw this.#syntax("the end of the document")
          return value
        }
        const next = this.#text[this.#at]
        if ("array" in open) {
          open.array.push(value)
          if (next !== "," && next !== "]") throw this.#syntax('"," or "]"')
          this.#at++
          if (next === ",") break
          value = open.array
        } else {
          // A key like __proto__ must become a plain property.
          Object.defineProperty(open.object, open.key, { value, enumerable: true, configurable: true, writable: true })
          if (next !== "," && next !== "}") throw this.#syntax('"," or "}"')
          this.#at++
          if (next === ",") {
            this.#space()
            open.key = this.#key(open.keys)
            break
          }
          value = open.object
        }
        stack.pop()
      }
    }
  }

  #key(keys: Set<string>): string {
    const from = this.#at
    if (this.#text[from] !== '"') throw this.#syntax("a key in quotes")
    const key = this.#string()
    if (keys.has(key)) {
      const message = `The key ${quote(key)} appears twice in one object.`
      throw new Refusal(new JsonDuplicateKey({ message, where: this.#where(from), key }))
    }
    keys.add(key)
    this.#space()
    if (this.#text[this.#at] !== ":") throw this.#syntax('":"')
    this.#at++
    return key
  }

  #scalar(): unknown {
    const c = this.#text[this.#at]
    if (c === '"') return this.#string()
    for (const [word, value] of [
      ["true", true],
      ["false", false],
      ["null", null]
    ] as const)
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length
        return value
      }
    if (c === "-" || (c !== undefined && isDigit(c.charCodeAt(0)))) return this.#number()
    throw this.#syntax("a value")
  }

  #string(): string {
    const from = this.#at++
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (Number.isNaN(code)) throw this.#syntax("the end of a string")
      if (code < 0x20) throw this.#syntax("an escape for a control character")
      if (code === 34) break
      this.#at++
      if (code !== 92) continue
      const escape = this.#text[this.#at]
      if (escape === undefined || !'"\\/bfnrtu'.includes(escape)) throw this.#syntax("an escape that JSON has")
      this.#at++
      for (let k = escape === "u" ? 4 : 0; k > 0; k--, this.#at++)
        if (!"0123456789abcdefABCDEF".includes(this.#text[this.#at] ?? "x")) throw this.#syntax("four hex digits")
    }
    this.#at++
    const value = JSON.parse(this.#text.slice(from, this.#at)) as string
    if (!value.isWellFormed()) {
      this.#at = from
      throw this.#syntax("both halves of a surrogate pair")
    }
    return value
  }

  #number(): number | Float {
    const from = this.#at
    const digits = () => {
      if (!isDigit(this.#text.charCodeAt(this.#at))) throw this.#syntax("a digit")
      while (isDigit(this.#text.charCodeAt(this.#at))) this.#at++
    }
    if (this.#text[this.#at] === "-") this.#at++
    if (this.#text[this.#at] === "0") this.#at++
    else digits()
    let integer = true
    if (this.#text[this.#at] === ".") {
      integer = false
      this.#at++
      digits()
    }
    if (this.#text[this.#at] === "e" || this.#text[this.#at] === "E") {
      integer = false
      this.#at++
      if (this.#text[this.#at] === "+" || this.#text[this.#at] === "-") this.#at++
      digits()
    }
    const written = this.#text.slice(from, this.#at)
    const value = Number(written)
    if (integer ? !Number.isSafeInteger(value) : !Number.isFinite(value)) {
      const message = `The number ${quote(written)} cannot be held exactly.`
      throw new Refusal(new JsonNumber({ message, where: this.#where(from), value: written.slice(0, 80) }))
    }
    return !integer && this.#options.keepFloats === true ? new Float(value) : value
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
      this.#at++
    }
  }

  #where(index: number): Where {
    const before = this.#text.slice(0, index)
    const start = before.lastIndexOf("\n") + 1
    let line = 1
    for (let i = before.indexOf("\n"); i >= 0; i = before.indexOf("\n", i + 1)) line++
    return { path: this.#path, line, column: Buffer.byteLength(before.slice(start)) + 1, byte: Buffer.byteLength(before) }
  }

  #syntax(expected: string): Refusal {
    const where = this.#where(this.#at)
    const found =
      this.#at >= this.#text.length ? "the document ends" : `there is ${quote(String.fromCodePoint(this.#text.codePointAt(this.#at)!))}`
    const message = `Expected ${expected} at line ${where.line}, column ${where.column}; ${found}.`
    return new Refusal(new JsonSyntax({ message, where, expected }))
  }

  #exceeded(limit: string, allowed: number, found: number): Refusal {
    const message = `The document is nested deeper than ${allowed}.`
    return new Refusal(new LimitExceeded({ message, where: this.#where(this.#at), limit, allowed, found }))
  }
}

/** Parses a whole document. `path` is for the telling only. Duplicate keys are compared after unescaping. */
export const parseStrictJson = (
  input: string | Uint8Array,
  path = "(document)",
  options: StrictJsonOptions = {}
): Result.Result<unknown, StrictJsonError> => {
  const maxBytes = options.maxBytes ?? limits.jsonBytes
  const bytes = typeof input === "string" ? Buffer.byteLength(input) : input.length
  if (bytes > maxBytes) {
    const message = `The document has ${bytes} bytes, more than ${maxBytes}.`
    return Result.fail(new LimitExceeded({ message, where: { path }, limit: "jsonBytes", allowed: maxBytes, found: bytes }))
  }
  if (typeof input !== "string") {
    const bad = invalidUtf8At(input)
    if (bad >= 0) {
      const line = input.subarray(0, bad).reduce((lines, byte) => (byte === 10 ? lines + 1 : lines), 1)
      const hex = input[bad]!.toString(16).padStart(2, "0")
      const column = bad - input.lastIndexOf(10, bad)
      return Result.fail(new InvalidUtf8({ message: `Byte ${hex} is not UTF-8.`, where: { path, line, column, byte: bad }, bytes: hex }))
    }
  }
  const text = typeof input === "string" ? input : Buffer.from(input.buffer, input.byteOffset, input.length).toString("utf8")
  try {
    return Result.succeed(new StrictJsonParser(text, path, options).parse())
  } catch (refusal) {
    if (refusal instanceof Refusal) return Result.fail(refusal.error)
    throw refusal
  }
}
