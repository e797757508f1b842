/** The table of results, for docs/reference/arena.md. */
import { availableParallelism, cpus, release, type } from "node:os"
import { cell } from "./match.mjs"
import { rounds } from "./rounds.mjs"

/** `entries`: `{ tool, version, date, outcomes }` or `{ tool, problem }`. */
export const page = (entries, date) => {
  const here = entries.filter(({ outcomes }) => outcomes !== undefined)
  const missing = entries.filter(({ problem }) => problem !== undefined)
  const row = (cells) => `| ${cells.join(" | ")} |`
  const score = ({ outcomes }) => {
    const asked = [...outcomes.values()].filter((outcome) => outcome !== null)
    return `**${asked.filter(({ ok }) => ok).length} of ${asked.length}**`
  }
  const us = here.find(({ tool }) => tool.name === "atlas-run")
  const failed = us === undefined ? [] : [...us.outcomes].filter(([, outcome]) => outcome !== null && !outcome.ok).map(([id]) => id)
  return `${[
    "# The arena",
    `Made by \`npm run arena\` on ${date}: ${type()} ${release()}, ${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}). ` +
      "It installs the peers into a folder of their own (`ATLAS_ARENA`), needs the network, and is no part of `npm test`; there, atlas-run and make go through the same scenarios.",
    "Two stages, A then B. A reads its input without comments, B adds a word of its command line. Letters are the stages that were executed in the run under test, in parentheses the exit code where it was not 0. " +
      "✔: the final output is what a build from nothing gives, and no more ran than the scenario allows. –: it means nothing to the tool (no cache, no state), or the tool kept nothing to damage.",
    [
      row(["scenario", ...here.map(({ tool, version }) => `${tool.name} ${version}`)]),
      row(["---", ...here.map(() => "---")]),
      ...rounds.map(([id, says]) => row([`${id} ${says}`, ...here.map(({ outcomes }) => cell(outcomes.get(id)))])),
      row(["**✔ of those asked**", ...here.map(score)])
    ].join("\n"),
    us === undefined ? "" : failed.length === 0 ? "atlas-run fails none of them." : `atlas-run fails ${failed.join(", ")}.`,
    [
      "How each is set up:",
      "",
      ...here.map(({ tool, date: on }) => `- **${tool.name}**: ${tool.how}${on === date ? "" : ` (measured on ${on})`}`)
    ].join("\n"),
    missing.length === 0 ? "" : ["Not measured:", "", ...missing.map(({ tool, problem }) => `- **${tool.name}**: ${problem}`)].join("\n"),
    "One trial of each scenario, one machine, two stages, daemons off: s16 and s23 depend on timing. A tool that refuses a second process at once counts as right, if the first one ends well."
  ]
    .filter(Boolean)
    .join("\n\n")}\n`
}
