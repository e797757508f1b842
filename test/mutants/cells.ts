/** §3: cells, the places in shared stores that one task owns. */
import type { Mutant } from "./mutant.ts"

const cell = { file: "src/core/Cell.ts", test: "test/core/decide.test.ts" }
const runs = { test: "test/engine/cells.test.ts" }
const kept = { file: "src/ports/Observations.ts", test: "test/ports/Observations.test.ts" }
const observes = { file: "src/host/Observe.ts", test: "test/host/in-process.test.ts" }

export const cells: ReadonlyArray<Mutant> = [
  {
    ...cell,
    rule: "§3 live = desired: fresh, with or without a trace",
    name: "what is there already counts only with a record",
    find: "if (live.value === desired) return same",
    replace: "if (live.value === desired && applied !== null) return same",
    named: "is fresh if live is desired, without a trace"
  },
  {
    ...cell,
    rule: "§3 live = applied ≠ desired: stale",
    name: "what we applied ourselves is taken for drift",
    find: "if (live.value === applied) return",
    replace: "if (false) return",
    named: "is stale if live is what we applied and another value is desired"
  },
  {
    ...cell,
    rule: "§3 live is neither: drifted",
    name: "whatever is there may be replaced",
    find: "if (live.value === applied) return",
    replace: "if (true) return",
    named: "is drifted if live is neither"
  },
  {
    ...cell,
    rule: "§3 drifted: reported with who and when",
    name: "who changed a cell is not told",
    find: 'told("drifted", cell, applied, live.value, changeText(live.changed))',
    replace: 'told("drifted", cell, applied, live.value)',
    named: "tells who drifted it and when, if that is known"
  },
  {
    ...cell,
    rule: "§3 absent, retired in the store's history: held",
    name: "what was retired is brought back",
    find: ': { state: "held", causes: [plain("held", oneLine(retiredText(live)))] }',
    replace: ': { state: "absent", causes: [plain("held", oneLine(retiredText(live)))] }',
    named: "is held if it was retired"
  },
  {
    ...cell,
    rule: "§3 absent otherwise: stale",
    name: "what is absent is left so",
    find: 'return { state: "absent", causes: [told("output-missing", cell, applied, null)] }',
    replace: "return same",
    named: "is stale if nothing is there any more"
  },
  {
    ...cell,
    rule: "§3 another value under an immutable id is a conflict",
    name: "immutable cells move like others",
    find: "if (immutable) return",
    replace: "if (false) return",
    named: "is stale by conflict also over what we applied"
  },
  {
    ...cell,
    rule: "§3 drifted is settled by adopt",
    name: "what was adopted is drifted for ever",
    find: "if (adopted !== null && adopted.live === live.value && adopted.desired === desired) return same",
    replace: "",
    named: "is fresh if live was adopted while this is desired"
  },
  {
    ...cell,
    rule: "§3 desired is known before anything runs; while it is not, nothing is said",
    name: "an unknown desired value is another value",
    find: 'if (desired === null) return { state: "unknown", causes: [plain("need-unknown", "desired value not known")] }\n      if (live.value',
    replace: "if (live.value",
    named: "is pending while it is not known what is desired"
  },
  {
    ...cell,
    rule: "§3 cells on a network: `not observed` when offline",
    name: "what could not be observed is taken for good",
    find: 'if (live === null) return { state: "unknown", causes: [plain("need-unknown", "not observed")] }',
    replace: "if (live === null) return same",
    named: "is pending if it could not be observed"
  },
  {
    ...cell,
    rule: "§3 damaged is drifted, whatever is desired",
    name: "a damaged cell is made again",
    find: 'return { state: "drifted", causes: causes.length > 0',
    replace: 'return { state: "absent", causes: causes.length > 0',
    named: "is drifted if damaged, naming each place"
  },
  {
    file: "src/core/Decide.ts",
    test: "test/core/decide.test.ts",
    rule: "§3 the engine compares three values: the cell decides, rows only explain",
    name: "rows make the owner of a cell stale",
    find: 'case "same":\n      return damages(view.outputs)',
    replace: 'case "same":\n      return [...damages(view.outputs), ...rowChanges(view)]',
    named: "is fresh if live is desired, whatever its rows say"
  },
  {
    ...runs,
    file: "src/engine/run/Execution.ts",
    rule: "§3 applied by compare-and-swap on live",
    name: "the stage is not told what was there",
    find: "live: assessment.cell.live }",
    replace: 'live: { state: "absent" as const } }',
    named: "is told what it swaps for what"
  },
  {
    ...runs,
    file: "src/engine/run/Execution.ts",
    rule: "§3 applied is our trace",
    name: "what was applied is not recorded",
    find: "applied: cell?.desired ?? null,\n        ...endedAdoptions",
    replace: "applied: null,\n        ...endedAdoptions",
    named: "moves what it brought about itself"
  },
  {
    ...runs,
    file: "src/core/Decide.ts",
    rule: "§3 drifted: never overwritten",
    name: "drift is overwritten",
    find: 'if (cell !== null && cell.state === "drifted" && !view.forced) return decided("drifted", cell.causes)',
    replace: 'if (cell !== null && cell.state === "drifted" && !view.forced) return decided("stale", cell.causes)',
    named: "never overwrites what someone else changed"
  },
  {
    ...runs,
    file: "src/engine/run/Execution.ts",
    rule: "§3 PublishConflict: answered by the engine, without a host",
    name: "conflicts are left to the stage",
    find: 'decided.causes.some((cause) => cause.kind === "conflict") ||',
    replace: "false ||",
    and: [
      {
        file: "src/engine/run/Execution.ts",
        find: '(task.cell.immutable && live.state === "present" && live.value !== desired)',
        replace: "false"
      }
    ],
    named: "another value in it"
  },
  {
    ...runs,
    file: "src/engine/run/Execution.ts",
    rule: "§3 PublishConflict: force does not overwrite what never changes",
    name: "force overwrites what never changes",
    find: "if (problems.length > 0) return failed(problems)\n    const { root }",
    replace: "if (problems.length > 0 && !forced) return failed(problems)\n    const { root }",
    named: "also if it is forced"
  },
  {
    ...runs,
    file: "src/engine/run/Execution.ts",
    rule: "§3 cell stages are never restored from a cache",
    name: "cells are put into the cache and taken from it",
    find: "if (task.cell !== null || forced) return null",
    replace: "if (forced) return null",
    and: [
      { file: "src/engine/run/Runner.ts", find: "task(index).cell === null && !cheap", replace: "!cheap" },
      { file: "src/ports/CacheStore.ts", find: "applied === null && adopted === undefined", replace: "true" }
    ],
    named: "a cell is never restored from the cache"
  },
  {
    rule: "§3 cell stages are never put into a cache",
    name: "the cache takes results of cells",
    file: "src/ports/CacheStore.ts",
    find: "applied === null && adopted === undefined",
    replace: "adopted === undefined",
    test: "test/ports/CacheLaws.test.ts",
    named: "refuses a cell's result, and one that was adopted"
  },
  {
    rule: "§3 each cell is owned by exactly one task",
    name: "two tasks may own one cell",
    file: "src/host/Tasks.ts",
    find: "if (owner !== undefined) refuse(",
    replace: "if (false) refuse(",
    test: "test/host/broken-configs.test.ts",
    named: "what is told is golden text"
  },
  {
    rule: "§3 a config error that names both",
    name: "one owner alone is named",
    file: "src/host/Tasks.ts",
    find: "`${owner.task} and ${task.task} both own ${task.cell.cell}`",
    replace: "`${owner.task} owns ${task.cell.cell}`",
    test: "test/host/broken-configs.test.ts",
    named: "what is told is golden text"
  },
  {
    ...observes,
    rule: "§3 desired is asked only where the needs' outputs are known",
    name: "desired is asked too early",
    find: "question.needsKnown ?",
    replace: "true ?",
    named: "only what is there while the needs' outputs are not known"
  },
  {
    ...observes,
    rule: "§3 the files that an observation read are witnesses",
    name: "witnesses are lost on the way",
    find: "witnesses: [...new Set(witnesses)].sort()",
    replace: "witnesses: []",
    named: "what is desired and what is there"
  },
  {
    rule: "§3 while the witnesses' stat rows are unchanged no host starts; else it is observed again",
    name: "witnesses are not watched",
    file: "src/engine/standing/Standing.ts",
    find: "for (const { path } of rest.witnesses ?? []) add({ path, follow: false }, group)",
    replace: "",
    test: "test/fast/answer.test.ts",
    named: "a published file altered"
  },
  {
    ...kept,
    rule: "§3 a recorded observation stands while the witnesses' stat rows are unchanged",
    name: "a recorded observation stands whatever was written",
    find: "digestOf(witnesses) === rows ?",
    replace: "digestOf(witnesses) !== null ?",
    named: "is not told where a witness was written, or appeared"
  },
  {
    ...kept,
    rule: "§3 a recorded observation answers the same question only",
    name: "a recorded observation answers for whatever is desired",
    find: "|| entry[1] !== question",
    replace: "",
    named: "is not told to another question, nor of another task"
  },
  {
    ...runs,
    file: "src/engine/assess/Assessor.ts",
    rule: "§3 a recorded observation answers the same question only",
    name: "of a question only its task counts",
    find: 'hash("sha256", JSON.stringify([question, rows]))',
    replace: "question.task",
    named: "is asked for again where another value is desired"
  },
  {
    ...runs,
    file: "src/engine/assess/Assessor.ts",
    rule: "§3 while the witnesses' stat rows are unchanged no host starts",
    name: "owners are asked each time",
    find: "observations.put(task.task, key, { value: desired, witnesses })",
    replace: "void 0",
    named: "stands while its witnesses do, whatever else of the project changes"
  },
  {
    ...runs,
    file: "src/engine/assess/Assessor.ts",
    rule: "§3 recorded observations are for those who trust times: not for --paranoid, nor for verify",
    name: "recorded observations are believed by those who trust no times",
    find: "const seen = paranoid || forced(index) ?",
    replace: "const seen = forced(index) ?",
    named: "is asked for again by a run that trusts no times, and by verify"
  },
  {
    rule: "§3 an observation is a projection of one's own cell",
    name: "the entry of a dataset is the whole catalog",
    file: "plugins/atlas/format/catalog/catalog.ts",
    find: '{ state: "present", value: valueOfEntry(entry) }',
    replace: '{ state: "present", value: `${valueOfEntry(entry)}${catalog.entries.length}` }',
    test: "test/life/cells.test.ts",
    named: "is at rest for two releases that both promote"
  },
  {
    rule: "§3 an alias moves by compare-and-swap",
    name: "an alias is set whatever it is",
    file: "plugins/atlas/format/catalog/set-alias.ts",
    find: "if (expected === undefined || expected === actual",
    replace: "if (true || expected === actual",
    test: "test/plugins/atlas/format/catalog/catalog.test.ts",
    named: "moves by compare-and-swap"
  },
  {
    rule: "§3 alias: highest release in numeric order",
    name: "releases are ordered as texts",
    file: "plugins/atlas/format/dataset-id.ts",
    find: "return x.length - y.length || order(x, y)",
    replace: "return order(x, y)",
    test: "test/plugins/atlas/format/dataset-id.test.ts",
    named: "orders releases as numbers"
  },
  {
    rule: "§3 alias is one task, a fan-in over its group",
    name: "groups go by every label",
    file: "src/host/Tasks.ts",
    find: 'by.has(label) ? value : "*"',
    replace: "value",
    test: "test/life/whole-life.test.ts",
    named: "two releases that both promote do not fight over latest"
  },
  {
    ...runs,
    rule: "§3 observed anew at each decision",
    name: "a recorded value stands for the live one",
    file: "src/engine/assess/Assessor.ts",
    find: "live: observed?.live ?? null }",
    replace: 'live: trace === null ? (observed?.live ?? null) : { state: "present" as const, value: trace.applied ?? "" } }',
    named: "leaves what is damaged as it is"
  }
]
