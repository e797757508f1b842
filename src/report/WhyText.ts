/** Why a task is what it is: the sentence, the chain down to the root cause, or the evidence it rests on. */
import { oneLine } from "../core/Excerpt.ts"
import type { PlannedTask, WhyDocument } from "../domain/RunDocuments.ts"
import { columns } from "../core/Layout.ts"
import { shortName } from "./Mark.ts"
import { paintDecision, type PlanTelling, taskLines } from "./PlanText.ts"
import { counted } from "../core/Quantity.ts"

/** `sha256:` digests by their first digits unless all is told. */
const shortDigest = (text: string, verbose: boolean): string => {
  const digest = /^(?:sha256:)?([0-9a-f]{64})$/.exec(text)?.[1]
  return digest === undefined ? oneLine(text) : `sha256 ${verbose ? digest : digest.slice(0, 8)}`
}

const evidenceLines = (evidence: NonNullable<WhyDocument["evidence"]>, { style, verbose }: PlanTelling): ReadonlyArray<string> => [
  `  recorded ${oneLine(evidence.at)} by run ${oneLine(evidence.run)}`,
  ...(evidence.rows.length === 0 ? [] : [`  ${style.bold(`${counted(evidence.rows.length, "row")} as then`)}`]),
  ...columns(evidence.rows.map(({ kind, subject, value }) => [`    ${oneLine(kind)}`, oneLine(subject), shortDigest(value, verbose)])),
  ...(evidence.outputs.length === 0 ? [] : [`  ${style.bold(`${counted(evidence.outputs.length, "output")} as recorded`)}`]),
  ...columns(evidence.outputs.map(({ name, path, digest }) => [`    ${oneLine(name)}`, oneLine(path), shortDigest(digest, verbose)]))
]

const adoptionLine = ({ at, by, host, because, live, inForce }: NonNullable<WhyDocument["adoptions"]>[number]): string =>
  `  ${inForce ? "adopted" : "once adopted"} ${oneLine(at)} by ${oneLine(by)} on ${oneLine(host)}: ${oneLine(because)}${live === null ? "" : `  ${oneLine(live)}`}`

export const whyLines = (why: WhyDocument, telling: PlanTelling): ReadonlyArray<string> => {
  const last = why.chain.at(-1)
  const target = (why.chain.find(({ task }) => task === why.task) ?? last)?.target
  const sentence = oneLine(why.sentence)
  const said = sentence.startsWith(why.decision) ? sentence.slice(why.decision.length) : `: ${sentence}`
  const name = (task: PlannedTask): string => (task.target === target ? shortName(task) : task.task)
  const outlook = (task: PlannedTask): string =>
    task.task === why.task && task.decision === "pending" && task.causes.every(({ kind }) => kind === "need-unknown")
      ? `; if they stay the same, ${oneLine(name(task))} stays fresh`
      : ""
  return [
    telling.style.bold(paintDecision(why.decision, why.decision, telling.style)) + said,
    ...taskLines(why.chain, name, telling, outlook).map((line) => `  ${line}`),
    ...(why.evidence === null ? [] : evidenceLines(why.evidence, telling)),
    ...(why.adoptions ?? []).map(adoptionLine)
  ]
}
