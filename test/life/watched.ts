/** A project of small programs, and `atlas-run watch` on it as a process whose lines are waited for. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import { Schema } from "effect"
import { WatchEvent } from "../../src/domain/WatchDocuments.ts"
import { program, repository } from "./workplace.ts"

/** Waits at `gate` for a word if its text begins with `wait`. */
export const stages = `
import { Command } from "atlas-run/command"
import { Schema } from "effect"
export class Copy extends Command("copy")({
  target: Schema.Struct({ text: Schema.String }),
  inputs: ({ text }) => ({ text }),
  outputs: { copy: "file" },
  paths: ({ target }) => ({ copy: target.text.replace(/^.*\\//, "data/") + ".copy" }),
  shell: ({ inputs, outputs }) => \`case $(cat \${inputs.text}) in wait*) read -r word < gate;; esac; cat \${inputs.text} > \${outputs.copy}\`
}) {}
`

export const configOf = (targets: string, imports = ""): string => `
import { project } from "atlas-run"
import { Copy } from "./stages.ts"
${imports}
export default project({
  name: "watched",
  stages: [Copy],
  targets: (target) => ${targets}.map(([id, text]) => target({ text }, { id }))
})
`

const decodeEvent = Schema.decodeUnknownSync(WatchEvent)

export interface Line {
  readonly event: string
  readonly [key: string]: any
}

export class Watched {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "atlas watch ")))
  readonly events: Array<Line> = []
  #child: ChildProcess | undefined
  #waiting: Array<() => void> = []
  #read = 0
  stderr = ""

  constructor() {
    mkdirSync(join(this.root, "node_modules"))
    symlinkSync(repository, join(this.root, "node_modules", "atlas-run"))
    symlinkSync(join(repository, "node_modules", "effect"), join(this.root, "node_modules", "effect"))
    this.write("stages.ts", stages)
    this.write("data/a.txt", "one")
    this.write("data/b.txt", "one")
    this.write("atlas.config.ts", configOf('[["a", "data/a.txt"], ["b", "data/b.txt"]]'))
  }

  at(path: string): string {
    return join(this.root, path)
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true })
    writeFileSync(this.at(path), text)
  }

  read(path: string): string {
    return readFileSync(this.at(path), "utf8")
  }

  /** `before` are words that start it. */
  start(before: ReadonlyArray<string> = [], more: ReadonlyArray<string> = []): void {
    const [file = "", ...words] = [...before, process.execPath, program, "watch", "--json", ...more]
    this.#child = spawn(file, words, { cwd: this.root, stdio: ["ignore", "pipe", "pipe"] })
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text
      this.#wake()
    })
    if (this.#child.stdout === null) throw new Error("no stdout")
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      const event = JSON.parse(line)
      if (event.event.startsWith("watch-")) decodeEvent(event, { onExcessProperty: "error" })
      this.events.push(event)
      this.#wake()
    })
  }

  #wake(): void {
    for (const call of this.#waiting.splice(0)) call()
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** The next line of that kind. */
  async next(event: string, holds: (line: Line) => boolean = () => true): Promise<Line> {
    for (;;) {
      await this.#until(() => this.events.length > this.#read)
      const line = this.events[this.#read++]
      if (line?.event === event && holds(line)) return line
    }
  }

  waiting(): Promise<Line> {
    return this.next("watch-waiting")
  }

  told(text: string): Promise<void> {
    return this.#until(() => this.stderr.includes(text))
  }

  /** Of the last run: `a:copy executed`, sorted. */
  outcomes(): ReadonlyArray<string> {
    const last = this.events.findLastIndex(({ event }) => event === "run-started")
    return this.events
      .slice(last)
      .flatMap((line) => (line.event === "task-finished" ? [`${line["task"]} ${line["outcome"]}`] : []))
      .sort()
  }

  get runs(): number {
    return this.events.filter(({ event }) => event === "run-started").length
  }

  /** Paths that the last run was begun for, relative. */
  changed(): ReadonlyArray<string> {
    const paths: ReadonlyArray<string> = this.events.findLast(({ event }) => event === "watch-changed")?.["paths"] ?? []
    return paths.map((path) => path.replace(`${this.root}/`, ""))
  }

  /** Its exit code after a signal. */
  async stop(signal: NodeJS.Signals = "SIGINT"): Promise<number | null> {
    const child = this.#child
    if (child === undefined) return null
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
    child.kill(signal)
    return ended
  }

  /** Command lines of living processes that have to do with this lab. */
  processes(): ReadonlyArray<string> {
    return readdirSync("/proc").flatMap((pid) => {
      if (!/^\d+$/.test(pid)) return []
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ")
        return realpathSync(`/proc/${pid}/cwd`).startsWith(this.root) && words !== "" ? [words] : []
      } catch {
        return []
      }
    })
  }

  remove(): void {
    this.#child?.kill("SIGKILL")
    rmSync(this.root, { recursive: true, force: true })
  }
}
