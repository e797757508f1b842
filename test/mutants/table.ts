/** All bugs that are planted, by section of the engine's semantics. */
import { cells } from "./cells.ts"
import { closures } from "./closure.ts"
import { decisions } from "./decisions.ts"
import { evidences } from "./evidence.ts"
import { hosts } from "./hosts.ts"
import type { Mutant } from "./mutant.ts"
import { verdicts } from "./verdicts.ts"

export const mutants: ReadonlyArray<Mutant> = [...decisions, ...closures, ...cells, ...verdicts, ...evidences, ...hosts]
