/** Results to keep in a cache: real files with the trace that an execution would have left. */
import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import type { Trace, TracedOutput } from "../../src/domain/Trace.ts"
import type { PutRequest } from "../../src/ports/Cache.ts"
import { absent, FileDigests } from "../../src/ports/FileDigests.ts"

export const definition = "count"

export const rowsOf = (input: string): Trace["rows"] => [
  { kind: "engine", subject: "engine", value: "engine/1", note: null },
  { kind: "input", subject: "table", value: `sha256:${input}`, note: "3 bytes" }
]

/** What an execution wrote: a file with its text, or a folder of whatever `write` puts there. */
export type Wrote = { readonly text: string } | { readonly write: (folder: string) => void }

/** Writes outputs below `home/build/<input>` and tells them as a put does. */
export const execution = (home: string, input: string, outputs: Readonly<Record<string, Wrote>>, own: Partial<Trace> = {}) =>
  Effect.gen(function* () {
    const digests = yield* FileDigests
    const traced: Array<TracedOutput> = []
    const places = new Map<string, string>()
    for (const [name, wrote] of Object.entries(outputs)) {
      const at = path.join(home, "build", input, name)
      fs.rmSync(at, { recursive: true, force: true })
      fs.mkdirSync(path.dirname(at), { recursive: true })
      if ("text" in wrote) fs.writeFileSync(at, wrote.text)
      else {
        fs.mkdirSync(at)
        wrote.write(at)
      }
      places.set(name, at)
      const tree = yield* digests.fresh.tree(at)
      if (tree === absent) return yield* Effect.die(new Error(`${at} was not written`))
      const kind = "text" in wrote ? "file" : "folder"
      traced.push({ name, kind, path: `build/${input}/${name}`, value: null, digest: tree.digest, files: tree.files })
    }
    const trace: Trace = {
      atlas: "trace/1",
      task: "a:count",
      run: "r-1",
      at: "2027-01-01T00:00:00.000Z",
      ms: 7,
      rows: rowsOf(input),
      outputs: traced,
      findings: [{ name: "odd", at: "1", message: 'a "quoted" one' }],
      summary: "7 rows",
      applied: null,
      ...own
    }
    return { definition, trace, places } satisfies PutRequest as PutRequest
  }).pipe(Effect.provide(FileDigests.layerForgetful), Effect.orDie)

/** Everything that a copy must bring along, as text: contents, links, empty folders, permissions. */
export const portrait = (root: string): Readonly<Record<string, string>> => {
  const names = fs.lstatSync(root).isDirectory() ? fs.readdirSync(root, { recursive: true, encoding: "utf8" }).sort() : []
  return Object.fromEntries(
    ["", ...names].map((name) => {
      const at = path.join(root, name)
      const stat = fs.lstatSync(at)
      const mode = (stat.mode & 0o777).toString(8)
      if (stat.isSymbolicLink()) return [name, `-> ${fs.readlinkSync(at)}`]
      return [name, stat.isDirectory() ? `${mode} /` : `${mode} ${fs.readFileSync(at, "latin1")}`]
    })
  )
}

/** All files below a folder, absolute. */
export const filesIn = (folder: string): ReadonlyArray<string> =>
  fs.existsSync(folder)
    ? fs
        .readdirSync(folder, { recursive: true, encoding: "utf8" })
        .map((name) => path.join(folder, name))
        .filter((at) => fs.lstatSync(at, { throwIfNoEntry: false })?.isFile() === true)
        .sort()
    : []

/** As if it had last been used so many hours ago. */
export const aged = (files: ReadonlyArray<string>, hours: number): void => {
  const then = new Date(Date.now() - hours * 3_600_000)
  for (const file of files) fs.utimesSync(file, then, then)
}
