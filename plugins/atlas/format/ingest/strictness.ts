/** How wrong an annotation may be (dataset contract §2.6): the four words, and what each does. */

/**
 * `strict` refuses an annotation with any wrong row. `lenient` leaves wrong rows out, and what hangs on them; `compat` is the reference's
 * second word for it. `report-only` reads as `lenient` and writes the reports alone: no build root that anything accepts.
 */
export const strictnesses = ["strict", "compat", "lenient", "report-only"] as const

export type Strictness = (typeof strictnesses)[number]

export const leavesOut = (strictness: Strictness): boolean => strictness !== "strict"
