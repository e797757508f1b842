/** `--help` and docs/reference/cli.md, both from the tables of the commands. */
import { columns } from "../core/Layout.ts"
import type { Command } from "./Command.ts"
import { commands, defaultCommand } from "./Commands.ts"
import { type Flag, type Flags, globalFlags } from "./Flag.ts"

const exits = [
  ["0", "good"],
  ["1", "a stage, check or verification failed"],
  ["2", "the config or the command line is wrong"],
  ["3", "trouble with state, store, lock or disk, or stdout did not take the results"],
  ["4", "status --check found something stale"],
  ["128+n", "ended by signal n"]
] as const

const selectorHelp = [
  ["TARGET", "all tasks of the targets that match; * is any text, ? one character"],
  [":STAGE", "that stage of every target, and the checks on it; TARGET:STAGE:CHECK is one check"],
  ["label=value", "targets by a label"],
  ["@stale @failed", "tasks by how they stand"],
  ["…+", "and all that depends on it"],
  ["-…", "but not that"]
] as const

const usage = ({ name, words, flags }: Command<any>): string =>
  `atlas-run ${name === defaultCommand.name ? `[${name}]` : name}${words.most === 0 ? "" : ` ${words.name}`}${Object.keys(flags as Flags).length > 0 ? " [FLAGS]" : ""}`

const flagName = (name: string, { value, many }: Flag<unknown>): string =>
  `--${name}${value === null ? "" : ` ${value}`}${many ? " …" : ""}`

const flagRows = (flags: Flags): ReadonlyArray<readonly [string, string]> =>
  Object.entries(flags).map(([name, flag]) => [flagName(name, flag), flag.help])

const table = (title: string, rows: ReadonlyArray<readonly [string, string]>): ReadonlyArray<string> =>
  rows.length === 0 ? [] : ["", title, ...columns(rows.map(([left, right]) => [`  ${left}`, right]))]

const exampleRows = (examples: Command["examples"]): ReadonlyArray<readonly [string, string]> =>
  examples.map(({ line, does }) => [line, does])

export const commandHelp = (command: Command<any>): ReadonlyArray<string> => [
  usage(command),
  "",
  `  ${command.summary}`,
  ...command.detail.map((line) => `  ${line}`),
  ...(command.words.most === 0 ? [] : ["", ...columns([[`  ${command.words.name}`, command.words.help]])]),
  ...table("flags", flagRows(command.flags)),
  ...table("everywhere", flagRows(globalFlags)),
  ...table("examples", exampleRows(command.examples))
]

export const programHelp = (): ReadonlyArray<string> => [
  "atlas-run [COMMAND] [FLAGS] [SELECTOR…]",
  "",
  "  brings every target of atlas.config.ts through its stages, and runs only what is stale",
  ...table(
    "commands (atlas-run COMMAND --help tells more)",
    commands.map((command) => [`${command.name}${command === defaultCommand ? " (default)" : ""}`, command.summary])
  ),
  ...table("selectors", selectorHelp),
  ...table("everywhere", flagRows(globalFlags)),
  ...table("exit codes", exits),
  ...table("examples", exampleRows(defaultCommand.examples))
]

const cell = (text: string): string => text.replaceAll("|", "\\|")

const markdownTable = (
  heads: readonly [string, string],
  rows: ReadonlyArray<readonly [string, string]>,
  code: boolean
): ReadonlyArray<string> =>
  rows.length === 0
    ? []
    : [
        "",
        `| ${heads[0]} | ${heads[1]} |`,
        "|---|---|",
        ...rows.map(([left, right]) => `| ${code ? `\`${cell(left)}\`` : cell(left)} | ${cell(right)} |`)
      ]

const commandReference = (command: Command<any>): ReadonlyArray<string> => [
  "",
  `## ${command.name}`,
  "",
  `\`${usage(command)}\``,
  "",
  `${command.summary.slice(0, 1).toUpperCase()}${command.summary.slice(1)}.`,
  ...(command.detail.length === 0 ? [] : ["", ...command.detail]),
  ...markdownTable(["Argument", ""], command.words.most === 0 ? [] : [[command.words.name, command.words.help]], true),
  ...markdownTable(["Flag", ""], flagRows(command.flags), true),
  ...markdownTable(["Example", ""], exampleRows(command.examples), true)
]

/** docs/reference/cli.md, whole. */
export const cliReference = (): string =>
  [
    "# The command line of atlas-run",
    "",
    "Made from the tables in `src/cli/`; do not edit.",
    "",
    `\`atlas-run [COMMAND] [FLAGS] [SELECTOR…]\`; without a command it is \`${defaultCommand.name}\`.`,
    "Results go to stdout, progress, logs and errors to stderr.",
    ...commands.flatMap(commandReference),
    "",
    "## Selectors",
    ...markdownTable(["Selector", ""], selectorHelp, true),
    "",
    "## Flags of every command",
    ...markdownTable(["Flag", ""], flagRows(globalFlags), true),
    "",
    "## Exit codes",
    ...markdownTable(["Code", ""], exits, false),
    "",
    "The first that holds of 128+n, 3, 2, 1, 4.",
    ""
  ].join("\n")
