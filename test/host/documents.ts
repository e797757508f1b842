/** Documents that an engine would send: made from a project document and a folder. */
import { join } from "node:path"
import type { ProjectDocument } from "../../src/domain/ProjectDocument.ts"
import type { Need, ObserveDocument, TaskDocument } from "../../src/domain/TaskDocument.ts"

const asked = (project: ProjectDocument, id: string, folder: string, needs: ReadonlyArray<Need>) => {
  const task = project.tasks.find((task) => task.task === id)
  if (task === undefined) throw new Error(`the project has no task ${id}`)
  return {
    task,
    asked: {
      task: id,
      target: task.target,
      definition: task.definition,
      root: project.root,
      config: project.config,
      subject: task.subject,
      labels: task.labels,
      options: task.options,
      needs,
      roots: Object.fromEntries(Object.keys(task.roots).map((name) => [name, join(folder, name)]))
    }
  }
}

/** Inputs, outputs and scratch lie in `folder`. */
export const taskDocument = (
  project: ProjectDocument,
  id: string,
  folder: string,
  own: Partial<Pick<TaskDocument, "needs" | "environment" | "cell" | "options" | "subject" | "definition" | "purpose" | "outputs">> = {}
): TaskDocument => {
  const { task, asked: document } = asked(project, id, folder, own.needs ?? [])
  return {
    atlas: "task/1",
    run: "run",
    ...document,
    inputs: task.inputs.flatMap((input) => (input.kind === "glob" ? [] : [{ name: input.name, path: join(folder, input.path) }])),
    outputs: task.outputs.map(({ name, kind }) => ({ name, kind, path: kind === "value" ? "" : join(folder, `out-${name}`) })),
    scratch: join(folder, "scratch"),
    environment: {},
    memoryMiB: task.memoryMiB,
    cell: null,
    ...own
  }
}

export const observeDocument = (
  project: ProjectDocument,
  id: string,
  folder: string,
  own: Partial<Pick<ObserveDocument, "needs" | "needsKnown" | "definition">> = {}
): ObserveDocument => ({
  atlas: "observe/1",
  ...asked(project, id, folder, own.needs ?? []).asked,
  needsKnown: own.needs !== undefined,
  ...own
})
