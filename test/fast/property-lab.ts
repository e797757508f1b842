/** A lab in which anything may be edited, and what such an edit leaves to be undone. */
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import type { SpawnSyncReturns } from "node:child_process"
import { Workplace } from "../life/workplace.ts"
import { checks, configText, gather, kit, measure, programs, shape, share, type TargetWish } from "./property-config.ts"

const wishes: ReadonlyArray<TargetWish> = [
  { id: "a", text: "texts/shared.txt", side: "sides/1.txt", mark: "a", severity: "warning", waived: ["look"], until: null },
  { id: "b", text: "texts/b.txt", side: "sides/2.txt", mark: "b", severity: "warning", waived: ["look"], until: null, previous: "a" },
  { id: "c", text: "texts/shared.txt", side: "sides/2.txt", mark: "c", severity: "error", waived: ["look"], until: "2098-06-30" },
  { id: "d", text: "texts/d.txt", side: "sides/3.txt", mark: "d", severity: "warning", waived: ["look", "peek"], until: "2098-12-31" }
]

/** All files have this time, so that only the change of a file's row tells an edit. */
const then = 1_700_000_000

const { PATH: outerPath } = process.env

/** What a run printed, without its times. */
export interface Printed {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

const timeless = ({ status, stdout, stderr }: SpawnSyncReturns<string>): Printed => ({
  exit: status,
  stdout: stdout.replace(/ +\d[\d.,]* (ms|s|min|h)\b/g, ""),
  stderr
})

export class PropertyLab {
  readonly #workplace = new Workplace()
  readonly root = this.#workplace.root
  readonly config = join(this.root, "atlas.config.ts")
  wishes: Array<TargetWish> = [...wishes]
  remark = ""
  readonly environment = new Map<string, string | undefined>()

  constructor() {
    this.write("words.txt", "words")
    this.write("listed/one", "")
    this.write("texts/shared.txt", "some odd1 words")
    this.write("texts/b.txt", "plain words")
    this.write("texts/d.txt", "oddity and more")
    for (const n of [1, 2, 3]) this.write(`sides/${n}.txt`, n === 3 ? "z\nodd3\n" : `${n}\nb\na\n`)
    this.write("plugins/programs.ts", programs)
    this.write("plugins/shape.ts", shape(1, ""))
    this.write("plugins/share.ts", share)
    this.write("plugins/checks.ts", checks(""))
    this.write("plugins/gather.ts", gather(""))
    for (const path of ["patches/a.tab", "patches/deep/b.tab", "patches/old/c.tab", "first.tab", "told/one.tab"])
      this.write(path, `${path}\nmore`)
    this.write("list.txt", "told/one.tab\ntold/two.tab\n")
    this.write("plugins/lazy.ts", 'export const lazy = "lazy 1"\n')
    this.write("plugins/beside.ts", 'export const word = "beside 1"\n')
    for (const version of [1, 2]) for (const [name, text] of Object.entries(kit(version))) this.write(`kits/${version}/${name}`, text)
    this.link("node_modules/kit", this.at("kits/1"))
    this.write("bin/measure", measure(1), 0o755)
    mkdirSync(this.at("early"))
    this.set("PATH", [this.at("early"), this.at("bin"), outerPath].join(delimiter))
    this.configure()
  }

  at(path: string): string {
    return join(this.root, path)
  }

  /** In place where a file is there already. */
  write(path: string, content: string | Buffer, mode = 0o644): void {
    mkdirSync(dirname(this.at(path)), { recursive: true })
    writeFileSync(this.at(path), content, { mode })
    utimesSync(this.at(path), then, then)
  }

  link(path: string, to: string): void {
    rmSync(this.at(path), { recursive: true, force: true })
    symlinkSync(to, this.at(path))
  }

  remove(path: string): void {
    rmSync(this.at(path), { recursive: true, force: true })
  }

  configure(): void {
    this.write("atlas.config.ts", configText(this.wishes, this.remark))
  }

  set(name: string, value: string | undefined): void {
    if (!this.environment.has(name)) this.environment.set(name, process.env[name])
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }

  /** Undoes all that may happen to one file or link; its folder is made again if need be. */
  keeping(path: string): () => void {
    const at = this.at(path)
    const stat = lstatSync(at, { throwIfNoEntry: false })
    if (stat === undefined) return () => this.remove(path)
    if (stat.isDirectory()) throw new Error(`${path} is a folder`)
    const [content, mode] = [readFileSync(at), stat.mode & 0o777]
    return () => {
      this.remove(path)
      this.write(path, content, mode)
    }
  }

  /** Files below a folder, relative to the root, sorted; none if it is not there. */
  files(folder: string): ReadonlyArray<string> {
    if (!existsSync(this.at(folder))) return []
    return readdirSync(this.at(folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.root.length + 1))
      .sort()
  }

  run(...words: ReadonlyArray<string>): Printed {
    return timeless(this.#workplace.atlas("run", ...words))
  }

  /** What `plan` prints by itself, and what the engine does where a word keeps the short cut away. */
  plans(): readonly [Printed, Printed] {
    const [own, engine] = [[], ["--color", "never"]].map((words) => timeless(this.#workplace.atlas("plan", ...words)))
    return [own as Printed, engine as Printed]
  }

  close(): void {
    for (const [name, value] of this.environment) this.set(name, value)
    this.#workplace.remove()
  }
}
