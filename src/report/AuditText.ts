/** What `audit` found, task by task. */
import { clip } from "../core/Layout.ts"
import { oneLine } from "../core/Excerpt.ts"
import { counted } from "../core/Quantity.ts"
import type { Style } from "../core/Style.ts"
import type { AuditDocument, AuditedTask, AuditFinding, Difference } from "../domain/AuditDocument.ts"
import { errorLines, indented, pathText, type Telling } from "./ErrorText.ts"

/** Of each kind. */
const shown = 8
const Width = 120

const differenceLines = ({ byte, line }: Difference, { dim }: Style): ReadonlyArray<string> => {
  if (line === null) return byte === null ? [dim("is there once, or is of another kind")] : [dim(`first differs at byte ${byte}`)]
  const where = byte === null ? "" : ` (byte ${byte})`
  return [
    dim(`first differs in line ${line.number}${where}`),
    `- ${clip(oneLine(line.first), Width)}`,
    `+ ${clip(oneLine(line.second), Width)}`
  ]
}

const findingLines = ({ kind, subject, message, difference }: AuditFinding, { style, folder }: Telling): ReadonlyArray<string> => [
  `${style.yellow(kind)}  ${oneLine(message.replace(subject, pathText(subject, folder)))}`,
  ...(difference === undefined ? [] : indented(differenceLines(difference, style), 4))
]

const taskLines = (task: AuditedTask, telling: Telling): ReadonlyArray<string> => {
  const { style, verbose } = telling
  const name = style.bold(oneLine(task.task))
  if (task.outcome === "clean") return [`${style.green("✓")} ${name}`]
  if (task.outcome === "skipped") return [`${style.dim("-")} ${name}  ${style.dim(`not audited: ${oneLine(task.because ?? "")}`)}`]
  const kinds = Object.values(Object.groupBy(task.findings, ({ kind }) => kind))
  const told = kinds.flatMap((findings = []) => (verbose ? findings : findings.slice(0, shown)))
  const left = task.findings.length - told.length
  return [
    `${style.red("✗")} ${name}`,
    ...indented(
      [
        ...told.flatMap((finding) => findingLines(finding, telling)),
        ...(left === 0 ? [] : [style.dim(`… ${left} more; --verbose tells all`)]),
        ...task.errors.flatMap((error) => errorLines(error, telling))
      ],
      4
    )
  ]
}

/** `quiet` leaves out what is good. */
export const auditLines = (audit: AuditDocument, telling: Telling & { readonly quiet: boolean }): ReadonlyArray<string> => {
  const { style, quiet } = telling
  const { counts } = audit
  const bad = audit.tasks.filter(({ outcome }) => outcome === "found" || outcome === "failed")
  const lines = (quiet ? bad : audit.tasks).flatMap((task) => taskLines(task, telling))
  if (quiet) return lines
  const parts = [`${counts.clean} clean`, `${counts.found} with findings`, `${counts.failed} failed`, `${counts.skipped} not audited`]
  const last = `${oneLine(audit.project)}: ${counted(audit.tasks.length, "task")}, ${parts.join(" · ")}`
  const blind = "no strace may trace here: only determinism was looked at, neither reads nor writes nor the network"
  return [...lines, audit.ok ? style.green(last) : style.red(last), ...(audit.tracer === null ? [style.yellow(`⚠ ${blind}`)] : [])]
}
