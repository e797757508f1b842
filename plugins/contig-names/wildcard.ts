/** Patterns with `*` (any run of characters) and `?` (any one). */

/** Time is length × length at worst: on a mismatch only the last `*` is tried again. */
export const fitsWildcard = (pattern: string, name: string): boolean => {
  let p = 0
  let n = 0
  let star = -1
  let from = 0
  while (n < name.length) {
    if (pattern[p] === "*") {
      star = p++
      from = n
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === name[n])) {
      p++
      n++
    } else if (star >= 0) {
      p = star + 1
      n = ++from
    } else return false
  }
  while (pattern[p] === "*") p++
  return p === pattern.length
}
