/** Whether a task made what it declares. */
import { lstatSync } from "node:fs"
import { encodeFailure, type ErrorDocument } from "../../domain/Failure.ts"
import { TaskOutputMissing } from "../../domain/Fault.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"

/** What is wrong with the file or folder at `staging`; nothing if it is one. */
export const unwrittenProblem = (
  task: ProjectTask,
  output: ProjectTask["outputs"][number],
  staging: string
): ReadonlyArray<ErrorDocument> => {
  const stat = lstatSync(staging, { throwIfNoEntry: false })
  const what =
    stat === undefined
      ? "did not write its"
      : output.kind === "folder" && !stat.isDirectory()
        ? "did not make a folder of its"
        : output.kind === "file" && !stat.isFile()
          ? "did not make a file of its"
          : null
  return what === null
    ? []
    : [encodeFailure(new TaskOutputMissing({ message: `${task.task} ${what} output ${output.name}`, output: output.name }))]
}
