/** Which scenarios the names of tests claim. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const repository = join(import.meta.dirname, "..", "..")

/** What opens the name of a test or of a group of tests, and the numbers before its colon. */
const named = /\b(?:describe|it|test|law)\b[\w.]*(?:\((?:[^()]|\([^()]*\))*\))?\(\s*["'`](\d{1,3}(?:(?:, |–)\d{1,3})*): /g

/** `12, 14–16` is 12, 14, 15, 16. */
export const numbersOf = (text: string): ReadonlyArray<number> =>
  text.split(", ").flatMap((part) => {
    const [first = 0, last = first] = part.split("–").map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })

/** Of the text of a test file, each once. */
export const claimedBy = (text: string): ReadonlySet<number> =>
  new Set([...text.matchAll(named)].flatMap((match) => numbersOf(match[1] as string)))

/** Files with tests of each scenario, relative to the repository, sorted. */
export const testsOf = (): ReadonlyMap<number, ReadonlyArray<string>> => {
  const found = new Map<number, Array<string>>()
  for (const folder of ["plugins", "test"])
    for (const name of readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" }).sort())
      if (/(\.test|laws)\.ts$/.test(name) && !name.includes("node_modules"))
        for (const number of claimedBy(readFileSync(join(repository, folder, name), "utf8"))) {
          const files = found.get(number) ?? []
          found.set(number, [...files, `${folder}/${name}`])
        }
  return found
}
