/** House laws 2 and 3: what `why` and the records of runs say. */
import type { Mutant } from "./mutant.ts"

const roots = { file: "src/core/Roots.ts", test: "test/core/roots.property.test.ts" }
const live = { test: "test/engine/history.test.ts" }
const named = "make it fresh again when all of them are reverted"

export const histories: ReadonlyArray<Mutant> = [
  {
    ...roots,
    rule: "§1 the root causes are enough: what a decision hides counts",
    name: "what is blocked is not stale beneath",
    file: "src/core/Decide.ts",
    find: "const found = [...blockers(view), ...drifted, ...forced, ...stale, ...unknowns(view)]",
    replace: "const found = [...decide(view).causes]",
    named
  },
  {
    ...roots,
    rule: "§1 the root causes are enough: a gate that is stale may fail as well",
    name: "a failed verdict of a stale gate is no root",
    find: "if (isGate && fails(from)) tell",
    replace: "if (isGate && fails(from) && beneath.length === 0) tell",
    named
  },
  {
    ...roots,
    rule: "§1 none of the root causes is too much: what passes on is none",
    name: "what a need has is told with the need",
    find: "else if (beneath.length === 0) tell(at, cause)",
    replace: "else tell(at, cause)",
    named
  },
  {
    ...roots,
    rule: "§1 none of the root causes is too much: one thing is told once",
    name: "a file that two tasks read is two roots",
    find: "const key = identity(at, cause)",
    replace: "const key = `${at} ${identity(at, cause)}`",
    named
  },
  {
    ...live,
    rule: "§1 a no-op writes nothing, history included",
    name: "a run that did nothing leaves a record",
    file: "src/engine/run/RunNotes.ts",
    find: "const isIdle = idle.has(event.outcome)",
    replace: "const isIdle = false",
    named: "is not written by a run in which nothing was stale"
  },
  {
    ...live,
    rule: "§1 records are disposable: what is damaged is named and left out",
    name: "a record is believed without its seal",
    file: "src/ports/SealedJson.ts",
    find: 'if (hash("sha256", open) !== bytes.toString',
    replace: 'if (false && hash("sha256", open) !== bytes.toString',
    named: "that is damaged is named and left out"
  },
  {
    ...live,
    rule: "§1 fresh is evidence: a stat row proves since it is there",
    name: "a younger stat row proves since the run",
    file: "src/engine/why/Evidence.ts",
    find: "changed === null || changed <= made.at ? made",
    replace: "changed === null || changed !== made.at ? made",
    named: "that is fresh tells the proof of each row"
  },
  {
    test: "test/scenarios/basics.test.ts",
    rule: "§1 orphans: outputs without a place of their own go too when asked to",
    name: "what lies below the state folder is nobody's to take",
    file: "src/engine/upkeep/Orphans.ts",
    find: ' && !at.startsWith(join(state, "outputs/"))',
    replace: "",
    named: "7: what a removed target left below the state folder"
  }
]
