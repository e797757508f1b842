/** The words of a program, with paths in place of what stands for them. */
import type { Command } from "../../domain/ProjectDocument.ts"
import type { TaskDocument } from "../../domain/TaskDocument.ts"
import { fillWords, token } from "../../domain/Tokens.ts"
import { listOf } from "../assess/Discovered.ts"

export interface CommandCall {
  readonly argv: ReadonlyArray<string>
  /** Where its stdout goes; undefined for the log. */
  readonly stdout: string | undefined
}

/** Whether the program may be told of a place in the task's own folder. */
export const knowsItsFolder = ({ argv, discovered }: Command): boolean =>
  discovered !== undefined || argv.some((word) => word.includes(token("discovered", "")))

export const commandWords = (command: Command, document: TaskDocument): CommandCall => {
  const paths = new Map<string, string | null>([["discovered:", listOf(document)]])
  const lists = new Map<string, Array<string>>()
  for (const input of document.inputs) {
    if ("paths" in input) lists.set(`inputs:${input.name}`, [...input.paths])
    else {
      paths.set(`input:${input.name}`, input.path ?? "")
      paths.set(`optional:${input.name}`, input.path)
    }
  }
  for (const output of document.outputs) paths.set(`output:${output.name}`, output.path)
  if (document.item !== undefined) for (const part of ["name", "path"] as const) paths.set(`item:${part}`, document.item[part])
  for (const { name, part, outputs } of document.needs)
    for (const output of outputs) {
      const value = output.path ?? output.value ?? ""
      paths.set(`need:${name}.${output.name}`, value)
      if (part?.part !== "member") continue
      const key = `members:${name}.${output.name}`
      lists.set(key, [...(lists.get(key) ?? []), value])
    }
  const words = fillWords(command.argv, {
    one: (kind, name) => paths.get(`${kind}:${name}`),
    // a fan-out without any item has no member to tell of
    many: (kind, name) => lists.get(`${kind}:${name}`) ?? (kind === "members" ? [] : undefined)
  })
  return {
    argv: command.shell ? ["sh", "-c", ...words] : words,
    stdout: command.stdout === null ? undefined : (paths.get(`output:${command.stdout}`) ?? undefined)
  }
}
