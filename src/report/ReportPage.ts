/** The HTML report of one run, from its record: how it ended, what went wrong, when what ran, and every task with its reasons. */
import { counted, grouped, runTime, taskTime } from "../core/Quantity.ts"
import type { ErrorDocument } from "../domain/Failure.ts"
import type { JudgedFinding } from "../domain/Finding.ts"
import type { Outcome } from "../domain/RunDocuments.ts"
import type { RecordedTask, RunRecord, RunSummary } from "../domain/RunRecord.ts"
import { causeText, firstCause } from "./CauseText.ts"
import { lanesOf } from "./ChromeTrace.ts"
import { whereText } from "./ErrorText.ts"
import { findingsText } from "./FindingText.ts"
import { isFailing, markOf, shortName } from "./Mark.ts"
import { html, page } from "./Page.ts"

/** Bars of the timeline: the longest tasks; findings and causes of a task. */
const Limits = { bars: 400, findings: 10, causes: 10 } as const

const classOf = (task: RecordedTask): string => {
  switch (markOf(task)) {
    case "✓":
      return "good"
    case "⚠":
      return "warn"
    case "✗":
      return "bad"
    case "∙":
      return "idle"
  }
}

const fact = (name: string, value: string): string => (value === "" ? "" : `<dt>${html(name)}</dt><dd>${html(value)}</dd>`)

const outcomes: ReadonlyArray<Outcome> = [
  "executed",
  "restored",
  "reused",
  "fresh",
  "failed",
  "tainted",
  "blocked",
  "drifted",
  "held",
  "cancelled"
]

const headOf = (summary: RunSummary): ReadonlyArray<string> => {
  const counts = outcomes.filter((name) => summary.counts[name] > 0).map((name) => `${grouped(summary.counts[name])} ${name}`)
  const painted = summary.outcome === "succeeded" ? "good" : summary.outcome === "failed" ? "bad" : "warn"
  return [
    "<header>",
    `<h1>${html(summary.project)}: <span class="${painted}">${summary.outcome}</span></h1>`,
    "<dl>",
    fact("tasks", counts.join(", ")),
    fact("took", runTime(summary.ms)),
    fact("began", summary.at),
    fact("run", summary.run),
    fact("by", `${summary.by} on ${summary.host}`),
    fact("command", [summary.command, ...summary.select, ...summary.force.flatMap((one) => ["--force", one])].join(" ")),
    fact("jobs", `${summary.jobs}`),
    fact("judged by", summary.now),
    fact("engine", `${summary.engine}, build ${summary.build}, Node ${summary.node}`),
    fact("config", summary.config === null ? "" : `sha256 ${summary.config}`),
    "</dl>",
    ...(summary.warnings.length === 0
      ? []
      : ["<h2>Warnings</h2>", "<ul>", ...summary.warnings.map((text) => `<li>${html(text)}</li>`), "</ul>"]),
    "</header>"
  ]
}

const errorOf = (error: ErrorDocument): string =>
  [
    `<p>${html(error.message)}</p>`,
    "<dl>",
    error.where === undefined ? "" : fact("at", whereText(error.where, "")),
    fact("hint", error.hint),
    `<dt>code</dt><dd><code>${html(error.code)}</code></dd>`,
    "</dl>"
  ].join("")

const findingOf = ({ severity, name, at, message, waived, hint }: JudgedFinding): string =>
  `<li><strong>${html(waived === null ? severity : "waived")}</strong> <code>${html(name)}</code> at ${html(at)}: ${html(message)}` +
  `${waived === null ? "" : ` (${html(waived.because)})`}${hint === "" || waived !== null ? "" : ` <em>${html(hint)}</em>`}</li>`

const list = (items: ReadonlyArray<string>): string => (items.length === 0 ? "" : `<ul>${items.join("")}</ul>`)

const more = (all: number, shown: number, one: string): ReadonlyArray<string> =>
  all > shown ? [`<li>and ${html(counted(all - shown, `more ${one}`))}</li>`] : []

const troubleOf = (task: RecordedTask): ReadonlyArray<string> => {
  const failing = task.findings.filter(({ severity, waived }) => severity === "error" && waived === null)
  const shown = failing.slice(0, Limits.findings)
  return [
    '<section class="trouble">',
    `<h3>${html(task.task)} <span class="bad">${task.verdict === "failed" && task.outcome !== "failed" ? "verdict failed" : task.outcome}</span></h3>`,
    ...task.errors.map(errorOf),
    list([...shown.map(findingOf), ...more(Math.max(failing.length, task.verdict === "failed" ? task.found : 0), shown.length, "finding")]),
    ...(task.errors.length === 0 && failing.length === 0 ? [list(task.causes.map((cause) => `<li>${html(causeText(cause))}</li>`))] : []),
    "</section>"
  ]
}

const RowHeight = 16
const Width = 1000

const timeline = ({ tasks, summary }: RunRecord): ReadonlyArray<string> => {
  const longest = [...tasks].filter(({ ms }) => ms > 0).sort((a, b) => b.ms - a.ms)
  const drawn = longest.slice(0, Limits.bars)
  if (drawn.length === 0) return []
  const lanes = lanesOf(drawn)
  const end = Math.max(1, summary.ms, ...drawn.map(({ beganMs, ms }) => beganMs + ms))
  const height = (Math.max(...lanes.values()) + 1) * RowHeight + 20
  const scale = (ms: number): string => ((ms / end) * Width).toFixed(1)
  const [first] = longest
  const said = `${counted(drawn.length, "task")} over ${runTime(end)}; the longest is ${first?.task ?? ""} with ${taskTime(first?.ms ?? 0)}`
  return [
    "<h2>When what ran</h2>",
    `<div class="scroll"><svg viewBox="0 0 ${Width} ${height}" role="img" aria-label="${html(said)}">`,
    ...drawn.map((task) => {
      const width = Math.max(1, (task.ms / end) * Width).toFixed(1)
      const y = (lanes.get(task.task) ?? 0) * RowHeight
      const title = `<title>${html(`${task.task}: ${taskTime(task.ms)}, ${task.outcome}`)}</title>`
      return `<rect x="${scale(task.beganMs)}" y="${y}" width="${width}" height="${RowHeight - 3}" rx="2" fill="var(--${classOf(task) === "bad" ? "bad" : "bar"})">${title}</rect>`
    }),
    `<text x="0" y="${height - 4}">0 s</text><text x="${Width}" y="${height - 4}" text-anchor="end">${html(runTime(end))}</text>`,
    "</svg></div>",
    ...(longest.length > drawn.length ? [`<p>The ${drawn.length} longest of ${grouped(longest.length)} tasks.</p>`] : [])
  ]
}

const whyOf = ({ causes, restored, attempts = [] }: RecordedTask): string => {
  const shown = causes.slice(0, Limits.causes)
  const told = [
    ...attempts.map(({ code, message }) => `<li>tried before: <code>${html(code)}</code> ${html(message)}</li>`),
    ...shown.map((cause) => `<li>${html(causeText(cause))}</li>`),
    ...more(causes.length, shown.length, "cause"),
    ...(restored === undefined ? [] : [`<li>from the local cache, as run ${html(restored.run)} had made it</li>`])
  ]
  return causes.length === 1 && told.length === 1 ? html(firstCause(causes)) : list(told)
}

const rowOf = (task: RecordedTask): string =>
  [
    `<tr><th scope="row">${html(shortName(task))}</th>`,
    `<td class="${classOf(task)}"><span aria-hidden="true">${markOf(task)}</span> ${html(task.outcome)}${task.verdict === null ? "" : `, ${html(task.verdict)}`}</td>`,
    `<td class="number">${html(taskTime(task.ms))}</td>`,
    `<td>${whyOf(task)}</td>`,
    `<td>${html([task.summary ?? "", findingsText(task.findings)].filter((part) => part !== "").join(" · "))}</td></tr>`
  ].join("")

const targetOf = (target: string, tasks: ReadonlyArray<RecordedTask>, open: boolean): ReadonlyArray<string> => {
  const bad = tasks.filter(isFailing).length
  const said = bad === 0 ? "" : ` <span class="bad">${counted(bad, "failure")}</span>`
  return [
    `<details${open ? " open" : ""}><summary>${html(target)}: ${counted(tasks.length, "task")}${said}</summary>`,
    `<div class="scroll"><table><caption>What run did for ${html(target)}, and why</caption>`,
    '<thead><tr><th scope="col">task</th><th scope="col">outcome</th><th scope="col" class="number">time</th><th scope="col">why</th><th scope="col">result</th></tr></thead>',
    "<tbody>",
    ...tasks.map(rowOf),
    "</tbody></table></div></details>"
  ]
}

/** Targets that are shown unfolded, unless something failed in them. */
const few = 3

export const reportPage = (record: RunRecord): string => {
  const { tasks, summary } = record
  const troubles = tasks.filter(isFailing)
  const targets = new Map<string, Array<RecordedTask>>()
  for (const task of tasks) {
    const group = targets.get(task.target)
    if (group === undefined) targets.set(task.target, [task])
    else group.push(task)
  }
  const same = summary.counts.fresh + summary.counts.held
  return page(`${summary.project}: ${summary.outcome}, ${summary.at}`, [
    ...headOf(summary),
    '<main id="main">',
    ...(troubles.length === 0 ? [] : ["<h2>What went wrong</h2>", ...troubles.flatMap(troubleOf)]),
    ...timeline(record),
    "<h2>What was done</h2>",
    ...(tasks.length === 0 ? ["<p>Nothing: all that it looked at was fresh.</p>"] : []),
    ...[...targets].flatMap(([target, group]) => targetOf(target, group, targets.size <= few || group.some(isFailing))),
    ...(same > 0
      ? [`<p>${html(counted(same, "other task"))} ${same === 1 ? "was" : "were"} fresh or held, or failed no more than before.</p>`]
      : []),
    "</main>"
  ])
}
