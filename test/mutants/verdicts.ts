/** §4: findings are evidence, verdicts are judged. */
import type { Mutant } from "./mutant.ts"

const judge = { file: "src/core/Judge.ts", test: "test/core/judge.test.ts" }
const runs = { test: "test/engine/verdicts.test.ts" }
const laidOut = { ...runs, file: "src/host/Tasks.ts" }

export const verdicts: ReadonlyArray<Mutant> = [
  {
    ...judge,
    rule: "§4 verdict: judge(findings, severities, …): failed",
    name: "errors are warnings",
    find: 'verdict: errors > 0 ? "failed"',
    replace: 'verdict: errors > 0 ? "warned"',
    named: "is failed for an error"
  },
  {
    ...judge,
    rule: "§4 verdict: warned",
    name: "warnings are passed over",
    find: 'warnings > 0 ? "warned"',
    replace: 'false ? "warned"',
    named: "is warned for a warning"
  },
  {
    ...judge,
    rule: "§4 verdict: waived",
    name: "what is waived is told as passed",
    find: 'waived > 0 ? "waived"',
    replace: 'false ? "waived"',
    named: "is waived for a waived error"
  },
  {
    ...judge,
    rule: "§4 a waiver names check, finding and `at`: one waived error hides no other",
    name: "one waiver waives all",
    find: "if (waiver !== null) waived++",
    replace: "if (waiver !== null || waived > 0) waived++",
    named: "is failed for an error in another place"
  },
  {
    ...judge,
    rule: "§4 severities of the target",
    name: "the target's severities are ignored",
    find: "const grade = graded ??",
    replace: "const grade =",
    named: "is warned if the target makes the error a warning"
  },
  {
    ...judge,
    rule: "§4 a waiver names check, finding and `at`",
    name: "a waiver of one finding waives all",
    find: "waivers[waiverOf(index.get(finding.name), finding.at, used)]",
    replace: "waivers[waiverOf([...index.values()][0], finding.at, used)]",
    named: "finds the waiver that a look at each would find"
  },
  {
    ...judge,
    rule: "§4 a waiver names `at` (value or glob)",
    name: "globs fit everything",
    find: "if (!matches(glob, at)) continue",
    replace: "",
    named: "finds the waiver that a look at each would find"
  },
  {
    ...judge,
    rule: "§4 `until` is inclusive",
    name: "a waiver ends before its last day",
    find: "now <= waiver.until",
    replace: "now < waiver.until",
    named: "is waived on the last day"
  },
  {
    ...judge,
    rule: "§4 `until`: not beyond",
    name: "waivers never run out",
    find: "now <= waiver.until",
    replace: "true",
    named: "is failed on the day after"
  },
  {
    ...judge,
    rule: "§4 the earliest future `until` is kept",
    name: "the latest day is kept",
    find: "waiver.until < nextExpiry",
    replace: "waiver.until > nextExpiry",
    named: "the next day that matters"
  },
  {
    ...judge,
    rule: "§4 the earliest future `until` is kept: of waivers in force",
    name: "a day that has passed is kept",
    find: "if (waiver.until !== null && inForce(waiver, now) &&",
    replace: "if (waiver.until !== null &&",
    named: "the next day that matters"
  },
  {
    ...judge,
    rule: "§4 unused waivers are told",
    name: "unused waivers are not known",
    find: "inForce(waiver, now) && used[i] === 0",
    replace: "false",
    named: "comes with waivers that fit nothing or ran out"
  },
  {
    ...judge,
    rule: "§4 expired waivers are told",
    name: "expired waivers are not known",
    find: "expiredWaivers: waivers.filter((waiver) => !inForce(waiver, now))",
    replace: "expiredWaivers: []",
    named: "comes with waivers that fit nothing or ran out"
  },
  {
    ...runs,
    rule: "§4 unused waivers are warnings",
    name: "a run does not warn of unused waivers",
    file: "src/engine/run/Runner.ts",
    find: "for (const waiver of settled.judgement?.unusedWaivers ?? [])",
    replace: "for (const waiver of [])",
    named: "waive one finding at one place"
  },
  {
    ...runs,
    rule: "§4 expired waivers are warnings",
    name: "a run does not warn of expired waivers",
    file: "src/engine/run/Runner.ts",
    find: "for (const waiver of settled.judgement?.expiredWaivers ?? [])",
    replace: "for (const waiver of [])",
    named: "waive one finding at one place"
  },
  {
    ...runs,
    rule: "§4 verdicts are computed at every decision",
    name: "what is fresh has no verdict",
    file: "src/engine/assess/Assessor.ts",
    find: "judgement: trace === null ? null :",
    replace: "judgement: true ? null :",
    named: "is told again without running"
  },
  {
    ...runs,
    rule: "§4 a severity is in no key",
    name: "severities are rows",
    file: "src/engine/assess/Rows.ts",
    find: "for (const part of task.runtime)",
    replace: 'rows.push(row("option", "severity", JSON.stringify(task.severity)))\n  for (const part of task.runtime)',
    named: "are in no key"
  },
  {
    ...runs,
    rule: "§4 a waiver is in no key",
    name: "waivers are rows",
    file: "src/engine/assess/Rows.ts",
    find: "for (const part of task.runtime)",
    replace: 'rows.push(row("option", "waivers", JSON.stringify(task.waivers)))\n  for (const part of task.runtime)',
    named: "are in no key"
  },
  {
    ...runs,
    rule: "§4 errors are never recorded",
    name: "the failure of a host is taken for a result",
    file: "src/engine/run/Execution.ts",
    find: "if (result.errors.length > 0) return failed(result.errors, result)",
    replace: "",
    named: "what broke is not remembered"
  },
  {
    ...runs,
    rule: "§4 a check that could not run does not open its gates",
    name: "gates of tasks that failed are open",
    file: "src/core/Upstream.ts",
    find: 'isGood(outcome) && verdict !== "failed" ? "open"',
    replace: 'verdict !== "failed" ? "open"',
    named: "of a check that broke is closed"
  },
  {
    ...runs,
    rule: "§4 a failed verdict closes its gates",
    name: "failed verdicts leave gates open",
    file: "src/core/Upstream.ts",
    find: 'isGood(outcome) && verdict !== "failed" ? "open"',
    replace: 'isGood(outcome) ? "open"',
    named: "closes the nearest owners of cells and nothing else"
  },
  {
    ...runs,
    rule: "§4 gates in a plan: what may come to another verdict is not known",
    name: "a plan takes stale checks for passed",
    file: "src/core/Upstream.ts",
    find: '? "unknown"\n',
    replace: '? "open"\n',
    named: "leaves what it gates pending"
  },
  {
    ...laidOut,
    rule: "§4 default gates: the nearest later stages that own cells",
    name: "checks gate nothing by themselves",
    find: "check.gates ?? later.get(check.def.on.stage) ?? []",
    replace: "check.gates ?? []",
    named: "closes the nearest owners of cells"
  },
  {
    ...laidOut,
    rule: "§4 default gates: stages that own cells",
    name: "checks gate the next stage, whatever it is",
    find: "if (next.def.cell === undefined) queue.push",
    replace: "if (false) queue.push",
    named: "closes the nearest owners of cells and nothing else"
  },
  {
    ...laidOut,
    rule: "§4 `gates: []` is advice only",
    name: "no gates are the default gates",
    find: "check.gates ?? later.get(check.def.on.stage) ?? []",
    replace: "check.gates?.length ? check.gates : (later.get(check.def.on.stage) ?? [])",
    named: "of a check without gates is advice"
  },
  {
    ...laidOut,
    rule: "§4 a waiver names the check",
    name: "waivers of one check count for all",
    find: "target.waive.filter((w) => w.check === name)",
    replace: "target.waive.filter(() => true)",
    named: "of one check are not another's"
  },
  {
    rule: "§4 a gate on what the check's subject needs is a cycle: config error with the path",
    name: "gates are no edges of the graph",
    file: "src/core/TaskGraph.ts",
    find: "gates.task[atGate++] = to\n      if (seenBy[to] !== i + 1) upstream.task[atUpstream++] = to",
    replace: "gates.task[atGate++] = to",
    test: "test/core/task-graph.test.ts",
    named: "shows a cycle as the whole path, through needs and gates"
  },
  {
    ...runs,
    rule: "§4 one `now` per run",
    name: "what was just executed is judged by the clock",
    file: "src/engine/run/Runner.ts",
    find: "judgementOf(project, task(index), trace.findings, request.now)",
    replace: "judgementOf(project, task(index), trace.findings, new Date().toISOString().slice(0, 10))",
    named: "is one for all of a run"
  },
  {
    ...runs,
    rule: "§4 `now` is settable",
    name: "the given day is ignored",
    file: "src/engine/Session.ts",
    find: "const now = options.now ?? today()",
    replace: "const now = today()",
    named: "waive one finding at one place"
  },
  {
    rule: "§4 the fast path compares one day: the answer does not outlive a waiver",
    name: "an answer outlives its waivers",
    file: "src/fast/Answer.ts",
    find: "today > header.until",
    replace: "false",
    test: "test/fast/standing.test.ts",
    named: "after the last day of a waiver"
  },
  {
    rule: "§4 the fast path compares one day: inclusive",
    name: "an answer ends before its last day",
    file: "src/fast/Answer.ts",
    find: "today > header.until",
    replace: "today >= header.until",
    test: "test/fast/standing.test.ts",
    named: "stands on the last day of a waiver"
  },
  {
    rule: "§5 rows that must be equal for a no-op: for a plan too",
    name: "a kept plan stands whatever moved",
    file: "src/fast/Answer.ts",
    find: "if (looked === null || looked.groups.length > 0) return null\n  const { plan, told }",
    replace: "if (looked === null) return null\n  const { plan, told }",
    test: "test/fast/answer.test.ts",
    named: "is planned by the same look"
  },
  {
    rule: "§5 rows that must be equal for a no-op: for a plan too",
    name: "any file is taken for the kept plan",
    file: "src/fast/Answer.ts",
    find: 'hash("sha256", bytes) === plan ?',
    replace: "plan.length > 0 ?",
    test: "test/fast/answer.test.ts",
    named: "is planned by the same look"
  },
  {
    rule: "§4 gates: of its own target",
    name: "who takes an output across is gated in its owner's place",
    file: "src/host/Tasks.ts",
    find: "  for (const task of tasks) if (task.check === null) reachable.set(task.task, task.task)\n",
    replace: "  for (const task of tasks) if (task.check === null && !reachable.has(task.task)) reachable.set(task.task, task.task)\n",
    test: "test/scenarios/gates.test.ts",
    named: "also where another target takes its subject across"
  }
]
