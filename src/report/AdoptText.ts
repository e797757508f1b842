/** What `adopt` accepted, and what it refused. */
import { oneLine } from "../core/Excerpt.ts"
import { counted } from "../core/Quantity.ts"
import type { Style } from "../core/Style.ts"
import type { AdoptDocument } from "../domain/RunDocuments.ts"
import { errorLines, indented } from "./ErrorText.ts"

export interface AdoptTelling {
  readonly style: Style
  readonly folder: string
  readonly verbose: boolean
  /** Refusals only. */
  readonly quiet: boolean
}

const count = ({ tasks }: AdoptDocument, result: AdoptDocument["tasks"][number]["result"]): number =>
  tasks.filter((task) => task.result === result).length

export const adoptLines = (document: AdoptDocument, telling: AdoptTelling): ReadonlyArray<string> => {
  const { style, quiet } = telling
  const lines = document.tasks.flatMap(({ task, result, live, errors }) => {
    if (result === "refused")
      return [`${style.red("✗")} ${style.bold(oneLine(task))}`, ...errors.flatMap((error) => indented(errorLines(error, telling), 4))]
    if (quiet || result === "unchanged") return []
    return [`${style.green("✓")} ${style.bold(oneLine(task))}  adopted${live === null ? "" : `  ${oneLine(live)}`}`]
  })
  if (quiet) return lines
  const refused = count(document, "refused")
  const end = [
    `${counted(count(document, "adopted"), "task")} adopted by ${oneLine(document.by)}: ${oneLine(document.because)}`,
    ...(count(document, "unchanged") > 0 ? [`${count(document, "unchanged")} good without`] : []),
    ...(refused > 0 ? [style.red(`${refused} refused`)] : [])
  ].join(" · ")
  return [...lines, `${oneLine(document.project)}: ${end}`]
}
