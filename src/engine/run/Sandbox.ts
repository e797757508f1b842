/**
 * Tasks that reach only what they declare: programs under bubblewrap, stages and checks in hosts of their own under Node's permissions.
 * Refused, with a reason, where that cannot be had: nothing runs without it unnoticed.
 */
import { Effect } from "effect"
import { SandboxUnavailable } from "../../domain/SandboxErrors.ts"
import { bubblewrapWords, findBubblewrap } from "../../ports/Bubblewrap.ts"
import { Confinement, type ConfinementShape } from "../../ports/Confinement.ts"
import type { AnalyzedProject } from "../project/Analyzer.ts"
import { liesIn, type Reach, reachOf, systemFolders } from "../audit/Reach.ts"

/** Flags for a host: reads of what is declared, its code and the system; writes to its own folders. */
export const permissionFlags = ({ inputs, needs, own, code, listed, shared }: Reach, root: string): ReadonlyArray<string> => {
  const system = systemFolders.filter((folder) => !liesIn(root, folder))
  const readable = new Set([...system, ...inputs, ...needs, ...own, ...code, ...listed, ...shared])
  return [
    "--permission",
    "--disable-warning=SecurityWarning",
    // folders first: Node 24 forgets one that comes after what lies in it
    ...[...readable].sort().map((path) => `--allow-fs-read=${path}`),
    ...[...new Set([...own, ...shared])].sort().map((path) => `--allow-fs-write=${path}`)
  ]
}

export const sandbox = (project: AnalyzedProject): Effect.Effect<ConfinementShape, SandboxUnavailable> =>
  Effect.suspend(() => {
    const { root, config, tasks } = project.document
    if (config === null)
      return new SandboxUnavailable({ message: "a project value runs in the process of its program, which cannot be put in a sandbox" })
    const found = tasks.some(({ command }) => command !== null) ? findBubblewrap() : { file: "" }
    if ("problem" in found) return new SandboxUnavailable({ message: `programs cannot be put in a sandbox: ${found.problem}` })
    return Effect.succeed({
      command: (argv, document, tools) => {
        const reach = reachOf(project, document, { tools: [...tools, ...argv.slice(0, 1)], hosted: false })
        const readable = [...reach.tools, ...reach.inputs, ...reach.needs]
        return [...bubblewrapWords(found.file, { root, readable, writable: [...reach.own, ...reach.shared] }), ...argv]
      },
      host: (document) => ({ flags: permissionFlags(reachOf(project, document, { tools: [], hosted: true }), root), before: () => [] })
    })
  })

/** Gives an effect that runs tasks the sandbox, if it is wanted. */
export const sandboxed =
  (project: AnalyzedProject, wanted: boolean) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | SandboxUnavailable, R> =>
    wanted ? Effect.flatMap(sandbox(project), (confinement) => Effect.provideService(effect, Confinement, confinement)) : effect
