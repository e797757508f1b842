/** Exit codes (house law 12): 0 good, 1 failed, 2 declaration or command line, 3 state, store, lock or disk, 4 `--check`. */
import type { Failed } from "./Command.ts"

/** When several hold, the first of these is told. */
const order = [3, 2, 1, 4, 0]

export const worst = (codes: Iterable<number>): number => {
  const all = new Set(codes)
  return order.find((code) => all.has(code)) ?? 3
}

const exitOf = (error: object): number => {
  const exit: unknown = (error.constructor as { readonly exit?: unknown }).exit
  return typeof exit === "number" ? exit : 3
}

/** The class of an error knows its code; what does not is trouble of the engine itself. */
export const exitOfFailure = (error: Failed): number => {
  const errors: unknown = error._tag === "Several" ? (error as { readonly errors?: unknown }).errors : undefined
  return Array.isArray(errors) ? worst(errors.map((each) => exitOf(each as object))) : exitOf(error)
}
