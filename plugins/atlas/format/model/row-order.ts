/**
 * Rows of an annotation in an order in which it falls into parts, whatever their order in the file: rows that hang together by ID and Parent
 * follow each other, by where on a sequence the first of them begins. Holds no row, but where its line stands: about 30 bytes a row and 50 an ID.
 */
import type { Gff3Row } from "../gff3/row.ts"
import { IdTable } from "./id-table.ts"

/** A list of numbers that grows. */
class Numbers<A extends Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>> {
  #held: A
  readonly #make: (length: number) => A
  length = 0

  constructor(make: (length: number) => A) {
    this.#make = make
    this.#held = make(1 << 12)
  }

  push(value: number): void {
    if (this.length === this.#held.length) {
      const larger = this.#make(Math.ceil(this.#held.length * 1.5))
      larger.set(this.#held)
      this.#held = larger
    }
    this.#held[this.length++] = value
  }

  get(at: number): number {
    return this.#held[at]!
  }

  set(at: number, value: number): void {
    this.#held[at] = value
  }
}

const integers = () => new Numbers((length) => new Int32Array(length))
const safeIntegers = () => new Numbers((length) => new Float64Array(length))

export interface LinePlace {
  readonly line: number
  readonly byte: number
  readonly bytes: number
  /** Line of the last `###` before it, else 0. */
  readonly resolved: number
}

export class RowOrder {
  readonly #ids = new IdTable()
  readonly #sequences = new Map<string, number>()
  /** Of each node, an ID or a row without: the one it hangs on, and its first place. */
  readonly #above = integers()
  readonly #sequence = integers()
  readonly #start = safeIntegers()
  readonly #nodeOfId = integers()
  /** Of each row. */
  readonly #node = integers()
  readonly #line = integers()
  readonly #byte = safeIntegers()
  readonly #bytes = integers()
  readonly #resolved = integers()

  get rows(): number {
    return this.#node.length
  }

  add({ line, byte, bytes, seqid, start, attributes, resolved = 0 }: Gff3Row): void {
    let sequence = this.#sequences.get(seqid)
    if (sequence === undefined) this.#sequences.set(Buffer.from(seqid).toString(), (sequence = this.#sequences.size))
    const id = attributes.get("ID")?.[0]
    let node = id === undefined ? -1 : this.#nodeOf(id)
    for (const parent of attributes.get("Parent") ?? []) {
      const above = this.#nodeOf(parent)
      node = node < 0 ? above : this.#join(node, above)
    }
    if (node < 0) node = this.#newNode()
    const root = this.#root(node)
    this.#place(root, sequence, start)
    this.#node.push(node)
    this.#line.push(line)
    this.#byte.push(byte)
    this.#bytes.push(bytes)
    this.#resolved.push(resolved)
  }

  /** Places of all lines. What hangs together stays in the order of lines. */
  *places(): Generator<LinePlace> {
    for (const row of this.#inOrder())
      yield { line: this.#line.get(row), byte: this.#byte.get(row), bytes: this.#bytes.get(row), resolved: this.#resolved.get(row) }
  }

  #inOrder(): Int32Array {
    const nodes = this.#above.length
    const roots: Array<number> = []
    for (let node = 0; node < nodes; node++) if (this.#above.get(node) === node && this.#sequence.get(node) >= 0) roots.push(node)
    roots.sort((a, b) => this.#sequence.get(a) - this.#sequence.get(b) || this.#start.get(a) - this.#start.get(b) || a - b)
    // Rows are counted by what they hang on, and then laid down behind each other.
    const next = new Int32Array(nodes)
    for (let row = 0; row < this.rows; row++) {
      const root = this.#root(this.#node.get(row))
      next[root] = next[root]! + 1
    }
    let from = 0
    for (const root of roots) {
      const count = next[root]!
      next[root] = from
      from += count
    }
    const order = new Int32Array(this.rows)
    for (let row = 0; row < this.rows; row++) {
      const root = this.#root(this.#node.get(row))
      order[next[root]!] = row
      next[root] = next[root]! + 1
    }
    return order
  }

  #nodeOf(id: string): number {
    const number = this.#ids.numberOf(id)
    if (number === this.#nodeOfId.length) this.#nodeOfId.push(this.#newNode())
    return this.#nodeOfId.get(number)
  }

  #newNode(): number {
    const node = this.#above.length
    this.#above.push(node)
    this.#sequence.push(-1)
    this.#start.push(0)
    return node
  }

  #root(node: number): number {
    let root = node
    for (let above = this.#above.get(root); above !== root; above = this.#above.get(root)) {
      // Half the way, for the next who comes by.
      this.#above.set(root, this.#above.get(above))
      root = above
    }
    return root
  }

  #join(a: number, b: number): number {
    const [x, y] = [this.#root(a), this.#root(b)]
    if (x === y) return x
    const [kept, lost] = x < y ? [x, y] : [y, x]
    this.#above.set(lost, kept)
    if (this.#sequence.get(lost) >= 0) this.#place(kept, this.#sequence.get(lost), this.#start.get(lost))
    return kept
  }

  #place(root: number, sequence: number, start: number): void {
    const known = this.#sequence.get(root)
    if (known >= 0 && (known < sequence || (known === sequence && this.#start.get(root) <= start))) return
    this.#sequence.set(root, sequence)
    this.#start.set(root, start)
  }
}
