/** Transcripts in `console` blocks: `$ command`, then what it printed. `…` alone stands for any lines; `$ echo $?` tells the exit code. */

export interface Step {
  readonly command: string
  readonly shown: ReadonlyArray<string>
}

export const stepsOf = (text: string): ReadonlyArray<Step> => {
  const steps: Array<{ command: string; shown: Array<string> }> = []
  for (const line of text.trimEnd().split("\n")) {
    const last = steps.at(-1)
    if (line.startsWith("$ ")) steps.push({ command: line.slice(2), shown: [] })
    else if (last === undefined) throw new Error(`a transcript begins with a command: ${line}`)
    else if (last.command.endsWith("\\")) last.command = `${last.command.slice(0, -1)}${line}`
    else last.shown.push(line)
  }
  return steps
}

/** What differs from run to run and machine to machine: times, days, run ids, digests, compressed sizes, cores, widths. */
export const normal = (line: string): string =>
  line
    .replace(/\b\d{8}T\d{6}-[0-9a-f]{8}\b/g, "RUN")
    .replace(/\b\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, "TIME")
    .replace(/\b[0-9a-f]{8,64}\b/g, "HEX")
    .replace(/\b[\d.,]+ (?:s|ms|min)\b/g, "TOOK")
    .replace(/\([\d,]+ → [\d,]+ bytes\)/g, "(SIZES)")
    .replace(/\bjobs \d+/g, "jobs N")
    .replace(/\s+/g, " ")
    .trim()

/** The first line shown that was not said, in order and without gaps but where `…` stands; null if all fit. */
export const mismatch = (shown: ReadonlyArray<string>, said: string): string | null => {
  const lines = said.trimEnd().split("\n").map(normal)
  let at = 0
  let gap = false
  for (const line of shown) {
    if (line.trim() === "…") {
      gap = true
      continue
    }
    const wanted = normal(line)
    const found = gap ? lines.indexOf(wanted, at) : lines[at] === wanted ? at : -1
    if (found < 0) return `${line}\n  said instead: ${lines[at] ?? "(nothing more)"}`
    at = found + 1
    gap = false
  }
  return gap || at >= lines.length || shown.length === 0 ? null : `(nothing more)\n  said instead: ${lines[at]}`
}
