import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join, relative, resolve } from "node:path"
import { Effect } from "effect"
import { CommandLineInvalid } from "../domain/EngineErrors.ts"
import { attempt } from "../ports/Errno.ts"
import { pathText } from "../report/ErrorText.ts"
import { Terminal } from "../report/Terminal.ts"
import { answer } from "./Answer.ts"
import { checkFiles, type Names } from "./CheckTemplate.ts"
import { command } from "./Command.ts"
import { text } from "./Flag.ts"
import { stageFiles } from "./StageTemplate.ts"

const kinds = { check: checkFiles, stage: stageFiles } as const

const namesOf = (name: string): Names | null =>
  /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) && name.length <= 64
    ? { name, type: name.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase()) }
    : null

const isKind = (kind: string): kind is keyof typeof kinds => Object.hasOwn(kinds, kind)

export const New = command({
  name: "new",
  summary: "write the folder of a new check or stage: code, README, and a test that passes",
  detail: [
    "What is written works as it stands, and is small: change it into what you want, its test first.",
    "Nothing that is there is overwritten."
  ],
  words: { name: "check|stage NAME", least: 2, most: 2, help: "what to write, and its name: lower case, words joined by -" },
  flags: { in: text("FOLDER", "where the new folder goes; plugins/ if absent") },
  examples: [
    { line: "atlas-run new check line-length", does: "writes plugins/line-length/" },
    { line: "atlas-run new stage sort-lines", does: "writes plugins/sort-lines/" }
  ],
  run: ({ words, flags, globals }) =>
    Effect.gen(function* () {
      const { folder: here } = yield* Terminal
      const [kind = "", name = ""] = words
      if (!isKind(kind))
        return yield* new CommandLineInvalid({
          message: `new makes a check or a stage, not ${JSON.stringify(kind)}`,
          hint: "See `atlas-run new --help`."
        })
      const names = namesOf(name)
      if (names === null)
        return yield* new CommandLineInvalid({
          message: `${JSON.stringify(name)} is no name for a ${kind}`,
          hint: "Lower-case letters and digits, words joined by -, e.g. line-length."
        })
      const folder = join(resolve(here, flags.in ?? "plugins"), name)
      if (existsSync(folder))
        return yield* new CommandLineInvalid({
          message: `${pathText(folder, here)} is there already`,
          where: { path: folder },
          hint: "Choose another name, or another place with --in FOLDER."
        })
      const files = kinds[kind](names)
      yield* attempt("create", folder, () => void mkdirSync(folder, { recursive: true }))
      for (const [file, content] of files) {
        const path = join(folder, file)
        yield* attempt("write", path, () => writeFileSync(path, content, { flag: "wx" }))
      }
      const test = join(folder, `${name}.test.ts`)
      const document = { atlas: "new/1" as const, kind, name, folder, files: [...files.keys()], test }
      yield* answer(globals.json, document, () => [
        ...document.files.map((file) => pathText(join(folder, file), here)),
        `Its test passes as it stands: node --test ${relative(here, test)}`
      ])
      return 0
    })
})
