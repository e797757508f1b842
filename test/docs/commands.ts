/** Commands of the two programs as they stand in blocks and in inline code. */
import { readArguments as readDataset } from "../../plugins/atlas/cli/arguments.ts"
import { readArguments as readRun } from "../../src/cli/Arguments.ts"
import { commands } from "../../src/cli/Commands.ts"
import type { Page } from "./pages.ts"

const programs = /\b(atlas-(?:run|dataset))(?= |$)([^`\n#]*)/

/** Words of a simple command: quotes are taken off, nothing else is understood. */
const wordsOf = (command: string): ReadonlyArray<string> => {
  const words: Array<string> = []
  for (const match of command.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)) {
    if (/^(?:\||\|\||&&|>|>>|2>|;|\))/.test(match[0])) break
    words.push(match[0].replace(/'([^']*)'|"([^"]*)"/g, "$1$2"))
  }
  return words
}

/** Upper-case words stand for something: such a line is a form, not a command. */
const isForm = (command: string): boolean => /[…[\]]|\b[A-Z]{3,}(?![\w./-])/.test(command.replace(/'[^']*'/g, ""))

/** Block lines and inline code that begin with a program's name (or `npx`), as written. */
export const commandsIn = ({ blocks, prose }: Page): ReadonlyArray<string> => {
  const inline = prose.flatMap((line) => [...line.replaceAll("\\|", "|").matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ""))
  const lines = blocks
    .filter(({ language }) => language !== "ts" && language !== "json")
    .flatMap(({ text }) => text.replaceAll("\\\n", " ").split("\n"))
  return [
    ...inline.filter((code) => /^(?:npx )?atlas-(?:run|dataset)\b/.test(code)),
    ...lines.filter((line) => /(?:^|npx |[$] )atlas-(?:run|dataset) /.test(line))
  ]
    .map((line) => programs.exec(line)?.[0].trim() ?? "")
    .filter((command) => command.includes(" ") && !isForm(command) && !/ broke:| --(?:help|version)$/.test(command))
}

/** Named by hints of the engine before they are built. */
const notYet = new Set(["show", "logs"])

export const commandProblems = (command: string): ReadonlyArray<string> => {
  const [program = "", ...words] = wordsOf(command)
  const [first = ""] = words
  // such a word would be read as a selector
  if (program === "atlas-run" && /^[a-z-]+$/.test(first) && !first.startsWith("-") && !commands.some(({ name }) => name === first))
    return notYet.has(first) ? [] : [`there is no command ${first}`]
  const { problems } = program === "atlas-run" ? readRun(words) : readDataset(words)
  // text names a command without all that it wants; where it is run, the run tells
  return problems.map(({ message }) => message).filter((message) => !message.endsWith(" is missing"))
}
