/** Numbers as people read them. */

const Minute = 60_000
const Hour = 60 * Minute

const two = (n: number): string => String(n).padStart(2, "0")

const long = (ms: number): string => {
  const whole = Math.round(ms / 1000)
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  return hours > 0 ? `${hours} h ${two(minutes)} min` : `${minutes} min ${two(whole % 60)} s`
}

/** Time of one task: `1.31 s`, `12 min 04 s`, `2 h 05 min`. */
export const taskTime = (ms: number): string => (ms < Minute - 5 ? `${(Math.max(0, ms) / 1000).toFixed(2)} s` : long(ms))

/** Time of a whole run: `0.05 s`, `4.1 s`, `12 min 04 s`. */
export const runTime = (ms: number): string => (ms < 995 ? taskTime(ms) : ms < Minute - 50 ? `${(ms / 1000).toFixed(1)} s` : long(ms))

/** Time that passes or is left, in whole seconds: `3 s`, `12 min 04 s`. */
export const wholeTime = (ms: number): string =>
  ms < Minute - 500 ? `${Math.round(Math.max(0, ms) / 1000)} s` : ms < 100 * Hour ? long(ms) : "over 100 h"

/** `12,301,114`: the same in every locale. */
export const grouped = (n: number): string => {
  const digits = String(Math.trunc(Math.abs(n)))
  let text = ""
  for (let end = digits.length; end > 0; end -= 3) text = digits.slice(Math.max(0, end - 3), end) + (text === "" ? "" : `,${text}`)
  return n < 0 ? `-${text}` : text
}

const prefixes = ["kB", "MB", "GB", "TB", "PB"]

/** `917 B`, `12.3 MB`: powers of 1000. */
export const byteSize = (n: number): string => {
  if (n < 1000) return `${Math.round(n)} B`
  let value = n / 1000
  let at = 0
  while (value >= 999.95 && at < prefixes.length - 1) {
    value /= 1000
    at++
  }
  return `${value.toFixed(1)} ${prefixes[at]}`
}

/** `1 task`, `24 tasks`. */
export const counted = (n: number, one: string, many: string = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : many}`
