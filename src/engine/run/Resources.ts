/** What a run may use, what each of its tasks takes of it, and what will never fit. */
import { readFileSync } from "node:fs"
import { totalmem } from "node:os"
import type { Budget, Demand } from "../../core/Admission.ts"
import { ConfigResources } from "../../domain/ConfigErrors.ts"
import { ConfigInvalid } from "../../domain/EngineErrors.ts"
import { encodeFailure, type ErrorDocument } from "../../domain/Failure.ts"
import type { ProjectTask } from "../../domain/ProjectDocument.ts"
import type { Measurements } from "../../ports/Measurements.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"

const mib = 1024 ** 2
/** Share of the memory that tasks may fill; the rest is the engine's and the system's. */
const share = 0.9
/** Room that is left above a measured peak. */
const margin = 1.25

/** MiB for tasks: of the control group where one limits us, else of the machine. */
export const machineMemoryMiB = (): number => {
  const limit = process.constrainedMemory()
  const total = totalmem()
  return Math.floor((share * (limit > 0 && limit < total ? limit : total)) / mib)
}

/** Descriptors of the engine itself, and of each program or host that runs. */
const descriptors = { own: 96, each: 4 }

/** So many jobs as open files allow where that is fewer (`ulimit -n`), at least one. */
export const jobsWithin = (jobs: number): number => {
  const limit = /^Max open files +(\d+)/m.exec(textOf("/proc/self/limits"))?.[1]
  return limit === undefined ? jobs : Math.max(1, Math.min(jobs, Math.floor((Number(limit) - descriptors.own) / descriptors.each)))
}

const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return ""
  }
}

/**
 * A declared amount is reserved as it is, or as it was measured to be more; without one the measured peak and a quarter. What nobody
 * knows anything of counts as nothing.
 */
export const demandOf = (task: ProjectTask, measurements: Measurements, known: boolean): Demand => {
  const declared = task.resources?.memoryMiB
  // what others of its definition took says nothing against a declared amount
  const { peakMiB } = measurements.of(task, known || declared !== undefined)
  return {
    cpu: task.resources?.cpu ?? 1,
    memoryMiB: declared === undefined ? Math.ceil((peakMiB ?? 0) * margin) : Math.max(declared, peakMiB ?? 0),
    mutex: task.resources?.mutex ?? []
  }
}

const figure = (n: number): string => n.toLocaleString("en")

/** Each definition with a task that declares more memory than there is. */
export const tooLarge = (project: AnalyzedProject, selection: Iterable<number>, { memoryMiB: budgetMiB }: Pick<Budget, "memoryMiB">) => {
  const problems = new Map<string, ErrorDocument>()
  for (const index of selection) {
    const task = project.tasks[index] as ProjectTask
    const wantedMiB = task.resources?.memoryMiB ?? 0
    if (wantedMiB <= budgetMiB || problems.has(task.definition)) continue
    const where = project.definitions.get(task.definition)?.definedAt ?? task.declaredAt
    problems.set(
      task.definition,
      encodeFailure(
        new ConfigResources({
          message: `${task.definition} declares ${figure(wantedMiB)} MiB for ${task.task}, and there are ${figure(budgetMiB)} MiB for tasks (--memory)`,
          definition: task.definition,
          wantedMiB,
          budgetMiB,
          ...(where === null || where === undefined ? {} : { where })
        })
      )
    )
  }
  const found = [...problems.values()]
  return found.length === 0
    ? null
    : new ConfigInvalid({
        message: found.length === 1 ? (found[0]?.message ?? "") : `the config has ${found.length} problems`,
        problems: found
      })
}
