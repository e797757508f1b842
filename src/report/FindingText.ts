/** Findings in one line beside their task: `1 warning: odd-name (waived until 2027-06-30: seq1 a plasmid)`. */
import { oneLine } from "../core/Excerpt.ts"
import type { JudgedFinding, Waiver } from "../domain/Finding.ts"
import { counted } from "../core/Quantity.ts"

const Limits = { shown: 3 } as const

const waiverText = ({ until, at, because }: Waiver): string =>
  `waived${until === null ? "" : ` until ${oneLine(until)}`}: ${oneLine(at)} ${oneLine(because)}`

interface Group {
  readonly name: string
  readonly waived: Waiver | null
  count: number
}

const groupsOf = (findings: ReadonlyArray<JudgedFinding>): ReadonlyArray<Group> => {
  const groups = new Map<string, Group>()
  for (const { name, waived } of findings) {
    const key = JSON.stringify([name, waived])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { name, waived, count: 1 })
    else group.count++
  }
  return [...groups.values()]
}

const groupText = ({ name, waived, count }: Group): string =>
  oneLine(name) + (count === 1 ? "" : ` ×${count}`) + (waived === null ? "" : ` (${waiverText(waived)})`)

const severityText = (findings: ReadonlyArray<JudgedFinding>, one: string): ReadonlyArray<string> => {
  if (findings.length === 0) return []
  const groups = groupsOf(findings)
  const shown = groups.slice(0, Limits.shown).map(groupText).join(", ")
  return [`${counted(findings.length, one)}: ${shown}${groups.length > Limits.shown ? ", …" : ""}`]
}

/** Errors before warnings; empty if nothing was found. */
export const findingsText = (findings: ReadonlyArray<JudgedFinding>): string =>
  [
    ...severityText(
      findings.filter(({ severity }) => severity === "error"),
      "error"
    ),
    ...severityText(
      findings.filter(({ severity }) => severity === "warning"),
      "warning"
    )
  ].join("; ")
