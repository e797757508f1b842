/** `--help`, from the tables of the commands. */
import type { Command } from "./command.ts"
import { commands } from "./commands.ts"
import { type Flag, type Flags, globalFlags } from "./flag.ts"
import { columns } from "./text.ts"

type Rows = ReadonlyArray<readonly [string, string]>

const exits: Rows = [
  ["0", "good"],
  ["1", "failed: bad input, damage, or rejected"],
  ["2", "the command line is wrong"],
  ["3", "trouble with store, lock or disk, or stdout did not take the results"],
  ["128+n", "ended by signal n"]
]

const table = (title: string, rows: Rows): ReadonlyArray<string> => (rows.length === 0 ? [] : ["", title, ...columns(rows, 2)])

/** Lines to copy, each with what it does below it. */
const exampleLines = (examples: Command["examples"]): ReadonlyArray<string> => [
  "",
  "examples",
  ...examples.flatMap(({ line, does }) => [`  ${line}`, `      ${does}`])
]

const flagName = (name: string, { value }: Flag<unknown>): string => `--${name}${value === null ? "" : ` ${value}`}`

const flagRows = (flags: Flags, required: boolean): Rows =>
  Object.entries(flags)
    .filter(([, flag]) => flag.required === required)
    .map(([name, flag]) => [flagName(name, flag), flag.help])

const usage = ({ name, flags, words }: Command<any, any>): string => {
  const required = Object.entries(flags as Flags).filter(([, flag]) => flag.required)
  return [
    `atlas-dataset ${name}`,
    ...(words === undefined ? [] : [words.required ? words.name : `[${words.name}]`]),
    ...required.map(([name, flag]) => flagName(name, flag)),
    "[FLAGS]"
  ].join(" ")
}

export const commandHelp = (command: Command<any, any>): ReadonlyArray<string> => [
  usage(command),
  "",
  `  ${command.summary}`,
  ...command.detail.map((line) => `  ${line}`),
  ...table("words", command.words === undefined ? [] : [[command.words.name, command.words.help]]),
  ...table("wanted", flagRows(command.flags, true)),
  ...table("flags", flagRows(command.flags, false)),
  ...table("everywhere", flagRows(globalFlags, false)),
  ...exampleLines(command.examples)
]

/** Of the whole program, or of the commands that begin with one word. */
export const programHelp = (group?: string): ReadonlyArray<string> => {
  const shown = group === undefined ? commands : commands.filter(({ name }) => name.startsWith(`${group} `))
  return [
    `atlas-dataset ${group === undefined ? "" : `${group} `}COMMAND [FLAGS]`,
    "",
    "  takes one dataset through its life, on explicit paths and without a config",
    ...table(
      "commands (atlas-dataset COMMAND --help tells more)",
      shown.map(({ name, summary }) => [name, summary])
    ),
    ...table("everywhere", flagRows(globalFlags, false)),
    ...table("exit codes", exits),
    ...exampleLines(shown.flatMap(({ examples }) => examples.slice(0, 1)))
  ]
}
