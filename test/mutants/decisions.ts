/** §1: what is decided of a task, and what a run makes of it. */
import type { Mutant } from "./mutant.ts"

const runs = { test: "test/engine/decisions.test.ts" }
const decide = { file: "src/core/Decide.ts", test: "test/core/decide.test.ts" }

export const decisions: ReadonlyArray<Mutant> = [
  {
    ...decide,
    rule: "§1 blocked: a need failed or is blocked",
    name: "failed needs are no blockers",
    find: 'if ("failed" in need.state) causes.push',
    replace: "if (false) causes.push",
    named: "is blocked by a failed need"
  },
  {
    ...decide,
    rule: "§1 blocked: a gate does not pass",
    name: "closed gates are no blockers",
    find: 'if (gate.state === "closed") causes.push',
    replace: "if (false) causes.push",
    named: "is blocked by a closed gate although all is fresh"
  },
  {
    ...decide,
    rule: "§1 blocked: a declared tool is missing",
    name: "missing tools are no blockers",
    find: "for (const tool of view.missingTools)",
    replace: "for (const tool of [])",
    named: "is blocked by a missing tool"
  },
  {
    ...decide,
    rule: "§1 decided in this order: blocked first",
    name: "force runs what is blocked",
    find: "if (blocked.length > 0) return",
    replace: "if (blocked.length > 0 && !view.forced) return",
    named: "is blocked although forced"
  },
  {
    ...decide,
    rule: "§1 decided in this order: blocked before drifted",
    name: "blockers of drifted cells are not told",
    find: "const blocked = blockers(view)",
    replace: "const blocked = view.cell === null ? blockers(view) : []",
    named: "is blocked before it is drifted"
  },
  {
    ...decide,
    rule: "§1 drifted: a cell it owns was changed by someone else",
    name: "drift is not looked at",
    find: 'if (cell !== null && cell.state === "drifted" && !view.forced)',
    replace: "if (false)",
    named: "is drifted if live is neither"
  },
  {
    ...decide,
    rule: "§1 stale: a row of its own differs",
    name: "own rows are not compared",
    find: "sameRows(ownThen, own) ? []",
    replace: "true ? []",
    named: "is stale if its code changed"
  },
  {
    ...decide,
    rule: "§1 stale: it never ran",
    name: "what never ran is taken for done",
    find: 'return [because("never-run", view.task)]',
    replace: "return []",
    named: "is stale if it never ran, which is reason enough"
  },
  {
    ...decide,
    rule: "§1 stale: an output is gone",
    name: "missing outputs do not count",
    find: 'outputs.subjects.map((subject) => because("output-missing", subject))',
    replace: "[]",
    named: "is stale for an output that is missing"
  },
  {
    ...decide,
    rule: "§1 stale: an output is altered",
    name: "altered outputs do not count",
    find: 'outputs.subjects.map((subject) => because("output-altered", subject))',
    replace: "[]",
    named: "is stale for an output that is altered"
  },
  {
    ...decide,
    rule: "§1 stale: an output is gone or altered",
    name: "of several damages the first kind alone is told",
    find: '...outputs.altered.map((subject) => because("output-altered", subject))',
    replace: "",
    named: "tells all that makes it stale, in one order"
  },
  {
    ...decide,
    rule: "§1 stale: forced",
    name: "force is ignored",
    find: 'if (view.forced) return decided("stale"',
    replace: 'if (false) return decided("stale"',
    named: "is stale if it is forced"
  },
  {
    ...decide,
    rule: "§1 pending: a need is stale or pending",
    name: "needs that are not known are taken for the same",
    find: 'if ("unknown" in need.state) causes.push',
    replace: "if (false) causes.push",
    named: "is pending while a need is not known"
  },
  {
    ...decide,
    rule: "§1 pending: a gate is stale or pending",
    name: "gates that are not known are taken for open",
    find: 'if (gate.state === "unknown") causes.push',
    replace: "if (false) causes.push",
    named: "is pending while a gate is not known"
  },
  {
    ...decide,
    rule: "§1 pending: it runs only if the outputs turn out different",
    name: "what is pending is told as stale",
    find: 'return decided("pending", pending)',
    replace: 'return decided("stale", pending)',
    named: "is pending while a need is not known"
  },
  {
    ...decide,
    rule: "§1 stale comes before pending",
    name: "an unknown need hides a row that differs",
    find: 'if (stale.length > 0) return decided("stale", stale)',
    replace: 'if (stale.length > 0 && unknowns(view).length === 0) return decided("stale", stale)',
    named: "is stale, not pending, if a row of its own differs"
  },
  {
    ...decide,
    rule: "§1 held: its cell was retired on purpose",
    name: "held is told as fresh",
    find: 'cell.state === "held" ? decided("held", cell.causes) : fresh',
    replace: "false ? fresh : fresh",
    named: "is held if it was retired"
  },
  {
    ...decide,
    rule: "§1 stale: a row of its own differs (rows of needs are not its own)",
    name: "rows of needs are compared as its own too",
    find: "const ownThen = recorded.filter(isOwn)",
    replace: "const ownThen = recorded",
    named: "is fresh if all rows are equal and outputs are there"
  },
  {
    ...decide,
    rule: "§1 a need contributes its outputs: one that went counts",
    name: "needs that are gone do not count",
    find: "sameRows(recorded, known) ? [] : diffRows(recorded, known)",
    replace: "known.length < recorded.length ? [] : diffRows(recorded, known)",
    named: "is stale if a need is gone"
  },
  {
    rule: "§1 a need contributes its outputs' digests",
    name: "a need counts by its name alone",
    file: "src/core/Rows.ts",
    find: "value: output.digest, note: output.note",
    replace: "value: output.name, note: output.note",
    test: "test/core/decide.property.test.ts",
    named: "gives what a rebuild of everything gives"
  },
  {
    rule: "§1 exit code when several hold: 3 before 2",
    name: "2 is told before 3",
    file: "src/cli/ExitCode.ts",
    find: "[3, 2, 1, 4, 0]",
    replace: "[2, 3, 1, 4, 0]",
    test: "test/cli/exit-code.test.ts",
    named: "of several the first of 3, 2, 1, 4 and 0 is told"
  },
  {
    rule: "§1 exit code when several hold: 2 before 1",
    name: "1 is told before 2",
    file: "src/cli/ExitCode.ts",
    find: "[3, 2, 1, 4, 0]",
    replace: "[3, 1, 2, 4, 0]",
    test: "test/cli/exit-code.test.ts",
    named: "of several the first of 3, 2, 1, 4 and 0 is told"
  },
  {
    rule: "§1 exit code when several hold: 1 before 4",
    name: "4 is told before 1",
    file: "src/cli/ExitCode.ts",
    find: "[3, 2, 1, 4, 0]",
    replace: "[3, 2, 4, 1, 0]",
    test: "test/cli/exit-code.test.ts",
    named: "of several the first of 3, 2, 1, 4 and 0 is told"
  },
  {
    ...runs,
    rule: "§1 a need contributes output digests, never its key",
    name: "what ran again counts as changed",
    file: "src/engine/run/Runner.ts",
    find: "need: (rows) => settledNeed(settled.outcome, rows),",
    replace:
      'need: (rows) => settledNeed(settled.outcome, settled.outcome === "executed" ? rows.map((row) => ({ ...row, value: "ran" })) : rows),',
    named: "is cut off where a stage that ran again gave the same"
  },
  {
    ...runs,
    rule: "§1 a need contributes output digests",
    name: "needs are handed on without their digests",
    file: "src/engine/assess/Upstream.ts",
    find: "needRow(need, { name, digest }))",
    replace: 'needRow(need, { name, digest: "" }))',
    named: "is cut off where a stage that ran again gave the same"
  },
  {
    ...runs,
    rule: "§1 pending: in a plan what is stale has no known outputs",
    name: "a plan takes old outputs of what is stale for new ones",
    file: "src/core/Upstream.ts",
    find: 'decision === "stale" || decision === "pending" ? unknown : failed',
    replace: 'decision === "stale" || decision === "pending" ? { known: rows } : failed',
    named: "is cut off where a stage that ran again gave the same"
  },
  {
    ...runs,
    rule: "§1 gates are not rows",
    name: "the gates of a task are among its rows",
    file: "src/engine/assess/Rows.ts",
    find: "for (const part of task.runtime)",
    replace: 'for (const gate of task.gates) rows.push(row("option", gate, "gate"))\n  for (const part of task.runtime)',
    test: "test/engine/verdicts.test.ts",
    named: "is no row: it comes, goes, and runs again while what it gates stays fresh"
  },
  {
    ...runs,
    rule: "§1 stale: an output is altered (recorded digests)",
    name: "outputs are not compared with what was recorded",
    file: "src/engine/assess/Assessor.ts",
    find: "else if (tree.digest !== output.digest)",
    replace: "else if (false)",
    named: "makes again what is gone or altered"
  },
  {
    ...runs,
    rule: "§1 stale: an output is gone",
    name: "absent outputs are passed over",
    file: "src/engine/assess/Assessor.ts",
    find: "if (tree === absent) missing.push(output.path)",
    replace: "if (tree === absent) continue",
    named: "makes again what is gone or altered"
  },
  {
    ...runs,
    rule: "§1 stale: forced",
    name: "what is forced is taken from the cache",
    file: "src/engine/run/Execution.ts",
    find: "if (task.cell !== null || forced) return null",
    replace: "if (task.cell !== null) return null",
    named: "of what is forced runs that alone"
  },
  {
    ...runs,
    rule: "§1 blocked: a need failed or is blocked",
    name: "failed tasks hand on what they made before",
    file: "src/core/Upstream.ts",
    find: "isGood(outcome) ? { known: rows } : failed",
    replace: "{ known: rows }",
    named: "blocks what needs a failed task"
  },
  {
    ...runs,
    rule: "§1 a no-op writes nothing at all, history included",
    name: "each run keeps a report",
    file: "src/engine/Session.ts",
    find: "if (!unchanged ||",
    replace: "if (true ||",
    named: "writes nothing, history included"
  },
  {
    ...runs,
    rule: "§1 stat rows that moved without content change are written",
    name: "a new stat row of known content is not remembered",
    file: "src/ports/StatCache.ts",
    find: "before[1] === digest.stat && before[2]",
    replace: "before[2]",
    named: "writes stat rows that moved without a change of content once"
  },
  {
    ...runs,
    rule: "§1 stat rows that moved without content change are written once",
    name: "what was learnt is written whether it is new or not",
    file: "src/ports/StatCache.ts",
    find: "if (file === null || !changed) return false",
    replace: "if (file === null) return false",
    named: "writes stat rows that moved without a change of content once"
  },
  ...(
    [
      ["an option", "options", 'rows.push(row("option", key, JSON.stringify(value)))', "void key"],
      [
        "the content of an input",
        "contents",
        "succeed(looked(digest, bytes(found.bytes), more))",
        'succeed(looked("there", bytes(found.bytes), more))',
        "src/engine/assess/Inputs.ts"
      ],
      ["a variable that it declares", "variables", "for (const name of task.environment)", "for (const name of [])"],
      ["a program that it declares", "programs", 'row("tool", name, `sha256:${found.sha256}`, path)', 'row("tool", name, "there", path)'],
      ["a part of the runtime that it declares", "parts of the runtime", "for (const part of task.runtime)", "for (const part of [])"]
    ] as const
  ).map(([what, name, find, replace, file = "src/engine/assess/Rows.ts"]): Mutant => ({
    ...runs,
    rule: `§1 rows are all that a result depends on: ${what}`,
    name: `${name} are no rows`,
    file,
    find,
    replace,
    named: what
  })),
  {
    ...runs,
    rule: "§1 what was hashed is what was read",
    name: "inputs are not looked at again after the execution",
    file: "src/engine/run/Execution.ts",
    find: "if (moved.length + ofNeeds.length === 0) return null",
    replace: "if (true) return null",
    named: "what was made of an input that moved meanwhile"
  },
  ...(
    [
      ["failed", "counts.failed +", "ends with 1 for what failed alone", "test/engine/decisions.test.ts"],
      ["blocked", "counts.blocked +", "a program is missing, and its task is blocked", "test/engine/decisions.test.ts"],
      ["tainted", "counts.tainted +", "ends with 1 for what moved alone", "test/engine/decisions.test.ts"],
      ["drifted", "counts.drifted +", "never overwrites what someone else changed", "test/engine/cells.test.ts"],
      [
        "a failed verdict even if fresh",
        '.filter((task) => task.verdict === "failed").length',
        "without gates is advice",
        "test/engine/verdicts.test.ts"
      ]
    ] as const
  ).map(([what, find, named, test]): Mutant => ({
    rule: `§1 exit code 1: ${what}`,
    name: `${what} is told as good`,
    file: "src/engine/run/RunEnds.ts",
    find,
    replace: find.startsWith(".") ? ".filter(() => false).length" : "",
    named,
    test
  })),
  {
    rule: "§1 exit code 1: verify that finds damage",
    name: "damage that verify finds is told as good",
    file: "src/engine/upkeep/Verifier.ts",
    find: "ok: damage.length === 0",
    replace: "ok: true",
    test: "test/engine/cells.test.ts",
    named: "is found by verify"
  },
  {
    rule: "§1 exit code 128+n before any other",
    name: "an interrupted run that failed ends with 1",
    file: "src/engine/run/RunEnds.ts",
    find: 'const outcome = interrupted ? ("interrupted" as const)',
    replace: 'const outcome = interrupted && bad === 0 ? ("interrupted" as const)',
    test: "test/engine/decisions.test.ts",
    named: "that is interrupted tells 130, whatever failed before"
  }
]
