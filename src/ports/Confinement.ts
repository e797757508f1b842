/** How the processes of tasks are started where that is not as usual: watched, or in a sandbox. A run has at most one way. */
import { Context } from "effect"
import type { TaskDocument } from "../domain/TaskDocument.ts"

export interface ConfinementShape {
  /** Words that run the words of a command for a task, which uses `tools`. */
  readonly command: (argv: ReadonlyArray<string>, task: TaskDocument, tools: ReadonlyArray<string>) => ReadonlyArray<string>
  /** For a host that runs this task alone: flags for Node, and words before it. Variables in `only` are for nobody but the host. */
  readonly host: (task: TaskDocument) => {
    readonly flags: ReadonlyArray<string>
    readonly before: (only: Readonly<Record<string, string>>) => ReadonlyArray<string>
  }
}

/** Null: as usual, in warm hosts. */
export const Confinement = Context.Reference<ConfinementShape | null>("atlas-run/ports/Confinement", { defaultValue: () => null })
