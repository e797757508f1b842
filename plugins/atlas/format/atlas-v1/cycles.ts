/** Circles of Parents (dataset contract §2.6). */
import type { Row } from "./rows.ts"

interface Visit {
  readonly id: string
  readonly parents: Iterator<string>
}

/**
 * Every edge that closes a circle, as `cycle:A->B` with B the parent of A. The last row of an ID counts. Which edge of a circle that is depends
 * on where one begins: here with the ID that comes first in the file (the reference's order is that of a hash table).
 */
export const parentCycles = (rows: ReadonlyArray<Row>): ReadonlyArray<string> => {
  const parentsOf = new Map<string, ReadonlyArray<string>>()
  for (const { id, parents } of rows) if (id !== undefined) parentsOf.set(id, parents)
  const open = new Set<string>()
  const done = new Set<string>()
  const cycles: Array<string> = []
  for (const first of parentsOf.keys()) {
    if (done.has(first)) continue
    const stack: Array<Visit> = []
    const enter = (id: string) => {
      open.add(id)
      stack.push({ id, parents: (parentsOf.get(id) ?? [])[Symbol.iterator]() })
    }
    enter(first)
    for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
      const next = visit.parents.next()
      if (next.done === true) {
        open.delete(visit.id)
        done.add(visit.id)
        stack.pop()
      } else if (open.has(next.value)) cycles.push(`cycle:${visit.id}->${next.value}`)
      else if (!done.has(next.value)) enter(next.value)
    }
  }
  return cycles
}
