/** Answers the commands that only look: the graph with its states, a task's last result, its log. */
import type { Judgement } from "../../core/Judge.ts"
import { Missing, needOfSubject } from "../../core/Rows.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { RunReport } from "../../domain/RunReport.ts"
import type { Row, Trace, TracedOutput } from "../../domain/Trace.ts"
import type {
  GraphDocument,
  GraphEdge,
  KeptLog,
  LogsDocument,
  ShowDocument,
  ShownInput,
  ShownNeed,
  ShownOutput,
  ShownResult
} from "../../domain/ViewDocuments.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import { digestNamed } from "../project/Items.ts"
import type { Planned } from "../assess/Planner.ts"

/** Lines of a log that `show` ends with. */
const Limits = { tail: 20 } as const

/** A need named twice by the same name, or a gate declared twice, is one edge. */
const edgesInto = ({ task, needs, gates }: ProjectTask): ReadonlyArray<GraphEdge> => {
  const edges = new Map<string, GraphEdge>()
  for (const need of needs) edges.set(JSON.stringify([need.name, need.task]), { from: need.task, to: task, kind: "need", name: need.name })
  for (const gate of gates) edges.set(JSON.stringify([gate]), { from: gate, to: task, kind: "gate", name: null })
  return [...edges.values()]
}

/** `planned` holds all upstream of its tasks. */
export const graphDocument = (project: AnalyzedProject, planned: ReadonlyArray<Planned>): GraphDocument => {
  const inOrder = [...planned].sort((a, b) => a.index - b.index)
  return {
    atlas: "graph/1",
    project: project.document.name,
    nodes: inOrder.map(({ document: { task, target, stage, check, decision, verdict } }) => ({
      task,
      target,
      stage,
      check,
      decision,
      verdict
    })),
    edges: inOrder.flatMap(({ index }) => edgesInto(project.tasks[index] as ProjectTask))
  }
}

const ran = (trace: Trace | null) => (trace === null ? null : { run: trace.run, at: trace.at })

const inputsOf = (task: ProjectTask, rows: ReadonlyArray<Row>): ReadonlyArray<ShownInput> => {
  const paths = new Map(task.inputs.flatMap((input) => (input.kind === "glob" ? [] : [[input.name, input.path] as const])))
  const globs = task.inputs.filter(({ kind }) => kind === "glob").map(({ name }) => `${name}/`)
  const pathOf = (subject: string): string | null => {
    const glob = globs.find((name) => subject.startsWith(name))
    return paths.get(subject) ?? (glob === undefined ? null : subject.slice(glob.length))
  }
  return rows
    .filter(({ kind }) => kind === "input" || kind === "discovered")
    .map(({ kind, subject, value, note }) => ({
      name: kind === "discovered" ? "discovered" : subject,
      path: kind === "discovered" ? subject : pathOf(subject),
      digest: value === Missing ? null : value,
      note
    }))
}

/** Needs as the rows tell them: the project may have others now. */
const needsOf = (rows: ReadonlyArray<Row>, traceOf: (task: string) => Trace | null): ReadonlyArray<ShownNeed> => {
  const needs = new Map<string, { name: string; task: string; outputs: Array<{ name: string; digest: string }> }>()
  for (const { kind, subject, value } of rows) {
    const need = kind === "need" ? needOfSubject(subject) : null
    if (need === null) continue
    const key = JSON.stringify([need.name, need.task])
    const found = needs.get(key) ?? { name: need.name, task: need.task, outputs: [] }
    found.outputs.push({ name: need.output, digest: value })
    needs.set(key, found)
  }
  return [...needs.values()].map((need) => {
    const trace = traceOf(need.task)
    return {
      ...need,
      executed: ran(trace),
      same: need.outputs.every(({ name, digest }) => digestNamed(trace?.outputs ?? [], name) === digest)
    }
  })
}

const outputOf = ({ name, kind, path, value, digest, files }: TracedOutput): ShownOutput => {
  const regular = files.filter(({ type }) => type === "file")
  return { name, kind, path, value, digest, bytes: regular.reduce((sum, { bytes }) => sum + bytes, 0), files: regular.length }
}

const resultOf = (task: ProjectTask, trace: Trace, judgement: Judgement | null, traceOf: (task: string) => Trace | null): ShownResult => ({
  run: trace.run,
  at: trace.at,
  ms: trace.ms,
  summary: trace.summary,
  verdict: judgement?.verdict ?? null,
  findings: [...(judgement?.findings ?? [])],
  inputs: inputsOf(task, trace.rows),
  needs: needsOf(trace.rows, traceOf),
  outputs: trace.outputs.map(outputOf),
  rows: trace.rows,
  applied: trace.applied,
  adopted: trace.adopted ?? null,
  adoptedBefore: [...(trace.adoptedBefore ?? [])]
})

/** The last lines of a log; what stands before them counts as left out. */
const tailOf = (log: KeptLog): KeptLog => {
  const lines = log.lines.slice(-Limits.tail)
  const cut = log.lines.slice(0, log.lines.length - lines.length)
  if (cut.length === 0) return log
  const bytes = cut.reduce((sum, { level, message }) => sum + Buffer.byteLength(message) + level.length + 2, 0)
  return { ...log, lines, head: 0, leftOut: log.leftOut + bytes }
}

export interface Remembered {
  readonly traceOf: (task: string) => Trace | null
  readonly report: RunReport | null
  readonly log: KeptLog | null
}

export const showDocument = (project: AnalyzedProject, planned: Planned, { traceOf, report, log }: Remembered): ShowDocument => {
  const task = project.tasks[planned.index] as ProjectTask
  const { decision, verdict, causes } = planned.document
  const { trace, judgement } = planned.assessment
  const last = report?.tasks.find((one) => one.task === task.task)
  return {
    atlas: "show/1",
    project: project.document.name,
    task: task.task,
    target: task.target,
    stage: task.stage,
    check: task.check,
    summary: project.definitions.get(task.definition)?.summary ?? "",
    decision,
    verdict,
    causes,
    result: trace === null ? null : resultOf(task, trace, judgement, traceOf),
    lastRun:
      report === null || last === undefined ? null : { run: report.run, at: report.at, outcome: last.outcome, verdict: last.verdict },
    log: log === null ? null : tailOf(log)
  }
}

export const logsDocument = (project: AnalyzedProject, task: string, trace: Trace | null, log: KeptLog | null): LogsDocument => ({
  atlas: "logs/1",
  project: project.document.name,
  task,
  executed: ran(trace),
  log
})
