/**
 * Attributes of sound rows. Rows of one type have the same keys in the same order, so the order is kept once, as a way through a tree of keys,
 * and of a row only where its values lie. A value becomes a string when it is asked for.
 */
import { owned } from "../text.ts"
import type { Attributes } from "./row.ts"

/** Ways that are remembered, in keys; rows beyond go the careful way. */
const mostNodes = 4096

/** What a value may be. `id` and `parent` are names; `one` has no comma; `never` is left to the careful reader. */
export type ValueRule = "id" | "parent" | "one" | "list" | "never"

export class LayoutNode {
  readonly key: string
  readonly bytes: Uint8Array
  readonly rule: ValueRule
  /** Keys up to and with this one. */
  readonly keys: ReadonlyArray<string>
  /** Key → its place among them. */
  readonly places: ReadonlyMap<string, number>
  readonly #next = new Map<string, LayoutNode>()
  /** The one that came last time. */
  usual: LayoutNode | undefined
  readonly #tree: { nodes: number }

  private constructor(key: string, rule: ValueRule, before: LayoutNode | undefined) {
    this.key = key
    this.bytes = Uint8Array.from(Buffer.from(key, "latin1"))
    this.rule = rule
    this.keys = before === undefined ? [] : [...before.keys, key]
    this.places = new Map(this.keys.map((name, i) => [name, i]))
    this.#tree = before === undefined ? { nodes: 0 } : before.#tree
    this.#tree.nodes++
  }

  static root(): LayoutNode {
    return new LayoutNode("", "never", undefined)
  }

  /** The node of the next key; undefined where rows with it go the careful way. `ruleOf` knows keys that were found sound. */
  next(key: string, ruleOf: (key: string) => ValueRule | undefined, most: number): LayoutNode | undefined {
    const known = this.#next.get(key)
    if (known !== undefined) return (this.usual = known)
    const rule = ruleOf(key)
    if (rule === undefined || rule === "never" || this.places.has(key)) return undefined
    if (this.keys.length >= most || this.#tree.nodes >= mostNodes) return undefined
    const node = new LayoutNode(owned(key), rule, this)
    this.#next.set(node.key, node)
    return (this.usual = node)
  }
}

/** Values of one row: `at[i]` is twice the place of the i-th in `text`, plus 1 if it has commas; the row ends at `end`. */
export class LayoutAttributes implements Attributes {
  readonly #text: string
  readonly #layout: LayoutNode
  readonly #at: Int32Array
  readonly #from: number
  readonly #end: number

  constructor(text: string, layout: LayoutNode, at: Int32Array, from: number, end: number) {
    this.#text = text
    this.#layout = layout
    this.#at = at
    this.#from = from
    this.#end = end
  }

  get size(): number {
    return this.#layout.keys.length
  }

  has(key: string): boolean {
    return this.#layout.places.has(key)
  }

  get(key: string): ReadonlyArray<string> | undefined {
    const place = this.#layout.places.get(key)
    return place === undefined ? undefined : this.#value(place)
  }

  *entries(): MapIterator<[string, ReadonlyArray<string>]> {
    for (const [i, key] of this.#layout.keys.entries()) yield [key, this.#value(i)]
  }

  *keys(): MapIterator<string> {
    yield* this.#layout.keys
  }

  *values(): MapIterator<ReadonlyArray<string>> {
    for (const [, value] of this.entries()) yield value
  }

  [Symbol.iterator](): MapIterator<[string, ReadonlyArray<string>]> {
    return this.entries()
  }

  forEach(each: (value: ReadonlyArray<string>, key: string, map: Attributes) => void): void {
    for (const [key, value] of this.entries()) each(value, key, this)
  }

  #value(place: number): ReadonlyArray<string> {
    const { keys } = this.#layout
    const found = this.#at[this.#from + place]!
    // Before the next value stand its key, a semicolon and an equals sign.
    const end = place + 1 < keys.length ? (this.#at[this.#from + place + 1]! >> 1) - keys[place + 1]!.length - 2 : this.#end
    const value = this.#text.slice(found >> 1, end)
    return (found & 1) === 0 ? [value] : value.split(",")
  }
}
