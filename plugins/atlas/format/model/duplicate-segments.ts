/** A CDS whose rows repeat a place: bases would be read twice. */
import { quote } from "../text.ts"
import { byPlace } from "./draft.ts"
import type { Drafts } from "./drafts.ts"
import type { Feature } from "./feature.ts"
import type { ProblemList } from "./problem-list.ts"
import { Gff3DuplicateId } from "./problems.ts"

/** Adds a problem for each row that repeats start and end of another row of its ID. Overlaps are legal: ribosomes slip. */
export const duplicateSegments = (drafts: Drafts, problems: ProblemList): void => {
  const told = new Set<Feature>()
  for (const { cds } of [...drafts.transcripts.values(), ...drafts.own.values()]) {
    if (cds.length < 2) continue
    const rows = cds.toSorted(byPlace)
    const lastOf = new Map<string, Feature>()
    for (const row of rows) {
      if (row.node === undefined) continue
      const { id } = row.node
      const last = lastOf.get(id)
      lastOf.set(id, row)
      if (last === undefined || last.start !== row.start || last.end !== row.end || told.has(row)) continue
      told.add(row)
      const reason = `the same place ${row.start}..${row.end}`
      problems.add(
        "Gff3DuplicateId",
        { line: row.line, byte: row.byte, field: 9, attribute: "ID" },
        (where, more) =>
          new Gff3DuplicateId({
            message: `ID ${quote(id)} of line ${last.line} is used again: ${reason}${more}`,
            where,
            id,
            firstLine: last.line,
            reason
          })
      )
    }
  }
}
