/** §6: who may start when, what is tried again, and how ends are told apart. */
import type { Mutant } from "./mutant.ts"

const admission = { file: "src/core/Admission.ts", test: "test/core/admission.test.ts" }
const attempts = { file: "src/engine/run/Attempts.ts", test: "test/engine/retries.test.ts" }
const runner = { file: "src/engine/run/Runner.ts" }
const running = { file: "src/engine/run/Resources.ts", test: "test/engine/resources.test.ts" }
const measured = { file: "src/ports/Measurements.ts", test: "test/ports/Measurements.test.ts" }
const groups = { file: "src/report/FailureGroups.ts", test: "test/report/failure-groups.test.ts" }

export const resources: ReadonlyArray<Mutant> = [
  {
    ...admission,
    rule: "§6 resources: never over the memory",
    name: "memory is not counted",
    find: " && used.memoryMiB + memoryMiB <= this.#budget.memoryMiB",
    replace: "",
    named: "never over the budget"
  },
  {
    ...admission,
    rule: "§6 resources: never over the cores",
    name: "cores are not counted",
    find: "used.cpu + cpu <= this.#budget.cpu && ",
    replace: "",
    named: "never over the budget"
  },
  {
    ...admission,
    rule: "§6 resources: what wants more cores than there are runs alone, instead of never",
    name: "a demand for more cores than there are stands",
    find: "cpu: Math.min(demand.cpu, this.#budget.cpu)",
    replace: "cpu: demand.cpu",
    named: "runs what wants more alone"
  },
  {
    ...admission,
    rule: "§6 resources: a mutex keeps tasks apart",
    name: "held mutexes are taken",
    find: "this.#held.has(name) || wanted.has(name)",
    replace: "wanted.has(name)",
    named: "116: keeps tasks with a mutex in common apart"
  },
  {
    ...admission,
    rule: "§6 resources: a mutex goes to the first that waits for it",
    name: "later ones take a mutex that another waits for",
    find: "this.#held.has(name) || wanted.has(name)",
    replace: "this.#held.has(name)",
    named: "116: keeps tasks with a mutex in common apart"
  },
  {
    ...admission,
    rule: "§6 resources: nobody waits for ever",
    name: "nothing is reserved for whom does not fit",
    find: "else if (!excluded && first === null) first = this.#reserve(one)",
    replace: "else void one",
    named: "starts the first in the queue once those that ran when it became first have ended"
  },
  {
    ...admission,
    rule: "§6 resources: who waits for a mutex keeps no cores idle",
    name: "cores are reserved for one that waits for a mutex",
    find: "else if (!excluded && first === null)",
    replace: "else if (first === null)",
    named: "reserves no cores for one that only waits for a mutex"
  },
  {
    ...admission,
    rule: "§6 resources: the room beside a reservation is filled",
    name: "nothing passes one that waits",
    find: "(first === null || this.#passes(first, demand))",
    replace: "first === null",
    named: "fills the room beside it"
  },
  {
    ...admission,
    rule: "§6 resources: what ended gives back",
    name: "what passed a reservation and ended still counts against it",
    find: "if (this.#reserved?.since.delete(task) === true) add(this.#reserved.passed, demand, -1)",
    replace: "",
    named: "fills the room beside a reservation again"
  },
  {
    ...admission,
    file: "src/core/CriticalPath.ts",
    rule: "§6 order: the longest path first",
    name: "a task's own time alone counts",
    find: "path[task] = longest + seconds(task)",
    replace: "path[task] = seconds(task) + 0 * longest",
    named: "goes first, whatever the declared order"
  },
  {
    ...runner,
    test: running.test,
    rule: "§6 order: by what tasks took",
    name: "the declared order stays",
    find: "measurements.isEmpty ? null : criticalPathFirst",
    replace: "true ? null : criticalPathFirst",
    named: "begins with what took longest"
  },
  {
    ...runner,
    test: running.test,
    rule: "§6 resources: a run admits what it starts",
    name: "everything starts that is stale",
    find: "if (!admitted && !admission.admits(index, order.rank[index] as number, demand)) return null",
    replace: "admission.admits(index, order.rank[index] as number, demand)",
    named: "114: of three that want 4 GB each"
  },
  {
    ...running,
    rule: "§6 resources: a quarter above the measured peak",
    name: "what was measured is not asked after",
    find: "Math.ceil((peakMiB ?? 0) * margin)",
    replace: "0",
    named: "leave room for what was measured"
  },
  {
    ...running,
    rule: "§6 resources: a measured peak above the declared amount counts",
    name: "the declared amount is believed",
    find: "Math.max(declared, peakMiB ?? 0)",
    replace: "declared",
    named: "leave room for what was measured"
  },
  {
    ...running,
    rule: "§6 resources: a stage larger than the machine is an error of the config",
    name: "what never fits is not looked for",
    find: "if (wantedMiB <= budgetMiB ||",
    replace: "if (true ||",
    named: "is told with both figures before anything runs"
  },
  {
    ...running,
    file: "src/engine/Session.ts",
    rule: "§6 resources: the short cut refuses what a run would refuse",
    name: "a run that --memory let through leaves a record for one without it",
    find: "undisturbed && fits",
    replace: "undisturbed && (fits || true)",
    test: "test/life/resources.test.ts",
    named: "115: is less than a stage declares"
  },
  {
    ...running,
    file: "src/engine/assess/Rows.ts",
    rule: "§1 rows: what a task takes is none",
    name: "resources are a row",
    find: "  for (const name of task.environment)",
    replace: '  rows.push(row("option", "resources", JSON.stringify(task.resources ?? null)))\n  for (const name of task.environment)',
    named: "is no row: changing it runs nothing"
  },
  {
    ...attempts,
    rule: "§6 retries: not after a declared error",
    name: "declared errors are tried again unasked",
    find: "return errors.every(({ code }) => allowed.has(code))",
    replace: "return retry.on === undefined || errors.every(({ code }) => allowed.has(code))",
    named: "is not, after an error that it declares"
  },
  {
    ...attempts,
    rule: "§6 retries: only the codes that are named",
    name: "whatever it names, every fault is tried again",
    find: "const allowed = retry.on === undefined ? passing : new Set(retry.on)",
    replace: "const allowed = new Set([...passing, ...(retry.on ?? [])])",
    named: "is not, after an error that it declares"
  },
  {
    ...attempts,
    rule: "§6 retries: no more than declared",
    name: "there is one attempt too many",
    find: "made >= retry.times",
    replace: "made > retry.times",
    named: "fails after its last attempt"
  },
  {
    ...attempts,
    ...runner,
    rule: "§6 retries: each begins with a look at how things are now",
    name: "the second attempt works on the rows of the first",
    find: "      assessment = yield* assess(index, upstream)\n",
    replace: "",
    named: "then it works on what is there now"
  },
  {
    ...attempts,
    ...runner,
    rule: "§6 retries: their reasons are told",
    name: "attempts are forgotten",
    find: "failed.push({ code: first.code,",
    replace: "[].push({ code: first.code,",
    and: [
      { file: "src/engine/run/Runner.ts", find: "settled.errors, failed.length)", replace: "settled.errors, made++)" },
      {
        file: "src/engine/run/Runner.ts",
        find: "const failed: Array<Attempt> = []",
        replace: "const failed: Array<Attempt> = []\n    let made = 0"
      }
    ],
    named: "102: a flaky stage succeeds at its third attempt"
  },
  {
    ...attempts,
    ...runner,
    rule: "§6 retries: none once --fail-fast has stopped the run",
    name: "a stopped run tries again",
    find: "const over = stopping || ",
    replace: "const over = ",
    named: "is not, after another failed with --fail-fast"
  },
  {
    ...attempts,
    file: "src/engine/Session.ts",
    rule: "§4 @failed: a verdict that failed, though its subject moved since",
    name: "a check whose subject moved has not failed",
    find: " || outcome?.verdict === word)",
    replace: ")",
    named: "takes the producer too where a check's input moved"
  },
  {
    ...measured,
    rule: "§6 history: written only where something moved",
    name: "it is written each time",
    find: "if (!dirty) return",
    replace: "",
    named: "is not written where nothing moved by a tenth"
  },
  {
    ...measured,
    rule: "§6 history: a failure tells of its memory, not of its time",
    name: "the peak of a failure is forgotten",
    find: "ms === null ? most(before?.peakMiB ?? null, peakMiB)",
    replace: "ms === null ? (before?.peakMiB ?? null)",
    named: "takes a higher peak at once, also of a failure"
  },
  {
    ...measured,
    rule: "§6 history: a damaged one is none",
    name: "a damaged history is believed",
    find: 'opened.state === "good" ?',
    replace: '"document" in (opened as object) || opened.state === "good" ?',
    and: [
      {
        file: "src/ports/SealedJson.ts",
        find: 'if (hash("sha256", open) !== bytes',
        replace: 'if (false && hash("sha256", open) !== bytes'
      }
    ],
    named: "is forgotten where a byte of it is another"
  },
  {
    file: "src/ports/RunningProgram.ts",
    test: "test/ports/Programs.test.ts",
    rule: "§6 memory: a program that the system ended is told as that",
    name: "a kill for want of memory is one like any other",
    find: "memoryKills() > killsBefore",
    replace: "false",
    named: "is told apart from other kills where the system ended it"
  },
  {
    file: "src/ports/Resident.ts",
    test: "test/ports/Programs.test.ts",
    rule: "§6 memory: what a program has started counts",
    name: "only the program itself is measured",
    find: "for (const child of childrenOf(one)) seen.add(child)",
    replace: "void childrenOf",
    named: "tells the most that it held with all that it started"
  },
  {
    ...groups,
    rule: "§6 failures: of one cause are told together",
    name: "each failure is told in full",
    find: "if (apart(task))",
    replace: "if (true || apart(task))",
    named: "of one cause are told together"
  },
  {
    ...groups,
    rule: "§6 failures: kept apart by what failed them",
    name: "failures of one stage are alike",
    find: "task.outcome, causes]",
    replace: "task.outcome, causes.length]",
    named: "are kept apart by stage, by code"
  },
  {
    file: "src/engine/run/Execution.ts",
    test: "test/scenarios/config.test.ts",
    rule: "§6 environment: a secret is never kept in clear",
    name: "a secret is told as it is",
    find: "if (mask === null) return work(task, document, tell)",
    replace: "if (true) return work(task, document, tell)",
    named: "64: that is rotated executes nothing"
  },
  {
    file: "src/engine/run/Execution.ts",
    test: "test/scenarios/config.test.ts",
    rule: "§6 environment: a secret is given to its task",
    name: "a task does not get its secrets",
    find: "[...task.environment, ...(task.secrets ?? [])]",
    replace: "[...task.environment]",
    named: "64: that is rotated executes nothing"
  }
]
