/** Opens a project for commands: each sees the items of fan-outs as they are known when it is asked. */
import { join } from "node:path"
import type { Layer } from "effect"
import type { Host } from "../ports/Host.ts"
import { openStateFiles } from "../ports/StateFiles.ts"
import type { Session } from "./Commands.ts"
import { expand, expandDocument, isTemplate, type OutputsOf } from "./project/Expansion.ts"
import { type Opened, sessionOf } from "./Session.ts"

/** The whole project, of which a part was opened, with the items that are known. */
const wholeOf = (opened: Opened, outputsOf: OutputsOf): Opened => {
  const { project, elsewhere } = opened
  if (elsewhere === null) return opened
  const whole = () => {
    const document = elsewhere.whole()
    return document === null ? null : expandDocument(document, outputsOf)
  }
  return { ...opened, project: { ...project, whole }, elsewhere: { ...elsewhere, whole } }
}

/** `host` makes what runs its code, with so many tasks at one time. */
export const openSession = (opened: Opened, host: (jobs: number) => Layer.Layer<Host>): Session => {
  const state = join(opened.project.document.root, ".atlas")
  // a run may have come to other items since
  const now = (): Session => {
    const states = openStateFiles(state)
    const outputsOf: OutputsOf = (task) => states.get(task)?.outputs ?? null
    const { project, ...rest } = wholeOf(opened, outputsOf)
    return sessionOf({ ...rest, project: expand(project, outputsOf) }, host)
  }
  if (opened.elsewhere === null && !opened.project.tasks.some(isTemplate)) return now()
  return new Proxy(now(), { get: (_, name) => Reflect.get(now(), name) })
}
