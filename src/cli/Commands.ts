/** All commands, in the order of help. */
import { Adopt } from "./Adopt.ts"
import { Audit } from "./Audit.ts"
import { CacheStats } from "./CacheStats.ts"
import type { Command } from "./Command.ts"
import { completions } from "./Completions.ts"
import { Doctor } from "./Doctor.ts"
import { Exec } from "./Exec.ts"
import { Explain } from "./Explain.ts"
import { Gc } from "./Gc.ts"
import { Graph } from "./Graph.ts"
import { History } from "./History.ts"
import { Logs } from "./Logs.ts"
import { New } from "./New.ts"
import { Plan } from "./Plan.ts"
import { Report } from "./Report.ts"
import { Run } from "./Run.ts"
import { Show } from "./Show.ts"
import { Status } from "./Status.ts"
import { Verify } from "./Verify.ts"
import { Watch } from "./Watch.ts"
import { Why } from "./Why.ts"

export const commands: ReadonlyArray<Command<any>> = [
  Run,
  Plan,
  Why,
  Status,
  Graph,
  Watch,
  Show,
  Logs,
  History,
  Report,
  Verify,
  Audit,
  Adopt,
  CacheStats,
  Gc,
  New,
  Doctor,
  Exec,
  Explain,
  completions(() => ({ commands, standard: Run.name }))
]

/** What runs when no command is named. */
export const defaultCommand: Command<any> = Run
