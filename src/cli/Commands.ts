/** All commands, in the order of help. */
import type { Command } from "./Command.ts"
import { Explain } from "./Explain.ts"
import { Plan } from "./Plan.ts"
import { Run } from "./Run.ts"
import { Status } from "./Status.ts"
import { Verify } from "./Verify.ts"
import { Why } from "./Why.ts"

export const commands: ReadonlyArray<Command<any>> = [Run, Plan, Why, Status, Verify, Explain]

/** What runs when no command is named. */
export const defaultCommand: Command<any> = Run
