/**
 * Traces one evaluation: while it goes on its module loads, reads, environment and facts are remembered, and what would make two
 * evaluations differ is refused. Other code of this process, and the same code later, is not touched (docs/explanation).
 */
import { asksContent, watchFiles } from "./Files.ts"
import { type Impurity, nothingSeen, type Observed, observed, within } from "./Observed.ts"
import { publishPatches, replace, restoreAll, telling } from "./Patches.ts"
import { forgetRefusals, refuseGlobals, refuseIn } from "./Refuse.ts"
import { watchSurroundings } from "./Surroundings.ts"
import { builtins, unwatch, watch } from "./Watch.ts"

export interface Traced<A> {
  readonly value: A
  readonly seen: Observed
  /** Number of the watch over modules: one loaded under an earlier watch did not run this time. */
  readonly watch: number
  /** What was refused, also where the config caught it. */
  readonly impurities: ReadonlyArray<Impurity>
}

const refuseNow = (url: string): void => {
  if (observed() !== null && refuseIn(url, asksContent)) publishPatches()
}

const install = (): void => {
  watchFiles()
  watchSurroundings(asksContent)
  refuseGlobals()
  replace(process, "getBuiltinModule", (original) =>
    telling(original, (_seen, [name]) => refuseNow(`node:${String(name).replace(/^node:/, "")}`))
  )
  for (const url of builtins) refuseIn(url, asksContent)
  publishPatches()
}

/** One at a time: two evaluations in one process wait for each other. */
let last: Promise<unknown> = Promise.resolve()

/** Runs `evaluate` traced; rejects only if it does. */
export const traced = <A>(evaluate: () => Promise<A>): Promise<Traced<A>> => {
  const run = async (): Promise<Traced<A>> => {
    const seen = nothingSeen()
    const number = watch(refuseNow)
    install()
    try {
      const value = await within(seen, evaluate)
      return { value, seen, watch: number, impurities: seen.impurities }
    } finally {
      unwatch()
      restoreAll()
      forgetRefusals()
    }
  }
  const result = last.then(run)
  last = result.catch(() => {})
  return result
}
