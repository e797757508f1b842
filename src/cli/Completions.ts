import { Effect } from "effect"
import type { CompletionsDocument } from "../domain/ViewDocuments.ts"
import { completionScript, shells, type Vocabulary } from "../report/CompletionScript.ts"
import { answer } from "./Answer.ts"
import { engineCodes } from "./Codes.ts"
import { type Command, command } from "./Command.ts"
import { type Flags, globalFlags } from "./Flag.ts"
import { CommandLineInvalid } from "../domain/EngineErrors.ts"

const flagsOf = (flags: Flags): Vocabulary["flags"] =>
  Object.entries(flags).map(([name, { value, help }]) => ({
    name: `--${name}`,
    help,
    value: value === null ? null : { choices: value.includes("|") ? value.split("|") : [], file: value.startsWith("FILE") }
  }))

/** What can be typed, from the tables that the command line is read by. */
const vocabulary = ({ commands, standard }: Table): Vocabulary => ({
  program: "atlas-run",
  standard,
  flags: flagsOf(globalFlags),
  commands: commands.map(({ name, summary, flags, words }) => ({
    name,
    summary,
    flags: flagsOf(flags),
    words: name === "explain" ? [...engineCodes.keys()] : name === "completions" ? [...shells] : name === "cache" ? ["stats"] : [],
    file: words.name.includes("FILE")
  }))
})

interface Table {
  readonly commands: ReadonlyArray<Command<any>>
  /** Name of the command that is meant when none is named. */
  readonly standard: string
}

/** `table` is asked late: the list of commands holds this one too. */
export const completions = (table: () => Table) =>
  command({
    name: "completions",
    summary: "a script that lets bash, zsh or fish complete commands, flags and their values",
    detail: [
      "Made from the tables that the command line is read by, so it knows what this version knows. Print it where your shell looks."
    ],
    words: { name: "SHELL", least: 1, most: 1, help: "bash, zsh or fish" },
    flags: {},
    examples: [
      { line: "atlas-run completions bash > ~/.local/share/bash-completion/completions/atlas-run", does: "for bash, from its next start" },
      { line: "atlas-run completions fish > ~/.config/fish/completions/atlas-run.fish", does: "for fish, at once" }
    ],
    run: ({ words, globals }) =>
      Effect.gen(function* () {
        const shell = shells.find((one) => one === words[0])
        if (shell === undefined)
          return yield* new CommandLineInvalid({
            message: `completions knows ${shells.join(", ")}, not ${words[0] ?? ""}`,
            hint: "See `atlas-run completions --help`."
          })
        const script = completionScript(shell, vocabulary(table()))
        const document: CompletionsDocument = { atlas: "completions/1", shell, script: script.join("\n") }
        yield* answer(globals.json, document, () => script)
        return 0
      })
  })
