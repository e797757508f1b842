/** docs/reference/errors.md: every error code and finding, from the classes and definitions that declare them. */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { atlas } from "../../plugins/atlas/index.ts"
import { exitOfFailure } from "../../plugins/atlas/cli/exit-code.ts"
import { ContigNames } from "../../plugins/contig-names/index.ts"
import { ExpectedCounts } from "../../plugins/expected-counts/index.ts"
import { GeneDensity } from "../../plugins/gene-density/index.ts"
import { engineCodes } from "../../src/cli/Codes.ts"
import { EngineDefect } from "../../src/cli/Defect.ts"
import { configErrors } from "../../src/domain/ConfigErrors.ts"
import { CommandLineInvalid, ConfigInvalid, SelectorUnknown } from "../../src/domain/EngineErrors.ts"
import { codeOfTag, type ErrorDocs } from "../../src/domain/Failure.ts"
import { faults } from "../../src/domain/Fault.ts"
import { fileErrors } from "../../src/domain/FileErrors.ts"
import { ProgramNotStarted } from "../../src/domain/ProgramErrors.ts"
import { stateErrors } from "../../src/domain/StateErrors.ts"
import { describe, readDefinitions } from "../../src/host/Definitions.ts"
import { SandboxUnavailable } from "../../src/domain/SandboxErrors.ts"
import { IoStdout } from "../../src/report/Terminal.ts"
import type { Definition } from "../../src/domain/ProjectDocument.ts"
import { repository } from "./pages.ts"
import { table } from "./markdown.ts"

interface ErrorType {
  readonly identifier: string
  readonly docs: ErrorDocs
  readonly exit?: number
}

interface Group {
  readonly title: string
  readonly about: string
  readonly errors: ReadonlyArray<ErrorType>
}

const groups: ReadonlyArray<Group> = [
  {
    title: "The command line",
    about: "Exit 2. Nothing was opened or touched.",
    errors: [CommandLineInvalid, SelectorUnknown, SandboxUnavailable]
  },
  {
    title: "The config",
    about:
      "Exit 2. All problems of a config are told together, each with its place; nothing was touched. With `--json` they are the `problems` of `CONFIG_INVALID`.",
    errors: [ConfigInvalid, ...configErrors]
  },
  {
    title: "Faults of tasks",
    about:
      "What may befall any task, whatever it declares. The run goes on with what does not need the task, and ends with 1. In a program they come as `TaskFault`.",
    errors: faults
  },
  {
    title: "State, disk and the program itself",
    about: "Exit 3 when they end a command; as a task's failure they end the run with 1.",
    errors: [...stateErrors, ...fileErrors, ProgramNotStarted, IoStdout, EngineDefect]
  }
]

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`)
const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

const entry = (code: string, { summary, hint, example }: ErrorDocs, more: ReadonlyArray<string>): ReadonlyArray<string> => [
  "",
  `### \`${code}\``,
  "",
  sentence(capital(summary)),
  "",
  `- example: ${example === "" ? "–" : `\`${example.replaceAll("`", "'")}\``}`,
  `- remedy: ${sentence(hint)}`,
  ...more.map((line) => `- ${line}`)
]

/** The sample config's stages and the checks beside it, as a project declares them. */
const definitions = (): ReadonlyArray<Definition> => {
  const problems: Array<any> = []
  const { stages, checks } = readDefinitions(atlas.life().stages, [ContigNames, ExpectedCounts, GeneDensity], undefined, problems)
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("; "))
  return [...stages, ...checks].map(describe)
}

/** Modules that do something when imported. */
const programs = new Set(["cli/main.ts", "format/ontology/generate.ts"])

const isErrorType = (value: unknown): value is ErrorType =>
  typeof value === "function" &&
  typeof (value as { identifier?: unknown }).identifier === "string" &&
  typeof (value as { docs?: { summary?: unknown } }).docs?.summary === "string"

/** Every documented error class of the dataset plugin, declared by a stage or not. */
const pluginErrors = async (): Promise<ReadonlyArray<ErrorType>> => {
  const folder = join(repository, "plugins", "atlas")
  const found = new Map<unknown, ErrorType>()
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (!path.endsWith(".ts") || programs.has(path)) continue
    const exports = (await import(/* @vite-ignore */ pathToFileURL(join(folder, path)).href)) as Record<string, unknown>
    for (const value of Object.values(exports)) if (isErrorType(value) && value.identifier !== "PublishConflict") found.set(value, value)
  }
  // the contract's own classes, which the plugin passes on
  for (const { errors } of groups) for (const own of errors) found.delete(own)
  return [...found.values()].sort((a, b) => (a.identifier < b.identifier ? -1 : 1))
}

const stagesOf = (code: string, all: ReadonlyArray<Definition>): ReadonlyArray<string> =>
  all.filter(({ errors }) => errors.some((error) => error.code === code)).map(({ name }) => name)

export const errorsReference = async (): Promise<string> => {
  const all = definitions()
  const own = await pluginErrors()
  const engine = new Set(groups.flatMap(({ errors }) => errors.map(({ identifier }) => codeOfTag(identifier))))
  const unlisted = [...engineCodes.keys()].filter((code) => !engine.has(code))
  if (unlisted.length > 0) throw new Error(`no group of the errors reference has ${unlisted.join(", ")}`)
  return `${[
    "# Errors and findings",
    "",
    "Made by `npm run docs` from the error classes and definitions; do not edit.",
    "",
    "A code is the class's tag in capitals: `Gff3Coordinate` is `GFF3_COORDINATE`. Codes are stable. `atlas-run explain CODE` prints an entry of this page.",
    "An error has a message, a place where there is one (`path`, `line`, `column` from 1 in bytes, `byte` from 0), a hint and details.",
    "A finding is what a stage or check saw; its severity may be changed and it may be waived, see [verdicts and gates](../explanation/verdicts-and-gates.md).",
    ...groups.flatMap(({ title, about, errors }) => [
      "",
      `## ${title}`,
      "",
      about,
      ...errors.flatMap((error) => entry(codeOfTag(error.identifier), error.docs, error.exit === undefined ? [] : [`exit: ${error.exit}`]))
    ]),
    "",
    "## Datasets",
    "",
    "Of the plugin `atlas`. As a task's failure they end `atlas-run` with 1; the exit code told here is that of `atlas-dataset`.",
    ...own.flatMap((error) => {
      const code = codeOfTag(error.identifier)
      const stages = stagesOf(code, all)
      return entry(code, error.docs, [
        stages.length === 0 ? "declared by no stage" : `declared by ${stages.map((stage) => `\`${stage}\``).join(", ")}`,
        `exit of \`atlas-dataset\`: ${exitOfFailure({ _tag: error.identifier, message: "" })}`
      ])
    }),
    "",
    "## Findings",
    "",
    "By the stage or check that reports them, with the severity they are declared with.",
    ...all
      .filter(({ findings }) => Object.keys(findings).length > 0)
      .flatMap(({ name, kind, findings }) => [
        "",
        `### ${capital(kind)} ${name}`,
        ...table(
          ["Finding", "Severity", "Hint"],
          Object.entries(findings).map(([finding, { severity, hint }]) => [`\`${finding}\``, severity, hint])
        )
      ])
  ].join("\n")}\n`
}
