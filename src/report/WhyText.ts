/** Why a task is what it is: the sentence, the chain down to the root cause, or the evidence it rests on. */
import { oneLine } from "../core/Excerpt.ts"
import type { PlannedTask, WhyDocument } from "../domain/RunDocuments.ts"
import { columns } from "../core/Layout.ts"
import { causeText } from "./CauseText.ts"
import { errorLines, indented } from "./ErrorText.ts"
import { rowValue } from "./HistoryText.ts"
import { shortName } from "./Mark.ts"
import { paintDecision, type PlanTelling, taskLines } from "./PlanText.ts"
import { counted } from "../core/Quantity.ts"

/** `sha256:` digests by their first digits unless all is told. */
const shortDigest = (text: string, verbose: boolean): string => {
  const digest = /^(?:sha256:)?([0-9a-f]{64})$/.exec(text)?.[1]
  return digest === undefined ? oneLine(text) : `sha256 ${verbose ? digest : digest.slice(0, 8)}`
}

type Evidence = NonNullable<WhyDocument["evidence"]>
type Proven = Pick<Evidence["rows"][number], "by" | "since">

const proofText = ({ by, since }: Proven): string => {
  const from = since === undefined ? "" : ` since ${since.run === null ? oneLine(since.at) : `run ${oneLine(since.run)}`}`
  switch (by) {
    case "stat":
      return `proven by stat row${from}`
    case "hash":
      return "read and hashed now"
    case "config":
      return "as the config and its modules say"
    case "need":
      return since?.run == null ? "as its need gave it" : `as its need gave it in run ${oneLine(since.run)}`
    case "environment":
    case "runtime":
      return "looked up now"
    default:
      return ""
  }
}

const evidenceLines = (evidence: Evidence, { style, verbose }: PlanTelling): ReadonlyArray<string> => [
  `  recorded ${oneLine(evidence.at)} by run ${oneLine(evidence.run)}`,
  ...(evidence.rows.length === 0 ? [] : [`  ${style.bold(`${counted(evidence.rows.length, "row")} as then`)}`]),
  ...columns(
    evidence.rows.map((row) => [`    ${oneLine(row.kind)}`, oneLine(row.subject), shortDigest(row.value, verbose), proofText(row)])
  ),
  ...(evidence.outputs.length === 0 ? [] : [`  ${style.bold(`${counted(evidence.outputs.length, "output")} as recorded`)}`]),
  ...columns(
    evidence.outputs.map((output) => [
      `    ${oneLine(output.name)}`,
      oneLine(output.path),
      shortDigest(output.digest, verbose),
      proofText(output)
    ])
  )
]

const rootLines = (why: WhyDocument, name: (task: string) => string, { style }: PlanTelling): ReadonlyArray<string> => {
  const roots = why.roots ?? []
  // a single task's own causes stand in the chain already
  const told = why.chain.length > 1 || roots.some(({ origin }) => origin !== undefined)
  if (!told || roots.length === 0) return []
  return [
    `  ${style.bold(roots.length === 1 ? "the root cause; without it, it is fresh" : `the ${roots.length} root causes; without all of them it is fresh`)}`,
    ...roots.flatMap((root) => {
      const { tasks, path, origin } = root
      const subject = path === undefined ? root.subject : `${root.subject} ${path}`
      const [first = why.task] = tasks
      const more = tasks.length > 1 ? `   met by ${counted(tasks.length, "task")}` : ""
      const then = origin?.causes[0]
      return [
        `    ${oneLine(name(first))}   ${causeText({ ...root, subject })}${more}`,
        ...(origin === undefined || then === undefined ? [] : [`      since run ${oneLine(origin.run)}, for ${causeText(then)}`])
      ]
    })
  ]
}

const lastRunLines = ({ lastRun, decision }: WhyDocument, telling: PlanTelling): ReadonlyArray<string> => {
  if (lastRun === undefined || decision === "fresh" || (lastRun.outcome !== "failed" && lastRun.outcome !== "tainted")) return []
  const { style, verbose } = telling
  return [
    `  ${style.bold(`its last run ${oneLine(lastRun.run)} (${oneLine(lastRun.at)}) ${lastRun.outcome === "failed" ? "failed" : "was tainted"}`)}`,
    ...lastRun.errors.flatMap((error) => indented(errorLines(error, { style, verbose, folder: telling.folder ?? "" }), 4))
  ]
}

const comparedLines = ({ compared }: WhyDocument, { style, verbose }: PlanTelling): ReadonlyArray<string> => {
  if (compared === undefined) return []
  const told = verbose ? compared.rows : compared.rows.filter(({ is }) => is !== "equal")
  const equal = compared.rows.filter(({ is }) => is === "equal").length
  const of = compared.run === null ? "" : `, run ${oneLine(compared.run)}`
  return [
    `  ${style.bold(`beside ${oneLine(compared.with)} (${oneLine(compared.task)}${of}): ${counted(equal, "row")} equal, ${compared.rows.length - equal} not`)}`,
    ...columns(
      told.map(({ kind, subject, here, there, is }) => [
        `    ${is}`,
        oneLine(kind),
        oneLine(subject),
        `here ${rowValue(here, verbose)}`,
        `there ${rowValue(there, verbose)}`
      ])
    )
  ]
}

const adoptionLine = ({ at, by, host, because, live, inForce }: NonNullable<WhyDocument["adoptions"]>[number]): string =>
  `  ${inForce ? "adopted" : "once adopted"} ${oneLine(at)} by ${oneLine(by)} on ${oneLine(host)}: ${oneLine(because)}${live === null ? "" : `  ${oneLine(live)}`}`

export const whyLines = (why: WhyDocument, telling: PlanTelling): ReadonlyArray<string> => {
  const last = why.chain.at(-1)
  const target = (why.chain.find(({ task }) => task === why.task) ?? last)?.target
  const sentence = oneLine(why.sentence)
  const said = sentence.startsWith(why.decision) ? sentence.slice(why.decision.length) : `: ${sentence}`
  const name = (task: PlannedTask): string => (task.target === target ? shortName(task) : task.task)
  const planned = new Map(why.chain.map((task) => [task.task, task]))
  const nameOf = (id: string): string => {
    const task = planned.get(id)
    return task === undefined ? id : name(task)
  }
  const outlook = (task: PlannedTask): string =>
    task.task === why.task &&
    task.decision === "pending" &&
    task.causes.every((cause) => cause.kind === "need-unknown" && cause.new === null)
      ? `; if they stay the same, ${oneLine(name(task))} stays fresh`
      : ""
  return [
    telling.style.bold(paintDecision(why.decision, why.decision, telling.style)) + said,
    ...taskLines(why.chain, name, telling, outlook).map((line) => `  ${line}`),
    ...(why.renamedFrom === undefined
      ? []
      : [`  ${oneLine(why.renamedFrom)}, which the project no longer has, rests on the same: this seems to be it under another name`]),
    ...rootLines(why, nameOf, telling),
    ...lastRunLines(why, telling),
    ...(why.evidence === null ? [] : evidenceLines(why.evidence, telling)),
    ...(why.restored === undefined
      ? []
      : [`  restored from the local cache, key ${why.restored.key.slice(0, 16)}, as run ${oneLine(why.restored.run)} had made it`]),
    ...comparedLines(why, telling),
    ...(why.adoptions ?? []).map(adoptionLine)
  ]
}
