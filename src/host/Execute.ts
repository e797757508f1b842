/** Runs one task as an Effect and encodes what came of it. Nothing that a plugin does escapes as anything but a result. */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs"
import { isAbsolute, relative, resolve } from "node:path"
import { Cause, Effect, Exit, Schema } from "effect"
import { codeOfTag, encodeFailure, encodeFailures, type ErrorDocument, tagOfCode } from "../domain/Failure.ts"
import { AdoptRefused, TaskDefect, TaskLost, TaskOutputMissing, TaskUndeclared } from "../domain/Fault.ts"
import type { Finding } from "../domain/Finding.ts"
import type { HostEvent, Need, ResultDocument, TaskDocument } from "../domain/TaskDocument.ts"
import { withItem } from "./FanOut.ts"
import { blame, ownFrame } from "./Frames.ts"
import { discovering } from "./Discover.ts"
import { inputsView } from "./Inputs.ts"
import { named } from "./Named.ts"
import { type CheckValue, type StageValue, tagOf } from "./Definitions.ts"

const progressEveryMs = 100

export type Definitions = ReadonlyMap<string, StageValue | CheckValue>

/** Decodes what was encoded when the config was evaluated. */
export const decoded = (schema: Schema.Top, value: unknown): unknown =>
  Schema.decodeUnknownSync(schema as Schema.Codec<unknown, unknown>)(value)

/** `needs.ingest.buildRoot`: a path, or a value; roles of other targets apart. */
export const needsView = (needs: ReadonlyArray<Need>) => {
  const own: Record<string, Record<string, string | Record<string, string>>> = {}
  const members = new Map<string, Array<readonly [string, Record<string, string>]>>()
  const across: Record<string, Record<string, string> | null> = {}
  for (const need of needs) {
    const { part } = need
    // the entry is the item; which items there are, their tasks tell
    if (part?.part === "names" && !members.has(need.name)) members.set(need.name, [])
    if (part?.part === "names" || part?.part === "entry") continue
    const outputs: Record<string, string> = {}
    for (const output of need.outputs) outputs[output.name] = output.kind === "value" ? (output.value ?? "") : (output.path ?? "")
    if (need.name.startsWith("across:")) across[need.name.slice("across:".length)] = named(need.name.replace(":", "."), outputs)
    else if (part?.part === "member") {
      const items = members.get(need.name) ?? []
      members.set(need.name, items)
      items.push([part.item, named(`needs.${need.name}.${part.item}`, outputs)])
    } else own[need.name] = named(need.name === "subject" ? "subject" : `needs.${need.name}`, outputs)
  }
  // by `fromEntries`, so that an item may have any name
  for (const [name, items] of members) own[name] = Object.fromEntries(items)
  return { own: named("needs", own), across }
}

/** What user code broke with, and where. */
export const defect = (definition: string, thrown: unknown): ErrorDocument => {
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : ""
  const where = ownFrame(stack)
  return encodeFailure(
    new TaskDefect({
      message: `${definition} broke: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      trace: stack.split("\n").slice(0, 8).join("\n"),
      ...(where === undefined ? {} : { where })
    })
  )
}

/** Declared errors as they are; others as a fault that names them. Interruption alone yields none. */
const errorsOf = (exit: Exit.Exit<unknown, { readonly _tag: string }>, value: StageValue | CheckValue): ReadonlyArray<ErrorDocument> => {
  if (Exit.isSuccess(exit)) return []
  const declared = new Map(value.def.errors.map((error) => [codeOfTag(tagOf(error) ?? ""), error.docs]))
  const errors: Array<ErrorDocument> = []
  for (const reason of exit.cause.reasons) {
    if (Cause.isDieReason(reason)) errors.push(defect(value.name, reason.defect))
    if (!Cause.isFailReason(reason)) continue
    if (typeof (reason.error as { _tag?: unknown } | null)?._tag !== "string") {
      errors.push(defect(value.name, reason.error))
      continue
    }
    for (const failure of encodeFailures(reason.error)) {
      if (declared.has(failure.code) || failure.code === "SUBJECT_UNREADABLE" || failure.code === "ADOPT_REFUSED") errors.push(failure)
      else
        errors.push(
          encodeFailure(
            new TaskUndeclared({
              message: `${value.name} fails with ${tagOfCode(failure.code)}: add it to errors (${failure.message})`,
              failure,
              ...(failure.where === undefined ? {} : { where: failure.where })
            })
          )
        )
    }
  }
  return errors
}

/** Moves an output that was written elsewhere in the scratch folder to where it belongs. */
const settleOutput = (task: TaskDocument, name: string, returned: unknown, to: string): ErrorDocument | undefined => {
  if (typeof returned !== "string" || returned === to) return undefined
  const from = resolve(task.scratch, returned)
  const inside = relative(task.scratch, from)
  if (inside === "" || inside.startsWith("..") || isAbsolute(inside) || !existsSync(from))
    return encodeFailure(
      new TaskOutputMissing({
        output: name,
        message: `${task.task} gives ${returned} as ${name}: it is not in the task's scratch folder`,
        where: { path: returned }
      })
    )
  rmSync(to, { recursive: true, force: true })
  try {
    renameSync(from, to)
  } catch {
    cpSync(from, to, { recursive: true, verbatimSymlinks: true })
  }
  return undefined
}

/** What `run` gave; a file of plain JavaScript may well give something else, a promise above all. */
const effectOf = <A, E>(name: string, given: Effect.Effect<A, E>): Effect.Effect<A, E> => {
  if (Effect.isEffect(given)) return given
  const what = (given as unknown) instanceof Promise ? "a promise: wrap it in Effect.promise" : typeof given
  return Effect.die(new Error(`${name} wants an Effect from run, and was given ${what}`))
}

const unproven = (task: TaskDocument): AdoptRefused =>
  new AdoptRefused({ message: `${task.task} cannot be adopted: ${task.definition} has no way to prove what it did not make` })

/** Executes `task`, or proves what is there where that is its purpose. Interruptible; an interrupted task has no result. */
export const execute = (definitions: Definitions, task: TaskDocument, tell: (event: HostEvent) => void): Effect.Effect<ResultDocument> =>
  Effect.suspend(() => {
    const findings: Array<Finding> = []
    const values: Record<string, string> = {}
    let summary: string | null = null
    const { told: discovered, ...reading } = discovering(task.root)
    const result = (errors: ReadonlyArray<ErrorDocument>): ResultDocument => ({
      atlas: "result/1",
      task: task.task,
      errors: [...errors],
      findings,
      values,
      summary,
      ...discovered()
    })
    const value = definitions.get(task.definition)
    if (value?.kind === "check" && task.purpose === "adopt") return Effect.succeed(result([encodeFailure(unproven(task))]))
    if (value === undefined)
      return Effect.succeed(result([encodeFailure(new TaskLost({ message: `the host does not know definition ${task.definition}` }))]))
    let told = 0
    const report = (name: string, { at, message }: { readonly at: string; readonly message: string }): Effect.Effect<void> => {
      if (!Object.hasOwn(value.def.findings, name))
        return Effect.die(blame(`${value.name} reports finding ${name}, which it does not declare`, report))
      return Effect.sync(() => {
        const finding = { name, at: String(at), message: String(message) }
        findings.push(finding)
        tell({ event: "finding", finding })
      })
    }
    const telling = {
      report,
      ...reading,
      progress: (now: { readonly label?: string; readonly done: number; readonly total?: number; readonly unit?: string }) =>
        Effect.sync(() => {
          const at = performance.now()
          if (at - told < progressEveryMs && now.done !== now.total) return
          told = at
          tell({ event: "progress", label: now.label ?? "", done: now.done, total: now.total ?? null, unit: now.unit ?? "bytes" })
        }),
      log: (message: string, level: "debug" | "info" | "warning" | "error" = "info") =>
        Effect.sync(() => tell({ event: "log", level, message })),
      summary: (line: string) =>
        Effect.sync(() => {
          summary = line
        })
    }
    const program = Effect.suspend(() => {
      mkdirSync(task.scratch, { recursive: true })
      const { own, across } = needsView(task.needs)
      const options = decoded(value.def.options, task.options)
      if (value.kind === "check") {
        return effectOf(
          value.name,
          value.def.run({ ...telling, task: task.task, labels: task.labels, subject: own["subject"], options, scratch: task.scratch })
        )
      }
      const roles: Record<string, unknown> = Object.fromEntries(
        Object.keys(value.def.across ?? {}).map((role) => [role, across[role] ?? null])
      )
      const adopting = task.purpose === "adopt"
      const given = inputsView(task.inputs)
      // a person's word is enough for a cell whose stage has nothing to prove it with
      if (adopting && value.proof === undefined && task.cell !== null) return Effect.void
      const run = adopting ? value.proof : value.def.run
      if (run === undefined && adopting) return Effect.fail(unproven(task))
      if (run === undefined) throw new Error(`${value.name} is a command: the engine runs it, not a host`)
      const view = {
        ...telling,
        task: task.task,
        target: decoded(value.def.target, task.subject),
        labels: task.labels,
        ...(adopting ? given : { inputs: { ...given.inputs, ...given.globs } }),
        options,
        needs: own,
        across: roles,
        outputs: Object.fromEntries(task.outputs.filter((o) => o.kind !== "value").map((output) => [output.name, output.path])),
        scratch: task.scratch,
        roots: task.roots,
        environment: Object.fromEntries(Object.entries(task.environment).map(([name, v]) => [name, v ?? undefined])),
        cell: task.cell
      }
      return effectOf(value.name, run(withItem(value, view, task.item)))
    })
    return Effect.matchCauseEffect(program, {
      onFailure: (cause) => {
        if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
        return Effect.succeed(result(errorsOf(Exit.failCause(cause), value)))
      },
      onSuccess: (returned) =>
        Effect.sync(() => {
          const errors: Array<ErrorDocument> = []
          const given = (typeof returned === "object" && returned !== null ? returned : {}) as Record<string, unknown>
          for (const output of task.outputs) {
            const what = given[output.name]
            if (output.kind !== "value") {
              if (task.purpose === "adopt") continue
              const problem = settleOutput(task, output.name, what, output.path)
              if (problem !== undefined) errors.push(problem)
            } else if (typeof what === "string") values[output.name] = what
            else if (task.cell === null)
              errors.push(
                encodeFailure(new TaskOutputMissing({ output: output.name, message: `${task.task} returned no value for ${output.name}` }))
              )
          }
          return result(errors)
        })
    })
  })
