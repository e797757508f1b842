/** Opens a project without evaluating its config, where that is proven to give the same again. */
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import type { Looked } from "../../fast/Answer.ts"
import { FileDigests } from "../../ports/FileDigests.ts"
import { type KeptProject, readKeptProject } from "../../ports/KeptProject.ts"
import { engineFolder } from "./Analyzer.ts"
import { evaluatingNow, stillCurrent } from "./ConfigCurrent.ts"
import { engineBuild, partOf, wholeOf } from "./Kept.ts"
import type { Opened } from "../Session.ts"

/** The groups that a look left open: what it found standing proves the document current, and all other groups fresh. */
const openPart = (state: string, kept: KeptProject, looked: Looked): Opened | null => {
  if (looked.columns.header.project !== kept.seal) return null
  // what a killed run left behind is for a run that knows every task
  if (existsSync(join(state, "scratch"))) return null
  const part = partOf(state, kept, looked.groups, kept.evidence())
  if (part === null) return null
  const whole = () => {
    const evidence = kept.evidence()
    return evidence === null ? null : (wholeOf(state, kept, evidence)?.document ?? null)
  }
  return { project: { ...part.project, whole }, kept: kept.seal, elsewhere: { looked, groups: part.groups, indices: part.indices, whole } }
}

/** Null where the config has to be evaluated. Reads only. */
export const openKept = (config: string, looked: Looked | null): Effect.Effect<Opened | null> =>
  Effect.gen(function* () {
    const state = join(dirname(config), ".atlas")
    const kept = readKeptProject(state)
    if (kept === null || kept.head.document.config !== config || kept.head.build !== engineBuild()) return null
    if (looked !== null && looked.columns.header.root === dirname(config)) {
      const part = openPart(state, kept, looked)
      if (part !== null) return part
    }
    const evidence = kept.evidence()
    if (evidence === null) return null
    const { current } = yield* stillCurrent(evidence, yield* FileDigests, evaluatingNow(config, engineFolder()))
    if (!current) return null
    const project = wholeOf(state, kept, evidence)
    return project === null ? null : { project, elsewhere: null, kept: kept.seal }
  }).pipe(Effect.provide(FileDigests.layerReadOnly(join(dirname(config), ".atlas"))))
