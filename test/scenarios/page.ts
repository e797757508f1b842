/** docs/reference/scenarios.md: each scenario with the tests that show it, or why none does. */
import { type Group, groups, type Scenario, scenarios } from "./list.ts"
import { testsOf } from "./names.ts"

const linked = (path: string): string => `[${path.split("/").slice(1).join("/")}](../../${path})`

export const scenariosReference = (): string => {
  const tests = testsOf()
  const state = ({ number, outOfReach, lacking }: Scenario): string =>
    outOfReach !== undefined ? "out of reach" : lacking !== undefined ? "lacking" : tests.has(number) ? "tested" : "not yet"
  const count = (wanted: string) => scenarios.filter((one) => state(one) === wanted).length
  const row = (one: Scenario): string => {
    const files = (tests.get(one.number) ?? []).map(linked).join(", ")
    const reason = one.outOfReach ?? one.lacking
    const why = reason === undefined ? "" : `${reason}${files === "" ? "" : "; near to it: "}`
    return `| ${one.number} | ${one.says} | ${state(one)} | ${why}${files} |`
  }
  const section = (group: Group): string =>
    [
      `## ${groups[group]}`,
      "",
      "| | what must hold | | by |",
      "|---|---|---|---|",
      ...scenarios.filter((one) => one.group === group).map(row)
    ].join("\n")
  return `${[
    "# Scenarios",
    "Made by `npm run docs` from `test/scenarios/list.ts` and the names of the tests; do not edit.",
    `${scenarios.length} things that an incremental run must get right: ${count("tested")} are tested, ${count("out of reach")} are out of reach here, ${count("lacking")} are lacking something, ${count("not yet")} have no test yet. ` +
      "A test that shows one begins its name with the number, `12: …`, or with several, `12, 14–16: …`. " +
      "All of them run in `npm test`; `npm run scenarios` runs those alone and prints a line for each scenario, with its outcome.",
    ...(Object.keys(groups) as ReadonlyArray<Group>).map(section)
  ].join("\n\n")}\n`
}
