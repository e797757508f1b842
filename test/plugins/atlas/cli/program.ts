/** Running `atlas-dataset`, as a process of its own or in this one, and reading the documents it gives. */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { afterAll } from "vitest"
import { commandLine } from "../../../../plugins/atlas/cli/command-line.ts"
import { documents } from "../../../../plugins/atlas/cli/documents.ts"
import { Terminal, type TerminalShape } from "../../../../plugins/atlas/cli/terminal.ts"

export const main = fileURLToPath(new URL("../../../../plugins/atlas/cli/main.ts", import.meta.url))
const project = fileURLToPath(new URL("../../../../", import.meta.url))

/** A file of the sample data. */
export const sample = (path: string): string => join(project, "data", path)

const top = fs.mkdtempSync(join(tmpdir(), "atlas-dataset-"))
afterAll(() => fs.rmSync(top, { recursive: true, force: true }))

/** A new folder, whose path has a space. */
export const scratch = (): string => fs.mkdtempSync(join(top, "a b-"))

/** A file with this content in a folder of its own. */
export const file = (name: string, content: string | Buffer): string => {
  const path = join(scratch(), name)
  fs.writeFileSync(path, content)
  return path
}

/** Relative path → content of every file below a folder, in the order of paths. */
export const filesBelow = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), fs.readFileSync(path, "latin1")])
  )

export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly kill: (signal: NodeJS.Signals) => void
  readonly ended: Promise<Ended>
}

/** Starts Node with these words; what it writes is collected. */
export const startNode = (words: ReadonlyArray<string>, environment: Readonly<Record<string, string>> = {}): Started => {
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env["PATH"], ...environment } })
  let [stdout, stderr] = ["", ""]
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
  return {
    kill: (signal) => void child.kill(signal),
    ended: new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr })))
  }
}

export const start = (...argv: ReadonlyArray<string>): Started => startNode([main, ...argv])

/** The program as a process of its own, to its end. */
export const run = (...argv: ReadonlyArray<string>): Effect.Effect<Ended> => Effect.promise(() => start(...argv).ended)

export interface Scripted {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The command line in this process, with a terminal that remembers what it was told. */
export const runHere = (
  argv: ReadonlyArray<string>,
  shape: Partial<TerminalShape> & { readonly tty?: boolean } = {}
): Effect.Effect<Scripted> =>
  Effect.gen(function* () {
    let [stdout, stderr] = ["", ""]
    const { tty: isTTY = false, ...more } = shape
    const code = yield* commandLine(argv, "1.2.3").pipe(
      Effect.provideService(Terminal, {
        stdout: { write: (text) => void (stdout += text), isTTY },
        stderr: { write: (text) => void (stderr += text), isTTY, columns: () => 80 },
        delivered: Effect.void,
        environment: {},
        now: () => 0,
        ...more
      })
    )
    return { code, stdout, stderr }
  })

type Documents = { readonly [K in keyof typeof documents]: (typeof documents)[K]["Type"] }

/** The one document on stdout, which must be exactly of the shape that is declared for `name`. */
export const documentOf = <K extends keyof Documents>(name: K, { stdout }: { readonly stdout: string }): Documents[K] => {
  assert.isTrue(stdout.endsWith("}\n") && stdout.indexOf("\n") === stdout.length - 1, `not one line of JSON: ${stdout}`)
  const schema: Schema.ConstraintDecoder<unknown> = documents[name]
  return Schema.decodeUnknownSync(schema)(JSON.parse(stdout), { errors: "all", onExcessProperty: "error" }) as Documents[K]
}

type GoodDocuments = { readonly [K in keyof Documents]: Extract<Documents[K], { readonly ok: true }> }

/** As `documentOf`, of a command that ended well. */
export const goodDocumentOf = <K extends keyof Documents>(name: K, ended: { readonly stdout: string }): GoodDocuments[K] => {
  const document: unknown = documentOf(name, ended)
  if (!(document as { readonly ok: boolean }).ok) throw new Error(JSON.stringify(document))
  return document as GoodDocuments[K]
}

/** Code, file, line and column of each error, as far as they are told. */
export const placesOf = (document: { readonly ok: boolean; readonly errors?: ReadonlyArray<any> | undefined }): ReadonlyArray<string> =>
  (document.errors ?? []).map(({ code, where }) => {
    const name = String(where?.path ?? "")
    return [code, name.slice(name.lastIndexOf("/") + 1), where?.line, where?.column].filter((part) => part !== undefined).join(" ")
  })

export const idFlags = (release: string, species: string, assembly: string): ReadonlyArray<string> => [
  "--release",
  release,
  "--species",
  species,
  "--assembly",
  assembly
]
