import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { type AnyCheck, Check, Stage } from "atlas-run/plugin"
import { type CheckCard, checkLaws } from "atlas-run/testing"

const folder = mkdtempSync(join(tmpdir(), "atlas-run-laws-"))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

class Lines extends Stage("lines")({
  target: Schema.Struct({}),
  needs: [],
  options: Schema.Struct({}),
  inputs: () => ({}),
  outputs: { text: "file" },
  errors: [],
  findings: {},
  run: () => Effect.void
}) {}

const shape = {
  on: Lines,
  options: Schema.Struct({ most: Schema.Int }),
  findings: { long: { severity: "error", hint: "" } },
  errors: []
} as const

const linesOf = (path: string): ReadonlyArray<string> => readFileSync(path, "utf8").trimEnd().split("\n")

class Short extends Check("short")({
  ...shape,
  run: ({ subject, options, report }) =>
    Effect.gen(function* () {
      for (const line of linesOf(subject.text))
        if (line.length > options.most) yield* report("long", { at: line, message: `above ${options.most}` })
    })
}) {}

const card: CheckCard<typeof Short> = {
  readme: file("README.md", 'Options:\n\n```json\n{ "most": 3 }\n```\n'),
  passes: { subject: { text: file("short.txt", "ab\nabc\n") }, options: { most: 3 } },
  fails: [
    {
      subject: { text: file("long.txt", "abcd\nabc\nabcde\n") },
      options: { most: 3 },
      finds: [
        { name: "long", at: "abcd" },
        { name: "long", at: "abcde" }
      ]
    }
  ]
}

/** Names of the laws that are broken, each with its sentence. */
const broken = async (check: AnyCheck, changed: Partial<CheckCard<typeof Short>> = {}): Promise<ReadonlyArray<string>> => {
  const sentences: Array<string> = []
  for (const law of checkLaws(check as typeof Short, { ...card, ...changed }))
    await law.holds().catch((reason: Error) => sentences.push(`${law.name}: ${reason.message}`))
  return sentences
}

/** `Short` with another way to run. */
const but = (run: (task: any) => Effect.Effect<void, any, any>): AnyCheck =>
  Check("short")({ ...shape, run: run as (task: unknown) => Effect.Effect<void> })

/** What the law that begins with `law` says. */
const tells = (sentences: ReadonlyArray<string>, law: string): string => sentences.find((line) => line.startsWith(law)) ?? `${law} holds`

describe("the laws of a check", () => {
  it("hold for a check that keeps them", async () => {
    assert.deepStrictEqual(await broken(Short), [])
    assert.strictEqual(checkLaws(Short, card).length, 8)
  })

  it("hold for a check with options and gates of its own", async () => {
    assert.deepStrictEqual(await broken(Short.with({ most: 3 }, { gates: [Lines] })), [])
  })

  it("tell of a declaration that no project would take", async () => {
    assert.include(tells(await broken(Check("Not Short")(shape as any)), "is declared"), 'check name "Not Short"')
  })

  it("tell of a README whose example does not decode, or shows none", async () => {
    assert.include(
      tells(await broken(Short, { readme: file("typo.md", '```json\n{ "mots": 3 }\n```\n') }), "takes the options"),
      "option mots"
    )
    assert.include(
      tells(await broken(Short, { readme: file("value.md", '```json\n{ "most": "3" }\n```\n') }), "takes the options"),
      "option most"
    )
    assert.include(tells(await broken(Short, { readme: file("none.md", "no block\n") }), "takes the options"), "no json block")
  })

  it("tell of a right sample that it refuses, and of a wrong one that it takes", async () => {
    assert.include(tells(await broken(Short, { passes: { ...card.passes, options: { most: 2 } } }), "passes"), "it finds long at abc")
    assert.include(
      tells(await broken(but(() => Effect.void)), "fails what is wrong"),
      "finds nothing instead of long at abcd, long at abcde"
    )
  })

  it("tell of findings in another order, and of one without a message", async () => {
    const reversed = but(({ subject, options, report }) =>
      Effect.forEach(
        linesOf(subject.text)
          .filter((line) => line.length > options.most)
          .toReversed(),
        (at) => report("long", { at, message: "x" }),
        { discard: true }
      )
    )
    assert.include(tells(await broken(reversed), "fails what is wrong"), "long at abcde, long at abcd instead of")
    const silent = but(({ subject, options, report }) =>
      Effect.forEach(
        linesOf(subject.text).filter((line) => line.length > options.most),
        (at) => report("long", { at, message: " " }),
        { discard: true }
      )
    )
    assert.include(tells(await broken(silent), "fails what is wrong"), "has no message")
  })

  it("tell of a finding that no sample shows", async () => {
    const more = Check("short")({
      ...shape,
      findings: { ...shape.findings, empty: { severity: "warning", hint: "" } },
      run: () => Effect.void
    })
    assert.include(tells(await broken(more), "shows every finding"), "no sample shows empty")
  })

  it("tell of an error that it ends in, of one that it does not declare, and of what breaks", async () => {
    class Unread extends Schema.TaggedError<Unread>()("Unread", { message: Schema.String }) {}
    assert.include(
      tells(await broken(but(() => Effect.fail(new Unread({ message: "no" })))), "passes"),
      "short fails with Unread: add it to errors"
    )
    assert.include(tells(await broken(but(() => Effect.die(new Error("bug")))), "passes"), "short broke: bug")
  })

  it("tell of a check that remembers", async () => {
    let runs = 0
    const counts = but(({ report }) => report("long", { at: String(runs++), message: "x" }))
    assert.include(tells(await broken(counts), "finds the same twice"), "first long at")
  })

  it("tell of a check that writes into its subject", async () => {
    const appends = but(({ subject }) => Effect.sync(() => appendFileSync(subject.text, "x\n")))
    assert.include(
      tells(await broken(appends, { passes: { subject: { text: file("own.txt", "a\n") }, options: { most: 3 } } }), "leaves its subject"),
      "changed while it looked"
    )
  })

  it("tell of a check that an interruption leaves in another state", async () => {
    let locked = false
    const locks = but(({ report }) =>
      Effect.gen(function* () {
        if (locked) return
        locked = true
        yield* report("long", { at: "abcd", message: "x" })
        yield* Effect.yieldNow
        yield* report("long", { at: "abcde", message: "x" })
        locked = false
      })
    )
    assert.include(tells(await broken(locks), "survives interruption"), "afterwards it finds")
  })
})
