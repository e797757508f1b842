/** All bugs that are planted, by section of the engine's semantics. */
import { cells } from "./cells.ts"
import { closures } from "./closure.ts"
import { decisions } from "./decisions.ts"
import { evidences } from "./evidence.ts"
import { fanOuts } from "./fan-outs.ts"
import { fences } from "./fences.ts"
import { histories } from "./history.ts"
import { hosts } from "./hosts.ts"
import { inputs } from "./inputs.ts"
import type { Mutant } from "./mutant.ts"
import { resources } from "./resources.ts"
import { verdicts } from "./verdicts.ts"

export const mutants: ReadonlyArray<Mutant> = [
  ...decisions,
  ...closures,
  ...cells,
  ...verdicts,
  ...evidences,
  ...hosts,
  ...resources,
  ...inputs,
  ...histories,
  ...fanOuts,
  ...fences
]
