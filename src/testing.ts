/**
 * What plugin tests import as `atlas-run/testing`: the laws of a check as a list, for any test runner:
 * `for (const law of checkLaws(Mine, {…})) it(law.name, law.holds)`.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { isDeepStrictEqual } from "node:util"
import { Effect, type Schema } from "effect"
import type { Finding } from "./domain/Finding.ts"
import type { ErrorDocument } from "./domain/Failure.ts"
import type { HostEvent, ResultDocument, TaskDocument } from "./domain/TaskDocument.ts"
import { type CheckValue, readDefinitions } from "./host/Definitions.ts"
import { execute } from "./host/Execute.ts"
import { decodeAll, encodeJson } from "./host/SchemaProblems.ts"
import type { AnyCheck } from "./plugin/Check.ts"
import { treeRow, walk } from "./ports/FileTree.ts"

type SubjectOf<C extends AnyCheck> = C["def"]["on"] extends { readonly "~out": infer O } ? O : never
type OptionsOf<C extends AnyCheck> = C["def"]["options"] extends Schema.Top ? Partial<C["def"]["options"]["Encoded"]> : never

/** A subject to look at: the outputs of the stage that the check is on. */
export interface CheckSample<C extends AnyCheck> {
  readonly subject: SubjectOf<C>
  readonly options?: OptionsOf<C>
  readonly labels?: Readonly<Record<string, string>>
}

export interface FailingSample<C extends AnyCheck> extends CheckSample<C> {
  /** All that is found there, in order; at least one finding is an error by declaration. */
  readonly finds: ReadonlyArray<{ readonly name: keyof C["def"]["findings"] & string; readonly at: string }>
}

export interface CheckCard<C extends AnyCheck> {
  /** Path of a README whose first `json` block holds options as an example. */
  readonly readme: string
  /** Nothing is wrong: no finding that is an error by declaration. */
  readonly passes: CheckSample<C>
  /** Together they show every finding that the check declares. */
  readonly fails: readonly [FailingSample<C>, ...ReadonlyArray<FailingSample<C>>]
}

/** `holds` rejects with a sentence when the law is broken. */
export interface Law {
  readonly name: string
  readonly holds: () => Promise<void>
}

const graceMs = 10_000

class LawBroken extends Error {
  override readonly name = "LawBroken"
}

const told = (problems: ReadonlyArray<ErrorDocument>): string => problems.map(({ message }) => message).join("; ")
const shown = (findings: ReadonlyArray<{ readonly name: string; readonly at: string }>): string =>
  findings.length === 0 ? "nothing" : findings.map(({ name, at }) => `${name} at ${at}`).join(", ")

/** The check, and all stages below it, read as a project reads them. */
const valueOf = (check: AnyCheck): CheckValue => {
  const stages = new Set<any>()
  const open = [check.def.on]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (stages.has(next)) continue
    stages.add(next)
    open.push(...(next?.def?.needs ?? []), ...Object.values<unknown>(next?.def?.across ?? {}))
  }
  const problems: Array<ErrorDocument> = []
  // without its gates: they are a project's, and name stages that need not be below it
  const { def, definedAt, defaults } = check as AnyCheck & { readonly definedAt: unknown; readonly defaults: unknown }
  const { checks } = readDefinitions([...stages], [{ check: check.check, def, definedAt, defaults }], undefined, problems)
  const [value] = checks
  if (problems.length > 0 || value === undefined) throw new LawBroken(told(problems))
  return value
}

const encodedOptions = (value: CheckValue, options: unknown): Schema.Json => {
  const decoded = decodeAll(value.def.options, { ...value.defaults, ...(options as object | undefined) })
  if (!decoded.ok)
    throw new LawBroken(decoded.problems.map(({ key, message }) => `${key === "" ? "options" : `option ${key}`}: ${message}`).join("; "))
  return encodeJson(value.def.options, decoded.value)
}

interface Sample {
  readonly subject: unknown
  readonly options?: unknown
  readonly labels?: Readonly<Record<string, string>>
}

/** Runs the check as a host does, in a scratch folder of its own; null if it was interrupted. */
const look = async (
  check: AnyCheck,
  sample: Sample,
  tell: (event: HostEvent) => void = () => {},
  interrupt: AbortController = new AbortController()
): Promise<ResultDocument | null> => {
  const value = valueOf(check)
  const scratch = mkdtempSync(join(tmpdir(), "atlas-run-law-"))
  const task: TaskDocument = {
    atlas: "task/1",
    run: "law",
    task: `sample:${value.def.on.stage}:${value.name}`,
    target: "sample",
    definition: value.name,
    root: scratch,
    config: null,
    subject: null,
    labels: sample.labels ?? {},
    options: encodedOptions(value, sample.options),
    needs: [
      {
        name: "subject",
        task: `sample:${value.def.on.stage}`,
        outputs: Object.entries(sample.subject as Record<string, string>).map(([name, path]) => ({
          name,
          kind: "folder",
          path,
          value: null,
          digest: ""
        }))
      }
    ],
    roots: {},
    inputs: [],
    outputs: [],
    scratch: join(scratch, "scratch"),
    environment: {},
    memoryMiB: 2048,
    cell: null
  }
  let late: NodeJS.Timeout | undefined
  const patience = new Promise<never>((_, reject) => {
    interrupt.signal.addEventListener("abort", () => {
      late = setTimeout(() => reject(new LawBroken(`still running ${graceMs} ms after it was interrupted`)), graceMs)
    })
  })
  try {
    const running = Effect.runPromise(execute(new Map([[value.name, value]]), task, tell), { signal: interrupt.signal })
    return await Promise.race([
      running.catch((reason: unknown) => {
        if (interrupt.signal.aborted) return null
        throw reason
      }),
      patience
    ])
  } finally {
    clearTimeout(late)
    rmSync(scratch, { recursive: true, force: true })
  }
}

const findingsOf = async (check: AnyCheck, sample: Sample): Promise<ReadonlyArray<Finding>> => {
  const result = await look(check, sample)
  if (result === null) throw new LawBroken("it interrupts itself")
  if (result.errors.length > 0) throw new LawBroken(`it ends in an error: ${told(result.errors)}`)
  return result.findings
}

const rowsOf = (sample: Sample): ReadonlyArray<string> =>
  Object.values(sample.subject as Record<string, string>).map((path) => {
    const entries = walk(path)
    return typeof entries === "string" ? entries : treeRow(entries)
  })

const exampleOf = (readme: string): unknown => {
  const block = /^```json\n([^]*?)^```/m.exec(readFileSync(readme, "utf8"))
  if (block?.[1] === undefined) throw new LawBroken(`${readme} has no json block with options`)
  return JSON.parse(block[1])
}

/** The laws that every check keeps. */
export const checkLaws = <C extends AnyCheck>(check: C, card: CheckCard<C>): ReadonlyArray<Law> => {
  const samples: ReadonlyArray<Sample> = [card.passes, ...card.fails]
  const severityOf = (name: string): unknown => check.def.findings[name]?.severity
  return [
    {
      name: "is declared as a project takes it",
      holds: async () => {
        valueOf(check)
      }
    },
    {
      name: "takes the options that its README shows",
      holds: async () => {
        encodedOptions({ ...valueOf(check), defaults: {} }, exampleOf(card.readme))
      }
    },
    {
      name: "passes what is right",
      holds: async () => {
        const wrong = (await findingsOf(check, card.passes)).filter(({ name }) => severityOf(name) === "error")
        if (wrong.length > 0) throw new LawBroken(`it finds ${shown(wrong)}`)
      }
    },
    {
      name: "fails what is wrong, with every finding at its place",
      holds: async () => {
        for (const sample of card.fails) {
          const found = await findingsOf(check, sample)
          const places = found.map(({ name, at }) => ({ name, at }))
          if (!isDeepStrictEqual(places, [...sample.finds]))
            throw new LawBroken(`it finds ${shown(found)} instead of ${shown(sample.finds)}`)
          if (!found.some(({ name }) => severityOf(name) === "error")) throw new LawBroken(`${shown(found)}: nothing of it is an error`)
          const silent = found.find(({ message }) => message.trim() === "")
          if (silent !== undefined) throw new LawBroken(`${shown([silent])} has no message`)
        }
      }
    },
    {
      name: "shows every finding that it declares in a failing sample",
      holds: async () => {
        const seen = new Set<string>(card.fails.flatMap((sample) => sample.finds.map(({ name }) => name)))
        const unseen = Object.keys(check.def.findings).filter((name) => !seen.has(name))
        if (unseen.length > 0) throw new LawBroken(`no sample shows ${unseen.join(", ")}`)
      }
    },
    {
      name: "finds the same twice",
      holds: async () => {
        for (const sample of samples) {
          const once = await findingsOf(check, sample)
          const again = await findingsOf(check, sample)
          if (!isDeepStrictEqual(once, again)) throw new LawBroken(`first ${shown(once)}, then ${shown(again)}`)
        }
      }
    },
    {
      name: "leaves its subject as it was",
      holds: async () => {
        for (const sample of samples) {
          const before = rowsOf(sample)
          await findingsOf(check, sample)
          if (!isDeepStrictEqual(rowsOf(sample), before)) throw new LawBroken("files of the subject changed while it looked")
        }
      }
    },
    {
      name: "survives interruption, at its start and at its first finding",
      holds: async () => {
        for (const sample of samples) {
          const before = rowsOf(sample)
          const found = await findingsOf(check, sample)
          const atOnce = new AbortController()
          const started = look(check, sample, () => {}, atOnce)
          atOnce.abort()
          await started
          const atFirst = new AbortController()
          await look(check, sample, (event) => event.event === "finding" && atFirst.abort(), atFirst)
          if (!isDeepStrictEqual(rowsOf(sample), before)) throw new LawBroken("files of the subject changed when it was interrupted")
          const after = await findingsOf(check, sample)
          if (!isDeepStrictEqual(after, found)) throw new LawBroken(`afterwards it finds ${shown(after)} instead of ${shown(found)}`)
        }
      }
    }
  ]
}
