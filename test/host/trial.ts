/** What the laws of a host are tried with: configs, a folder, and documents sent and checked. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { Effect, Schema, type Scope } from "effect"
import { HostEvent, type Need, ObservationDocument, ResultDocument } from "../../src/domain/TaskDocument.ts"
import { Host } from "../../src/ports/Host.ts"
import { observeDocument, taskDocument } from "./documents.ts"

/** Registers one law of the layer under test. */
export type Law = (sentence: string, body: Effect.Effect<void, unknown, Host | Scope.Scope>) => void

export const config = join(import.meta.dirname, "fixtures/laws.config.ts")
export const broken = join(import.meta.dirname, "fixtures/broken-configs/several.mjs")
export const absent = join(import.meta.dirname, "fixtures/not-there.ts")

/** The line of the config that holds `text`, from 1. */
export const lineOf = (text: string): number =>
  readFileSync(config, "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text)) + 1

export const folder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    const made = mkdtempSync(join(tmpdir(), "atlas-run host "))
    writeFileSync(join(made, "source.txt"), "abc\n")
    mkdirSync(join(made, "store"))
    return made
  }),
  (made) => Effect.sync(() => rmSync(made, { recursive: true }))
)

export const wrote = (at: string, text: string): ReadonlyArray<Need> => {
  writeFileSync(join(at, "written"), text)
  return [
    {
      name: "write",
      task: "a:write",
      outputs: [
        { name: "made", kind: "file", path: join(at, "written"), value: null, digest: "" },
        { name: "size", kind: "value", path: null, value: String(text.length), digest: "" }
      ]
    }
  ]
}

/** Documents have to survive JSON, since they cross a pipe. */
export const asJson = <A>(document: A): A => JSON.parse(JSON.stringify(document)) as A

/** Executes a task in a folder of its own; every document and event is a valid one. */
export const execute = (id: string, own: Parameters<typeof taskDocument>[3] = {}) =>
  Effect.gen(function* () {
    const host = yield* Host
    const { project } = yield* host.evaluate
    const at = yield* folder
    const events: Array<HostEvent> = []
    const document = taskDocument(project, id, at, own)
    const result = yield* host.execute(document, (event) => events.push(event))
    assert.deepStrictEqual(result, asJson(result))
    Schema.decodeUnknownSync(ResultDocument)(result, { onExcessProperty: "error" })
    for (const event of events) Schema.decodeUnknownSync(HostEvent)(event, { onExcessProperty: "error" })
    return { result, events, document, at }
  })

/** Asks after the cell of `share`, in whose place `text` stands. */
export const observe = (text: string, own: (at: string) => Parameters<typeof observeDocument>[3]) =>
  Effect.gen(function* () {
    const host = yield* Host
    const { project } = yield* host.evaluate
    const at = yield* folder
    writeFileSync(join(at, "store/cell.json"), text)
    const observation = yield* host.observe(observeDocument(project, "a:share", at, own(at)))
    Schema.decodeUnknownSync(ObservationDocument)(asJson(observation), { onExcessProperty: "error" })
    return { observation, at }
  })
