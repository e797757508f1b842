/** A project that scenarios happen to, run by the program that users run. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { open, readFile } from "node:fs/promises"
import { delimiter, dirname, join } from "node:path"
import { text } from "node:stream/consumers"
import { type Finished, program, type Ran, Workplace } from "../life/workplace.ts"
import { check, checkHelp, config, type ConfigWish, measure, stages, type TargetWish } from "./sources.ts"

const targets: ReadonlyArray<TargetWish> = ["hs", "mm"].map((id) => ({ id, table: `in/${id}.table`, genome: `in/${id}.genome` }))

/** Tasks that were not fresh, as `hs:ingest`, in the order of their names. A result that the cache gave counts as worked for. */
export const worked = ({ tasks }: Ran): ReadonlyArray<string> =>
  [...tasks].flatMap(([task, { outcome }]) => (outcome === "executed" || outcome === "restored" ? [task] : [])).sort()

export const outcomes = ({ tasks }: Ran): Readonly<Record<string, string>> =>
  Object.fromEntries([...tasks].map(([task, { outcome }]) => [task, outcome]))

export const codes = ({ tasks }: Ran): ReadonlyArray<string> =>
  [...tasks.values()].flatMap(({ error }) => (error === undefined ? [] : [error.code]))

const life = ["ingest", "ingest:contigs", "pack", "publish", "validate", "verify", "verify-pack"]
/** The tasks of a target, sorted, but for those left out. */
export const all = (target: string, ...but: ReadonlyArray<string>): ReadonlyArray<string> =>
  life.filter((name) => !but.includes(name)).map((name) => `${target}:${name}`)

export class Lab {
  readonly #workplace = new Workplace()
  readonly root = this.#workplace.root
  readonly #environment = new Map<string, string | undefined>()
  wish: ConfigWish = { targets }

  constructor() {
    for (const [which, id] of ["hs", "mm"].entries()) {
      this.write(`in/${id}.table`, `# table of ${id}\nb${which} 2\na${which} 1\n`)
      this.write(`in/${id}.genome`, "ACGT\nAC\n")
    }
    this.write("plugins/stages.ts", stages())
    this.write("plugins/c.ts", check())
    this.write("plugins/h.ts", checkHelp())
    this.write("bin/measure", measure(), 0o755)
    this.set("PATH", [this.at("bin"), process.env["PATH"]].join(delimiter))
    this.configure({})
  }

  /** A lab whose project is one module of stages, which ends with `export default project(…)`; nothing has run in it. */
  static of(config: string): Lab {
    const lab = new Lab()
    lab.write(
      "atlas.config.ts",
      `import { Effect, Schema } from "effect"\nimport { project } from "atlas-run"\nimport { Command } from "atlas-run/command"\nimport { Stage } from "atlas-run/plugin"\nvoid [Effect, Schema, Command, Stage]\n${config}`
    )
    return lab
  }

  /** A lab in which everything has run. */
  static ready(): Lab {
    const lab = new Lab()
    const { exit, output } = lab.run()
    if (exit !== 0) throw new Error(`the first run ended with ${exit}: ${output.stdout}${output.stderr}`)
    return lab
  }

  at(...path: ReadonlyArray<string>): string {
    return join(this.root, ...path)
  }

  write(path: string, content: string | Buffer, mode = 0o644): void {
    mkdirSync(dirname(this.at(path)), { recursive: true })
    writeFileSync(this.at(path), content, { mode })
  }

  read(path: string): string {
    return readFileSync(this.at(path), "utf8")
  }

  remove(path: string): void {
    rmSync(this.at(path), { recursive: true, force: true })
  }

  has(path: string): boolean {
    return existsSync(this.at(path))
  }

  /** Changes what is wished of the config, and writes it. */
  configure(change: Partial<ConfigWish>): void {
    this.wish = { ...this.wish, ...change }
    this.write("atlas.config.ts", config(this.wish))
  }

  /** Sets a variable, for this process and those it starts, until the lab is closed. */
  set(name: string, value: string | undefined): void {
    if (!this.#environment.has(name)) this.#environment.set(name, process.env[name])
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }

  run(...words: ReadonlyArray<string>): Ran {
    return this.#workplace.run(...words)
  }

  say(...words: ReadonlyArray<string>) {
    return this.#workplace.atlas(...words)
  }

  json(...words: ReadonlyArray<string>) {
    return this.#workplace.json(...words)
  }

  /** Content of what is made for others, by path. */
  made(): ReadonlyMap<string, string> {
    return this.#workplace.digests(...["published", "packs"].filter((folder) => this.has(folder)))
  }

  /** What a lab with these sources makes that never ran before. */
  clean(): ReadonlyMap<string, string> {
    const other = new Lab()
    try {
      for (const folder of ["in", "plugins", "bin"]) {
        other.remove(folder)
        execFileSync("cp", ["-a", this.at(folder), other.at(folder)])
      }
      other.write("atlas.config.ts", this.read("atlas.config.ts"))
      const { exit, output } = other.run()
      if (exit !== 0) throw new Error(`a clean build ended with ${exit}: ${output.stdout}`)
      return other.made()
    } finally {
      other.close()
    }
  }

  /**
   * Name, kind, size and times of everything below a folder, for "nothing was written". Of `.atlas` itself only what is in it counts:
   * where the engine looks, it asks the file system for its clock by a file there that is gone at once.
   */
  rows(folder = "."): ReadonlyArray<string> {
    return readdirSync(this.at(folder), { recursive: true, encoding: "utf8" })
      .filter((name) => !name.split("/").includes("node_modules") && name !== ".atlas")
      .sort()
      .map((name) => {
        const { ino, mode, size, mtimeNs, ctimeNs } = lstatSync(this.at(folder, name), { bigint: true })
        return [name, ino, mode, size, mtimeNs, ctimeNs].join(" ")
      })
  }

  /** Other bytes of the same number, mtime and atime put back. */
  flip(path: string): void {
    const twin = this.at("node_modules", "twin")
    execFileSync("cp", ["-p", this.at(path), twin])
    const bytes = readFileSync(twin)
    bytes[0] = (bytes[0] as number) ^ 1
    writeFileSync(this.at(path), bytes)
    execFileSync("touch", ["-r", twin, this.at(path)])
    rmSync(twin)
  }

  /** Starts a run; `lab.fifo` places let the test wait for it and let it go on. */
  start(...words: ReadonlyArray<string>): Started {
    return new Started(this, ["run", "--json", ...words])
  }

  /** Makes places where a program and the test wait for each other. */
  fifo(...names: ReadonlyArray<string>): void {
    execFileSync(
      "mkfifo",
      names.map((name) => this.at(name))
    )
  }

  /** Waits until a program writes to a FIFO. */
  async met(name: string): Promise<string> {
    return await readFile(this.at(name), "utf8")
  }

  /** Lets a program go on that reads a FIFO. */
  async pass(name: string): Promise<void> {
    const file = await open(this.at(name), "w")
    await file.close()
  }

  close(): void {
    for (const [name, value] of this.#environment) this.set(name, value)
    this.#workplace.remove()
  }
}

/** A run that goes on while the test does something. */
export class Started {
  readonly child: ChildProcess
  readonly #printed: Promise<string>
  readonly #complained: Promise<string>
  readonly #ended: Promise<unknown>

  constructor(lab: Lab, words: ReadonlyArray<string>) {
    this.child = spawn(process.execPath, [program, ...words], { cwd: lab.root, stdio: ["ignore", "pipe", "pipe"] })
    if (this.child.stdout === null || this.child.stderr === null) throw new Error("no pipes")
    this.#printed = text(this.child.stdout)
    this.#complained = text(this.child.stderr)
    this.#ended = once(this.child, "close")
  }

  /** Exit code, or the signal that ended it. */
  async end() {
    await this.#ended
    const events = (await this.#printed)
      .split("\n")
      .filter((line) => line.startsWith("{") && line.endsWith("}"))
      .map((line) => JSON.parse(line))
    const finished: ReadonlyArray<Finished> = events.filter(({ event }) => event === "task-finished")
    return {
      exit: this.child.exitCode ?? this.child.signalCode,
      outcomes: Object.fromEntries(finished.map(({ task, outcome }) => [task, outcome])),
      codes: finished.flatMap(({ error }) => (error === undefined ? [] : [error.code])),
      stderr: await this.#complained
    }
  }
}
