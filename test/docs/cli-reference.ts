/** docs/reference/cli.md: both command lines, from the tables that parse them. */
import { commands } from "../../plugins/atlas/cli/commands.ts"
import type { Command } from "../../plugins/atlas/cli/command.ts"
import { type Flag, globalFlags } from "../../plugins/atlas/cli/flag.ts"
import { programHelp } from "../../plugins/atlas/cli/help.ts"
import { cliReference as engineReference } from "../../src/cli/Help.ts"
import { table } from "./markdown.ts"

type Rows = ReadonlyArray<ReadonlyArray<string>>

const flagRows = (flags: Readonly<Record<string, Flag<unknown>>>): Rows =>
  Object.entries(flags).map(([name, { value, help, required }]) => [
    `\`--${name}${value === null ? "" : ` ${value}`}\``,
    required ? "wanted" : "",
    help
  ])

const commandReference = ({ name, summary, detail, words, flags, examples }: Command<any, any>): ReadonlyArray<string> => [
  "",
  `### atlas-dataset ${name}`,
  "",
  `${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`,
  ...(detail.length === 0 ? [] : ["", ...detail]),
  ...(words === undefined ? [] : table(["Argument", "", ""], [[`\`${words.name}\``, words.required ? "wanted" : "", words.help]])),
  ...table(["Flag", "", ""], flagRows(flags as Readonly<Record<string, Flag<unknown>>>)),
  ...table(
    ["Example", ""],
    examples.map(({ line, does }) => [`\`${line}\``, does])
  )
]

/** Rows of `code  meaning` under the help's heading "exit codes". */
const exitRows = (): Rows => {
  const help = programHelp()
  const from = help.indexOf("exit codes") + 1
  const to = help.indexOf("", from)
  return help.slice(from, to).map((line) => {
    const [, code = "", meaning = ""] = /^\s*(\S+)\s+(.*)$/.exec(line) ?? []
    return [code, meaning]
  })
}

/** One level down: the engine's page begins with its own title. */
const lowered = (text: string): ReadonlyArray<string> =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => (/^#+ /.test(line) ? `#${line}` : line))
    .filter((line) => !line.startsWith("Made from"))

export const cliReference = (): string =>
  `${[
    "# The command lines",
    "",
    "Made by `npm run docs` from the tables in `src/cli/` and `plugins/atlas/cli/`; do not edit.",
    "",
    ...lowered(engineReference()),
    "",
    "## The command line of atlas-dataset",
    "",
    "Takes one dataset through its life, on explicit paths and without a config.",
    ...commands.flatMap(commandReference),
    "",
    "### Flags of every command of atlas-dataset",
    ...table(["Flag", "", ""], flagRows(globalFlags)),
    "",
    "### Exit codes of atlas-dataset",
    ...table(["Code", ""], exitRows())
  ]
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")}\n`
