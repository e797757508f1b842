/**
 * Findings are evidence, verdicts are judged: severities, waivers and the day are applied at every decision and rerun nothing.
 * A verdict is the worst of what was seen: `failed` (an error that is not waived), else `warned` (a warning that is not waived), else
 * `waived` (everything seen is waived), else `passed`. So a waiver never hides that something beside it still wants attention.
 */
import { type Glob, globOf, matches } from "./Glob.ts"

export type Severity = "error" | "warning"
export type Verdict = "passed" | "warned" | "waived" | "failed"

export interface Finding {
  readonly name: string
  readonly at: string
  readonly message: string
}

/** Accepts findings of one name where `at` fits (a value, or a glob of `*` and `?`) until a day, inclusive, UTC `YYYY-MM-DD`. */
export interface Waiver {
  readonly finding: string
  readonly at: string
  readonly because: string
  readonly until: string | null
}

export interface JudgedFinding extends Finding {
  readonly severity: Severity
  readonly hint: string
  readonly waived: Waiver | null
}

export interface Evidence {
  readonly findings: ReadonlyArray<Finding>
  /** As the definition declares them. */
  readonly declared: Readonly<Record<string, { readonly severity: Severity; readonly hint: string }>>
  /** As the target overrides them. */
  readonly severity: Readonly<Record<string, Severity>>
  readonly waivers: ReadonlyArray<Waiver>
  /** The day of judgement, UTC `YYYY-MM-DD`. */
  readonly now: string
}

export interface Judgement {
  readonly verdict: Verdict
  /** In the order of the evidence. */
  readonly findings: ReadonlyArray<JudgedFinding>
  /** In force, but nothing fits them. */
  readonly unusedWaivers: ReadonlyArray<Waiver>
  /** Run out, or with a day that cannot be read: they waive nothing. */
  readonly expiredWaivers: ReadonlyArray<Waiver>
  /** The last day on which this judgement surely stands as far as waivers run out; null if none does. Says nothing of days before `now`. */
  readonly nextExpiry: string | null
}

const isDay = (text: string): boolean => text.length === 10 && /^\d{4}-\d{2}-\d{2}$/.test(text)

const inForce = (waiver: Waiver, now: string): boolean =>
  waiver.until === null || (isDay(waiver.until) && isDay(now) && now <= waiver.until)

/** The waivers of one finding's name: exact places by name, globs in order. Numbers are positions among all waivers. */
interface Named {
  readonly exact: Map<string, Array<number>>
  readonly globs: Array<{ readonly glob: Glob; readonly position: number }>
}

const indexWaivers = (waivers: ReadonlyArray<Waiver>, now: string): Map<string, Named> => {
  const index = new Map<string, Named>()
  for (const [position, waiver] of waivers.entries()) {
    if (!inForce(waiver, now)) continue
    let named = index.get(waiver.finding)
    if (named === undefined) index.set(waiver.finding, (named = { exact: new Map(), globs: [] }))
    const glob = globOf(waiver.at)
    if (glob.literal === null) named.globs.push({ glob, position })
    else {
      const same = named.exact.get(glob.literal)
      if (same === undefined) named.exact.set(glob.literal, [position])
      else same.push(position)
    }
  }
  return index
}

/** Position of the first waiver that fits, -1 if none; marks all that fit as used. */
const waiverOf = (named: Named | undefined, at: string, used: Uint8Array): number => {
  if (named === undefined) return -1
  let first = -1
  for (const position of named.exact.get(at) ?? []) {
    used[position] = 1
    if (first < 0) first = position
  }
  for (const { glob, position } of named.globs) {
    const wins = first < 0 || position < first
    if (!wins && used[position] === 1) continue
    if (!matches(glob, at)) continue
    used[position] = 1
    if (wins) first = position
  }
  return first
}

/**
 * Judges what was seen. The first waiver in declared order that fits is the one told; others that fit count as used too. A finding
 * that the definition does not declare is an error without a hint.
 */
export const judge = ({ findings, declared, severity, waivers, now }: Evidence): Judgement => {
  const index = indexWaivers(waivers, now)
  const used = new Uint8Array(waivers.length)
  let errors = 0
  let warnings = 0
  let waived = 0
  const judged = findings.map((finding): JudgedFinding => {
    const own = Object.hasOwn(declared, finding.name) ? declared[finding.name] : undefined
    const graded = Object.hasOwn(severity, finding.name) ? severity[finding.name] : undefined
    const grade = graded ?? own?.severity ?? "error"
    const waiver = waivers[waiverOf(index.get(finding.name), finding.at, used)] ?? null
    if (waiver !== null) waived++
    else if (grade === "error") errors++
    else warnings++
    return { name: finding.name, at: finding.at, message: finding.message, severity: grade, hint: own?.hint ?? "", waived: waiver }
  })
  let nextExpiry: string | null = null
  for (const waiver of waivers)
    if (waiver.until !== null && inForce(waiver, now) && (nextExpiry === null || waiver.until < nextExpiry)) nextExpiry = waiver.until
  return {
    verdict: errors > 0 ? "failed" : warnings > 0 ? "warned" : waived > 0 ? "waived" : "passed",
    findings: judged,
    unusedWaivers: waivers.filter((waiver, i) => inForce(waiver, now) && used[i] === 0),
    expiredWaivers: waivers.filter((waiver) => !inForce(waiver, now)),
    nextExpiry
  }
}
