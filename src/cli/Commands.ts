/** All commands, in the order of help. */
import { Adopt } from "./Adopt.ts"
import { CacheStats } from "./CacheStats.ts"
import type { Command } from "./Command.ts"
import { Exec } from "./Exec.ts"
import { Explain } from "./Explain.ts"
import { Gc } from "./Gc.ts"
import { Graph } from "./Graph.ts"
import { Logs } from "./Logs.ts"
import { Plan } from "./Plan.ts"
import { Run } from "./Run.ts"
import { Show } from "./Show.ts"
import { Status } from "./Status.ts"
import { Verify } from "./Verify.ts"
import { Why } from "./Why.ts"

export const commands: ReadonlyArray<Command<any>> = [
  Run,
  Plan,
  Why,
  Status,
  Graph,
  Show,
  Logs,
  Verify,
  Adopt,
  CacheStats,
  Gc,
  Exec,
  Explain
]

/** What runs when no command is named. */
export const defaultCommand: Command<any> = Run
