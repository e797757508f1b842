/** Reads a command line by the tables of the commands. Total: what is wrong is told, all at once. */
import type { Command } from "./command.ts"
import { commands, groups } from "./commands.ts"
import { CommandLineInvalid } from "./errors.ts"
import { type Flag, type Flags, globalFlags, type Globals } from "./flag.ts"
import { nearest } from "./nearest.ts"
import { oneLine } from "./text.ts"

export interface Line {
  /** Undefined where none was named, or one that does not exist. */
  readonly command: Command<any, any> | undefined
  /** The first word of commands of two words, if that is all that was named. */
  readonly group: string | undefined
  readonly flags: Readonly<Record<string, unknown>>
  readonly globals: Globals
  readonly words: ReadonlyArray<string>
}

/** `line` says what can be said of `--help`, `--json` and the like even if the rest is wrong. */
export interface Reading {
  readonly line: Line
  readonly problems: ReadonlyArray<CommandLineInvalid>
}

const every: Flags = Object.assign({}, ...commands.map(({ flags }) => flags), globalFlags)

interface Given {
  readonly name: string
  /** As written, without its value. */
  readonly raw: string
  readonly value: string | undefined
  readonly inline: boolean
}

interface Split {
  readonly given: ReadonlyArray<Given>
  readonly positionals: ReadonlyArray<string>
}

/** Which words are flags, which their values. A word behind an unknown flag is taken as its value. */
const split = (argv: ReadonlyArray<string>): Split => {
  const given: Array<Given> = []
  const positionals: Array<string> = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string
    if (word === "--") {
      positionals.push(...argv.slice(i + 1))
      break
    }
    if (!word.startsWith("-") || word === "-") {
      positionals.push(word)
      continue
    }
    const equals = word.indexOf("=")
    const raw = equals < 0 ? word : word.slice(0, equals)
    const name = raw === "-h" ? "help" : raw.startsWith("--") ? raw.slice(2) : ""
    const flag = Object.hasOwn(every, name) ? every[name] : undefined
    const next = argv[i + 1]
    const takesNext =
      equals < 0 && next !== undefined && !next.startsWith("-") && (flag === undefined ? positionals.length > 0 : flag.value !== null)
    if (takesNext) i++
    given.push({ name, raw, value: equals >= 0 ? word.slice(equals + 1) : takesNext ? next : undefined, inline: equals >= 0 })
  }
  return { given, positionals }
}

const list = (names: ReadonlyArray<string>, last: string): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}`

const meant = (near: ReadonlyArray<string>): string => (near.length === 0 ? "" : `; did you mean ${list(near, "or")}?`)

const bare = (raw: string): string => raw.replace(/^-+/, "")

const unknownFlag = (raw: string, command: Command<any, any>): string => {
  const known = Object.keys(command.flags as Flags)
  const near = nearest(bare(raw), [...known, ...Object.keys(globalFlags)]).map((name) => `--${name}`)
  if (near.length > 0) return `unknown flag ${raw}${meant(near)}`
  const all = list(
    (known.length === 0 ? Object.keys(globalFlags) : known).map((name) => `--${name}`),
    "and"
  )
  return `unknown flag ${raw}; ${command.name} takes ${all}`
}

const unknownCommand = (words: ReadonlyArray<string>): string => {
  const [first, second] = words
  const names = commands.map(({ name }) => name)
  if (first === undefined) return "no command was named"
  const inGroup = names.filter((name) => name.startsWith(`${first} `))
  if (inGroup.length > 0) {
    const subcommands = inGroup.map((name) => name.slice(first.length + 1))
    if (second === undefined) return `${first} wants one of ${list(subcommands, "or")}`
    return `unknown command ${first} ${second}${meant(nearest(second, subcommands).map((name) => `${first} ${name}`)) || `; there is ${list(inGroup, "and")}`}`
  }
  return `unknown command ${first}${meant(nearest(first, [...names, ...groups])) || `; there is ${list([...names], "and")}`}`
}

/** The text of one flag as its reader takes it, or what is wrong with how it was given. */
const textOf = (given: ReadonlyArray<Given>, flag: Flag<unknown>): { readonly text?: string; readonly wrong?: string } => {
  const [first, second] = given
  if (first === undefined) return {}
  if (flag.value === null) return first.inline ? { wrong: `${first.raw} takes no value` } : { text: "" }
  if (second !== undefined) return { wrong: `${first.raw} was given ${given.length} times` }
  return first.value === undefined ? { wrong: `${first.raw} wants a value: ${first.raw} ${flag.value}` } : { text: first.value }
}

/** `excused`: flags that are not missed, since something unknown was given that may mean them. */
const readFlags = (flags: Flags, given: ReadonlyArray<Given>, excused: ReadonlySet<string> = new Set()) => {
  const values: Record<string, unknown> = {}
  const problems: Array<string> = []
  for (const [name, flag] of Object.entries(flags)) {
    const { text, wrong } = textOf(
      given.filter((each) => each.name === name),
      flag
    )
    const reading = flag.read(text)
    if (wrong !== undefined) problems.push(wrong)
    else if ("ok" in reading) values[name] = reading.ok
    else if (text !== undefined) problems.push(`--${name} ${reading.wrong}`)
    else if (!excused.has(name)) problems.push(`--${name} ${flag.value} is missing`)
  }
  return { values, problems }
}

/** Global flags that could not be read are as if they had not been given. */
const globalsOf = (values: Readonly<Record<string, unknown>>): Globals => {
  const absent = readFlags(globalFlags, []).values
  return { ...absent, ...values } as unknown as Globals
}

const wordProblems = ({ name, words: declared }: Command<any, any>, words: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (words.includes("")) return [`${name} was given an empty word`]
  if (declared === undefined) return words.length === 0 ? [] : [`${name} takes no words, and was given ${words.join(" ")}`]
  const { count = 1 } = declared
  if (words.length > count)
    return [`${name} takes ${count === 1 ? `one ${declared.name}` : declared.name}, and was given ${words.length}: ${words.join(" ")}`]
  return declared.required && words.length < count ? [`${name} wants ${declared.name}`] : []
}

const named = (positionals: ReadonlyArray<string>) => {
  for (const length of [2, 1]) {
    const name = positionals.slice(0, length).join(" ")
    const command = commands.find((each) => each.name === name)
    if (command !== undefined) return { command, words: positionals.slice(length) }
  }
  return { command: undefined, words: positionals }
}

export const readArguments = (argv: ReadonlyArray<string>): Reading => {
  const { given, positionals } = split(argv)
  const { command, words } = named(positionals)
  const global = readFlags(globalFlags, given)
  const globals = globalsOf(global.values)
  const invalid = (messages: ReadonlyArray<string>) =>
    messages.map(
      (message) =>
        new CommandLineInvalid({
          message: oneLine(message),
          hint: `see \`atlas-dataset ${command === undefined ? "" : `${command.name} `}--help\``
        })
    )
  if (command === undefined) {
    const group = groups.find((each) => each === positionals[0])
    return { line: { command, group, flags: {}, globals, words }, problems: invalid([...global.problems, unknownCommand(positionals)]) }
  }
  const strangers = given.filter(({ name }) => !Object.hasOwn(command.flags as Flags, name) && !Object.hasOwn(globalFlags, name))
  const meantFlags = new Set(strangers.flatMap(({ raw }) => nearest(bare(raw), Object.keys(command.flags as Flags))))
  const own = readFlags(command.flags as Flags, given, meantFlags)
  const problems = [
    ...global.problems,
    ...strangers.map(({ raw }) => unknownFlag(raw, command)),
    ...own.problems,
    // A word behind an unknown flag may be the one that is missing.
    ...(strangers.length > 0 ? [] : wordProblems(command, words))
  ]
  const conflicts = problems.length > 0 ? [] : (command.conflicts?.(own.values as never, words) ?? [])
  return {
    line: { command, group: undefined, flags: own.values, globals, words },
    problems: invalid([...problems, ...conflicts])
  }
}
