/** The mistakes that must not compile, one file each in fixtures/broken-configs, and whom each message has to name. */
export interface Mistake {
  readonly name: string
  /** Stands in the first line of the compiler's message and in what a host says of the same file. */
  readonly culprit: string
  /** Told by evaluating the config (exit 2), or only by running the task: then under this code. */
  readonly told?: "TASK_UNDECLARED" | "TASK_DEFECT"
}

/** A mistake with a sentence of ours has that whole sentence as its culprit. */
export const mistakes: ReadonlyArray<Mistake> = [
  { name: "missing-input", culprit: "source" },
  { name: "unknown-input", culprit: "indx" },
  { name: "unknown-option", culprit: "mni" },
  { name: "unknown-option-for-all", culprit: "mni" },
  { name: "wrong-option-value", culprit: '"plain" | "strict"' },
  { name: "options-of-absent-stage", culprit: "cpoy" },
  { name: "options-of-stage-without", culprit: "count" },
  { name: "absent-need", culprit: "share needs count, which is not in stages" },
  { name: "two-stages-of-one-name", culprit: "two stages are called copy" },
  { name: "two-checks-of-one-name", culprit: "two definitions are called dense" },
  { name: "check-on-absent-stage", culprit: "dense is on copy, which is not in stages" },
  { name: "gate-to-absent-stage", culprit: "dense gates share, which is not in stages" },
  { name: "waiver-of-unknown-finding", culprit: "to-sparse" },
  { name: "waiver-on-absent-check", culprit: "dens" },
  { name: "severity-of-unknown-finding", culprit: "to-sparse" },
  { name: "unknown-severity", culprit: '"warning"' },
  { name: "undeclared-error", culprit: "fails with Taken: add it to errors", told: "TASK_UNDECLARED" },
  { name: "undeclared-error-of-check", culprit: "fails with Taken: add it to errors", told: "TASK_UNDECLARED" },
  { name: "typo-in-need", culprit: "cpoy", told: "TASK_DEFECT" },
  { name: "typo-in-need-of-command", culprit: "copeid" },
  { name: "unknown-finding", culprit: "ood", told: "TASK_DEFECT" },
  { name: "stdout-to-no-output", culprit: "today" },
  { name: "one-input-two-types", culprit: "weigh" },
  { name: "unknown-role", culprit: "previuos" },
  { name: "each-of-no-output", culprit: "part is each of copy.copeid, which is no folder that copy makes" },
  { name: "each-of-file", culprit: "part is each of count.lines, which is no folder that count makes" },
  { name: "each-of-absent-stage", culprit: "part needs copy, which is not in stages" },
  { name: "item-without-each", culprit: "item" }
]
