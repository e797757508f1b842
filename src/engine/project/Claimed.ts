/** Whose outputs a project's tasks may read. */
import { isAbsolute, join, normalize } from "node:path"
import { type Claim, claims } from "../../core/Claims.ts"
import type { AnalyzedProject } from "./Analyzer.ts"

type ClaimOf = (task: string, path: string) => Claim | null

const known = new WeakMap<AnalyzedProject, ClaimOf>()

/** Asks for the whole project, also where only a part of it was opened. Nothing is looked at before it is asked. */
export const claimsOf = (project: AnalyzedProject): ClaimOf => {
  const hit = known.get(project)
  if (hit !== undefined) return hit
  let asked: ReturnType<typeof claims> | undefined
  const claimOf: ClaimOf = (task, path) => {
    if (asked === undefined) {
      const { tasks, root } = project.whole?.() ?? project.document
      asked = claims(tasks, (one) => normalize(isAbsolute(one) ? one : join(root, one)))
    }
    return asked(task, path)
  }
  known.set(project, claimOf)
  return claimOf
}
