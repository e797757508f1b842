/** Column 9: `key=value,value;key=value`. Values are split at commas first and decoded after. */
import { cut, hiddenAt, owned, quote, turnsText } from "../text.ts"
import { LimitExceeded } from "../limits.ts"
import { type EscapeRule, unescape } from "./escape.ts"
import { Gff3Attribute, Gff3Character, Gff3DuplicateAttribute, Gff3EmptyId } from "./failure.ts"
import type { ValueRule } from "./layout.ts"
import type { Gff3Line } from "./line.ts"
import type { Attributes } from "./row.ts"

/** Attributes that the specification defines; other names in capitals are reserved for it. */
const defined = new Set([
  "ID",
  "Name",
  "Alias",
  "Parent",
  "Target",
  "Gap",
  "Derives_from",
  "Note",
  "Dbxref",
  "Ontology_term",
  "Is_circular"
])
const names = new Set(["ID", "Parent", "Derives_from"])
/** Defined for one value; of ID and Is_circular several are a problem, Target has its own rule. */
const single = new Set(["Name", "Gap", "Derives_from"])
/** Distinct keys remembered; a file with more only gets slower. */
const remembered = 4096
const rememberedLength = 64

/** What a token holds beside plain characters: percent signs; "=" or "&" within the value, or what is not ASCII. */
const escaped = 1
const odd = 2

/** Characters that are never looked at twice: all but % & , ; = and DEL. */
const plain = Uint8Array.from({ length: 128 }, (_, c) => ("%&,;=\x7f".includes(String.fromCharCode(c)) ? 0 : 1))

interface Key {
  readonly name: string
  readonly reserved: boolean
  readonly rule: EscapeRule
}

const none: Attributes = new Map()

export class AttributeParser {
  readonly #keys = new Map<string, Key>()

  /** What values of a key may be that was found sound; undefined of others, and of those that are told of at each row. */
  readonly ruleOf = (name: string): ValueRule | undefined => {
    const known = this.#keys.get(name)
    if (known === undefined || known.reserved || known.rule === "target" || name === "Is_circular") return undefined
    if (name === "Parent") return "parent"
    return name === "ID" || name === "Derives_from" ? "id" : single.has(name) ? "one" : "list"
  }

  /** Attributes of text[from, end of line). */
  parse(line: Gff3Line, from: number): Attributes {
    const text = line.text
    const end = text.length
    if (from === end || (from === end - 1 && text.charCodeAt(from) === 46)) {
      if (from === end) line.notice("empty-attributes", from, () => "Column 9 is empty where a dot belongs.")
      return none
    }
    const attributes = new Map<string, ReadonlyArray<string>>()
    let tokens = 0
    for (let start = from; start <= end;) {
      let equals = -1
      let commas = 0
      let special = 0
      let at = start
      for (; at < end; at++) {
        const c = text.charCodeAt(at)
        if (c < 128 && plain[c] === 1) continue
        if (c === 59) break
        if (c === 61) {
          if (equals < 0) equals = at
          else special |= odd
        } else if (c === 44) {
          if (equals >= 0) commas++
        } else if (c === 37) special |= escaped
        else if (c === 38 || c > 0x7e) special |= odd
      }
      if (++tokens > line.limits.attributesPerRow + 1) return this.#tooMany(line, start, attributes)
      if (at === start) {
        if (at < end || tokens > 1)
          line.notice("empty-attribute", start, () => "Column 9 has a semicolon that separates nothing, as at the end of the row.")
      } else {
        if (tokens > line.limits.attributesPerRow) return this.#tooMany(line, start, attributes)
        this.#token(line, start, at, equals, commas, special, attributes)
      }
      start = at + 1
    }
    return attributes
  }

  #token(
    line: Gff3Line,
    start: number,
    end: number,
    equals: number,
    commas: number,
    special: number,
    into: Map<string, ReadonlyArray<string>>
  ): void {
    const text = line.text
    if (equals <= start) {
      const token = text.slice(start, end)
      if (token.trim() === "") {
        line.notice("empty-attribute", start, () => "Column 9 has a semicolon that separates nothing, as at the end of the row.")
        return
      }
      const what = equals < 0 ? "has no =" : "has no key"
      line.problem(start, (where) => new Gff3Attribute({ message: `The attribute ${quote(token)} ${what}.`, where, value: cut(token) }))
      return
    }
    const key = this.#key(line, start, equals)
    if (key.reserved)
      line.notice(
        "reserved-attribute",
        start,
        () => `Attribute names in capitals, such as ${quote(key.name)}, are reserved for the specification.`
      )
    if (into.has(key.name)) {
      line.problem(
        start,
        (where) => new Gff3DuplicateAttribute({ message: `The attribute ${quote(key.name)} appears twice.`, where, key: cut(key.name) })
      )
      return
    }
    const from = equals + 1
    if ((special & odd) !== 0) this.#look(line, from, end, key)
    const isEscaped = (special & escaped) !== 0
    const values = commas === 0 ? [valueOf(line, from, end, isEscaped, key.rule)] : split(line, from, end, commas, isEscaped, key.rule)
    if (key.rule === "name") this.#name(line, from, key.name, values)
    else if (key.rule === "target") this.#target(line, from, end)
    else if (key.name === "Is_circular" && (values.length > 1 || (values[0] !== "true" && values[0] !== "false"))) {
      const value = values.join(",")
      line.problem(
        from,
        (where) => new Gff3Attribute({ message: `Is_circular is true or left out, not ${quote(value)}.`, where, value: cut(value) })
      )
    } else if (from === end) line.notice("empty-value", start, () => "An attribute has no value.")
    if (commas > 0 && single.has(key.name))
      line.notice("unescaped-reserved", from, () => `${key.name} has one value; a comma in it should be escaped.`)
    into.set(key.name, values)
  }

  #key(line: Gff3Line, start: number, end: number): Key {
    const raw = line.text.slice(start, end)
    const known = this.#keys.get(raw)
    if (known !== undefined) return known
    let from = start
    while (from < end && line.text.charCodeAt(from) === 32) from++
    let to = end
    while (to > from && line.text.charCodeAt(to - 1) === 32) to--
    if (from !== start || to !== end)
      line.notice("space-around-key", start, () => "A space stands around an attribute's name; it is dropped.")
    const problemFree = !line.bad
    const name = unescape(line, from, to, "name")
    const hidden = hiddenAt(name)
    const turns = turnsText(name)
    if (turns) line.notice("hidden-character", start, () => "An attribute's name holds a character that turns the direction of text.")
    if (hidden >= 0 && !line.bad) invisible(line, start, name.charCodeAt(hidden))
    const first = name.charCodeAt(0)
    const rule = names.has(name) ? "name" : name === "Target" ? "target" : "value"
    const key: Key = { name, reserved: first >= 65 && first <= 90 && !defined.has(name), rule }
    const asWritten = from === start && to === end && !raw.includes("%")
    if (asWritten && problemFree && !turns && !line.bad && this.#keys.size < remembered && raw.length <= rememberedLength) {
      const kept = owned(raw)
      const known: Key = { ...key, name: kept }
      this.#keys.set(kept, known)
      return known
    }
    return key
  }

  /** Characters that are reserved in column 9, and invisible ones, raw in a value. */
  #look(line: Gff3Line, from: number, end: number, key: Key): void {
    for (let at = from; at < end; at++) {
      const c = line.text.charCodeAt(at)
      if (c === 61 || c === 38)
        line.notice("unescaped-reserved", at, () => 'A value holds "=" or "&", which should be escaped; it is taken as it stands.')
    }
    const value = line.text.slice(from, end)
    if (turnsText(value)) line.notice("hidden-character", from, () => "An attribute holds a character that turns the direction of text.")
    const hidden = hiddenAt(value)
    if (hidden < 0) return
    if (key.rule === "name") invisible(line, from + hidden, line.text.charCodeAt(from + hidden))
    else line.notice("hidden-character", from + hidden, () => "An attribute holds an invisible character.")
  }

  #name(line: Gff3Line, from: number, key: string, values: ReadonlyArray<string>): void {
    if (values.some((value) => value.trim() === "")) {
      line.problem(from, (where) => new Gff3EmptyId({ message: `The attribute ${quote(key)} names nothing.`, where, key }))
      return
    }
    const longest = line.limits.idBytes
    for (const value of values) {
      if (value.length * 3 <= longest) continue
      const found = Buffer.byteLength(value)
      if (found > longest)
        line.problem(
          from,
          (where) =>
            new LimitExceeded({
              message: `The ${key} has ${found} bytes, more than ${longest}.`,
              where,
              limit: "idBytes",
              allowed: longest,
              found
            })
        )
    }
    if (key !== "Parent") {
      if (key === "ID" && values.length > 1) {
        const value = values.join(",")
        line.problem(
          from,
          (where) =>
            new Gff3Attribute({ message: `A row has one ID; the comma in ${quote(value)} must be escaped.`, where, value: cut(value) })
        )
      }
      return
    }
    const allowed = line.limits.parentsPerRow
    if (values.length > allowed)
      line.problem(
        from,
        (where) =>
          new LimitExceeded({
            message: `The row has ${values.length} parents, more than ${allowed}.`,
            where,
            limit: "parentsPerRow",
            allowed,
            found: values.length
          })
      )
    else if (values.length > 1 && new Set(values).size < values.length)
      line.notice("repeated-parent", from, () => "A row names one parent twice.")
  }

  /** `Target=id start end [strand]`. */
  #target(line: Gff3Line, from: number, end: number): void {
    for (const target of line.text.slice(from, end).split(",")) {
      const [id, start, stop, strand, ...rest] = target.split(" ")
      const fits = id !== undefined && id !== "" && isPositive(start) && isPositive(stop) && Number(start) <= Number(stop)
      if (fits && rest.length === 0 && (strand === undefined || strand === "+" || strand === "-")) continue
      line.problem(
        from,
        (where) => new Gff3Attribute({ message: `A Target is "id start end [strand]", not ${quote(target)}.`, where, value: cut(target) })
      )
      return
    }
  }

  #tooMany(line: Gff3Line, at: number, attributes: Attributes): Attributes {
    const allowed = line.limits.attributesPerRow
    line.problem(
      at,
      (where) =>
        new LimitExceeded({
          message: `The row has more than ${allowed} attributes.`,
          where,
          limit: "attributesPerRow",
          allowed,
          found: allowed + 1
        })
    )
    return attributes
  }
}

const isPositive = (text: string | undefined) => text !== undefined && text.length < 16 && /^[1-9][0-9]*$/.test(text)

const invisible = (line: Gff3Line, at: number, code: number): void => {
  const value = code.toString(16).padStart(2, "0")
  line.problem(at, (where) => new Gff3Character({ message: `The invisible character ${value} is not allowed in a name.`, where, value }))
}

const valueOf = (line: Gff3Line, from: number, to: number, isEscaped: boolean, rule: EscapeRule): string =>
  isEscaped ? unescape(line, from, to, rule) : line.text.slice(from, to)

const split = (line: Gff3Line, from: number, end: number, commas: number, isEscaped: boolean, rule: EscapeRule): ReadonlyArray<string> => {
  const values = Array.from<string>({ length: commas + 1 })
  let start = from
  for (let i = 0; i <= commas; i++) {
    const comma = i === commas ? end : line.text.indexOf(",", start)
    values[i] = valueOf(line, start, comma, isEscaped, rule)
    start = comma + 1
  }
  return values
}
