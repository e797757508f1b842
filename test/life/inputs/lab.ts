/** A folder with a config of its own, and the real program to run in it. */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { type Ran, Workplace } from "../workplace.ts"

const head = `
import { readFileSync, writeFileSync, existsSync } from "node:fs"
import { basename } from "node:path"
import { Effect, Schema } from "effect"
import { project } from "atlas-run"
import { Command } from "atlas-run/command"
import { Check, Content, glob, input, optional, Stage } from "atlas-run/plugin"
const here = import.meta.dirname
void [readFileSync, writeFileSync, existsSync, basename, Effect, Schema, Command, Check, Content, glob, input, optional, Stage, here]
`

export interface PlanCause {
  readonly kind: string
  readonly subject: string
}

export class InputLab {
  readonly #workplace = new Workplace()
  readonly root = this.#workplace.root

  at(...path: ReadonlyArray<string>): string {
    return join(this.root, ...path)
  }

  write(path: string, text: string | Uint8Array): void {
    mkdirSync(dirname(this.at(path)), { recursive: true })
    writeFileSync(this.at(path), text)
  }

  read(path: string): string {
    return readFileSync(this.at(path), "utf8")
  }

  has(path: string): boolean {
    return existsSync(this.at(path))
  }

  link(path: string, to: string): void {
    this.remove(path)
    mkdirSync(dirname(this.at(path)), { recursive: true })
    symlinkSync(to, this.at(path))
  }

  remove(path: string): void {
    rmSync(this.at(path), { recursive: true, force: true })
  }

  /** `definitions` declare stages, `stages` names them. */
  configure(definitions: string, stages: string, target = "{}", more = ""): void {
    this.write(
      "atlas.config.ts",
      `${head}${definitions}\nexport default project({ name: "inputs", stages: [${stages}],${more} targets: (target) => [target(${target}, { id: "t" })] })\n`
    )
  }

  run(...words: ReadonlyArray<string>): Ran {
    return this.#workplace.run(...words)
  }

  atlas(...words: ReadonlyArray<string>) {
    return this.#workplace.atlas(...words)
  }

  /** `use executed`, sorted. */
  outcomes(...words: ReadonlyArray<string>): ReadonlyArray<string> {
    return told(this.run(...words))
  }

  /** What a plan says of a task. */
  planned(task: string): { readonly decision: string; readonly causes: ReadonlyArray<PlanCause> } {
    return this.#workplace.json("plan").tasks.find((one: { readonly task: string }) => one.task === task)
  }

  causes(task: string): ReadonlyArray<string> {
    return this.planned(task).causes.map(({ kind, subject }) => `${kind} ${subject}`)
  }

  close(): void {
    this.#workplace.remove()
  }
}

export const told = ({ tasks }: Ran): ReadonlyArray<string> =>
  Array.from(tasks, ([task, { outcome }]) => `${task.slice(2)} ${outcome}`).sort()

export const codesOf = ({ tasks }: Ran): ReadonlyArray<string> => Array.from(tasks.values()).flatMap(({ error }) => error?.code ?? [])
