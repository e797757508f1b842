/** Reads a command line by the tables of the commands. Total: what is wrong is told, all at once. */
import { parseArgs } from "node:util"
import { oneLine } from "../core/Excerpt.ts"
import { nearest } from "../core/Nearest.ts"
import { CommandLineInvalid } from "../domain/EngineErrors.ts"
import type { Command } from "./Command.ts"
import { commands, defaultCommand } from "./Commands.ts"
import { type Flag, type Flags, globalFlags, type Globals } from "./Flag.ts"

export interface Line {
  readonly command: Command<any>
  /** False if no command was named. */
  readonly named: boolean
  readonly flags: Readonly<Record<string, unknown>>
  readonly globals: Globals
  readonly words: ReadonlyArray<string>
}

/** What can be said of `--help`, `--json` and the like even if the rest is wrong. */
export interface Reading {
  readonly line: Line
  readonly problems: ReadonlyArray<CommandLineInvalid>
}

/** Stands before a word that begins with a dash and is no flag: a selector that excludes. */
const Shield = "\u0000"

/** `-x`, `-j4`: what people write for a flag. Anything else after one dash is a selector that excludes. */
const shortFlag = /^-[A-Za-z]\d*$/

const shield = (argv: ReadonlyArray<string>): Array<string> => {
  const end = argv.indexOf("--")
  return argv.map((word, i) => {
    if ((end >= 0 && i >= end) || !word.startsWith("-") || word.startsWith("--") || word === "-") return word
    return shortFlag.test(word) ? word.slice(0, 2) : Shield + word
  })
}

const unshield = (word: string): string => (word.startsWith(Shield) ? word.slice(Shield.length) : word)

const every: Flags = Object.assign({}, ...commands.map(({ flags }) => flags), globalFlags)

const invalid = (message: string, command: Command<any> | null): CommandLineInvalid =>
  new CommandLineInvalid({ message: oneLine(message), hint: `See \`atlas-run ${command === null ? "" : `${command.name} `}--help\`.` })

const didYouMean = (name: string, known: Iterable<string>): string => {
  const near = nearest(name, known)
  return near.length === 0 ? "" : `; did you mean ${near.map((flag) => `--${flag}`).join(" or ")}?`
}

const unknownFlag = (raw: string, name: string, command: Command<any>): CommandLineInvalid => {
  const known = [...Object.keys(command.flags), ...Object.keys(globalFlags)]
  const owners = commands.filter(({ flags }) => Object.hasOwn(flags, name)).map(({ name }) => name)
  if (owners.length > 0) return invalid(`${raw} is no flag of ${command.name}, but of ${owners.join(" and ")}`, command)
  const short = !raw.startsWith("--")
  const near = short ? known.filter((flag) => flag.startsWith(name)).map((flag) => `--${flag}`) : []
  const meant = short ? (near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`) : didYouMean(name, known)
  return invalid(`unknown flag ${raw}${meant}`, command)
}

interface Given {
  readonly name: string
  readonly raw: string
  readonly value: string | undefined
  readonly inline: boolean
}

/** The texts of one flag, or what is wrong with how it was given. */
const textsOf = (
  given: ReadonlyArray<Given>,
  flag: Flag<unknown>,
  command: Command<any>,
  problems: Array<CommandLineInvalid>
): ReadonlyArray<string> =>
  given.flatMap(({ raw, value, inline }) => {
    if (flag.value === null) {
      if (value === undefined) return [""]
      problems.push(invalid(`${raw} takes no value`, command))
      return []
    }
    if (value === undefined || (!inline && value.startsWith("-"))) {
      problems.push(invalid(`${raw} wants a value: ${raw}=${flag.value}`, command))
      return []
    }
    return [unshield(value)]
  })

const readFlags = (
  flags: Flags,
  given: ReadonlyArray<Given>,
  command: Command<any>,
  problems: Array<CommandLineInvalid>
): Record<string, unknown> => {
  const values: Record<string, unknown> = {}
  for (const [name, flag] of Object.entries(flags)) {
    const own = given.filter((each) => each.name === name)
    const reading = flag.read(textsOf(own, flag, command, problems))
    if ("ok" in reading) values[name] = reading.ok
    else problems.push(invalid(`--${name} ${reading.wrong}`, command))
  }
  return values
}

const checkWords = (words: ReadonlyArray<string>, { name, words: { least, most, name: word } }: Command<any>): ReadonlyArray<string> => {
  if (words.length < least) return [`${name} wants ${word}`]
  if (words.length > most)
    return [`${name} takes ${most === 1 ? `one ${word}` : `at most ${most} words`}, and was given ${words.length}: ${words.join(" ")}`]
  return words.includes("") ? [`${name} was given an empty word`] : []
}

export const readArguments = (argv: ReadonlyArray<string>): Reading => {
  const options = Object.fromEntries(
    Object.entries(every).map(([name, flag]) => [
      name,
      { type: flag.value === null ? ("boolean" as const) : ("string" as const), multiple: true, ...(name === "help" ? { short: "h" } : {}) }
    ])
  )
  const { tokens } = parseArgs({ args: shield(argv), options, strict: false, allowPositionals: true, tokens: true })
  const given: Array<Given> = []
  const positionals: Array<string> = []
  let firstWord = Infinity
  let terminator = Infinity
  for (const token of tokens) {
    if (token.kind === "option-terminator") terminator = token.index
    else if (token.kind === "positional") {
      if (positionals.length === 0) firstWord = token.index
      positionals.push(unshield(token.value))
    } else given.push({ name: token.name, raw: token.rawName, value: token.value, inline: token.inlineValue === true })
  }
  const word = firstWord < terminator ? commands.find(({ name }) => name === positionals[0]) : undefined
  const command = word ?? defaultCommand
  const words = word === undefined ? positionals : positionals.slice(1)
  const problems: Array<CommandLineInvalid> = []
  const globals = readFlags(globalFlags, given, command, problems) as unknown as Globals
  const flags = readFlags(command.flags as Flags, given, command, problems)
  for (const { name, raw } of given)
    if (!Object.hasOwn(globalFlags, name) && !Object.hasOwn(command.flags as Flags, name)) problems.push(unknownFlag(raw, name, command))
  problems.push(...checkWords(words, command).map((message) => invalid(message, command)))
  return { line: { command, named: word !== undefined, flags, globals: fallback(globals), words }, problems }
}

/** A global flag that could not be read is as if it had not been given. */
const fallback = (globals: Partial<Globals>): Globals => {
  const values: Record<string, unknown> = {}
  for (const [name, flag] of Object.entries(globalFlags as Flags)) {
    const absent = flag.read([])
    values[name] = globals[name as keyof Globals] ?? ("ok" in absent ? absent.ok : undefined)
  }
  return values as unknown as Globals
}

/** For a word that was taken as a selector and is none: the command that may have been meant. */
export const meantCommand = (word: string): string | undefined =>
  nearest(
    word,
    commands.map(({ name }) => name)
  )[0]
