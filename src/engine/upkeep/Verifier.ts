/** `verify`: reads every output and cell anew and holds it against the records. Touches nothing. */
import { isAbsolute, join } from "node:path"
import { Effect } from "effect"
import type { VerifyDocument } from "../../domain/RunDocuments.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import { absent, FileDigests } from "../../ports/FileDigests.ts"
import { StateStore } from "../../ports/StateStore.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import { type AssessOptions, assessor, differences } from "../assess/Assessor.ts"
import { Upstream } from "../assess/Upstream.ts"

export const verifyTasks = Effect.fnUntraced(function* (
  project: AnalyzedProject,
  indices: Iterable<number>,
  options: AssessOptions,
  tell: (done: { readonly task: string }) => void
) {
  const digests = yield* FileDigests
  const states = yield* StateStore
  const assess = yield* assessor(project, options)
  const upstream = new Upstream(project)
  const damage: Array<VerifyDocument["damage"][number]> = []
  let files = 0
  let bytes = 0
  let tasks = 0
  let cells = 0
  for (const index of indices) {
    const task = project.tasks[index] as ProjectTask
    const trace = states.get(task.task)
    if (task.cell !== null) {
      const { cell, decided } = yield* assess(index, upstream)
      if (cell?.live != null && cell.live.state !== "absent") cells++
      if (cell?.live?.state === "damaged") damage.push(...cell.live.problems.map((problem) => ({ task: task.task, ...problem })))
      else if (
        trace !== null &&
        cell?.live != null &&
        decided.decision !== "held" &&
        (cell.live.state !== "present" || cell.live.value !== trace.applied)
      )
        damage.push({
          task: task.task,
          path: task.cell.cell,
          message: cell.live.state === "present" ? `holds ${cell.live.value}, the record says ${trace.applied}` : `is ${cell.live.state}`
        })
    }
    if (trace === null) continue
    tasks++
    for (const output of trace.outputs) {
      if (output.kind === "value") continue
      const tree = yield* digests.fresh.tree(isAbsolute(output.path) ? output.path : join(project.document.root, output.path))
      if (tree === absent) {
        damage.push({ task: task.task, path: output.path, message: "is gone" })
        continue
      }
      files += tree.files.filter((file) => file.type === "file").length
      bytes += tree.bytes
      if (tree.digest !== output.digest)
        for (const path of differences(output, tree.files)) damage.push({ task: task.task, path, message: "is not as recorded" })
    }
    upstream.tell(index, { outputs: trace.outputs, verdict: null, need: (rows) => ({ known: rows }), gate: "open" })
    tell({ task: task.task })
  }
  const document: VerifyDocument = {
    atlas: "verify/1",
    project: project.document.name,
    ok: damage.length === 0,
    checked: { tasks, files, bytes, cells },
    damage
  }
  return document
})
