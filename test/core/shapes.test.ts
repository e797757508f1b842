/** The plain shapes of core and the schemas of domain are the same, though neither imports the other. */
import { assert, describe, it } from "@effect/vitest"
import type * as Cause from "../../src/core/Cause.ts"
import { CauseKinds } from "../../src/core/Cause.ts"
import type * as Cell from "../../src/core/Cell.ts"
import type * as Decide from "../../src/core/Decide.ts"
import type * as Judge from "../../src/core/Judge.ts"
import type * as Rows from "../../src/core/Rows.ts"
import type * as Selector from "../../src/core/Selector.ts"
import type * as TaskGraph from "../../src/core/TaskGraph.ts"
import type * as Upstream from "../../src/core/Upstream.ts"
import type * as Finding from "../../src/domain/Finding.ts"
import type { ProjectTask } from "../../src/domain/ProjectDocument.ts"
import * as RunDocuments from "../../src/domain/RunDocuments.ts"
import type { CellObservation } from "../../src/domain/TaskDocument.ts"
import type { Row, Trace } from "../../src/domain/Trace.ts"

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
type Fits<A, B> = [A] extends [B] ? true : false

const holds: ReadonlyArray<true> = [
  true satisfies Same<Cause.Cause, RunDocuments.Cause>,
  true satisfies Same<Cause.CauseKind, RunDocuments.CauseKind>,
  true satisfies Same<Decide.Decision, RunDocuments.Decision>,
  true satisfies Same<Upstream.Outcome, RunDocuments.Outcome>,
  true satisfies Same<Judge.Finding, Finding.Finding>,
  true satisfies Same<Judge.JudgedFinding, Finding.JudgedFinding>,
  true satisfies Same<Judge.Waiver, Finding.Waiver>,
  true satisfies Same<Judge.Verdict, Finding.Verdict>,
  true satisfies Same<Judge.Severity, Finding.Severity>,
  true satisfies Same<Rows.Row, Row>,
  true satisfies Same<Cell.CellObservation, CellObservation>,
  true satisfies Fits<Trace, NonNullable<Decide.TaskView["trace"]>>,
  true satisfies Fits<ProjectTask, TaskGraph.GraphTask>,
  true satisfies Fits<ProjectTask, Selector.SelectableTask>,
  true satisfies Fits<RunDocuments.Decision | Finding.Verdict | RunDocuments.Outcome, Selector.StateWord>
]

describe("core and domain", () => {
  it("list the same kinds of causes in the same order", () => {
    assert.isAbove(holds.length, 0)
    assert.deepStrictEqual([...CauseKinds], [...RunDocuments.CauseKind.literals])
  })
})
