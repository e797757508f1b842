/** The pipeline that every tool builds, A then B, and the strings that scenarios pull while a stage runs. */
import { execFileSync, spawn } from "node:child_process"
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { setTimeout as later } from "node:timers/promises"

/** Waits where there is a file of that name, and tells its process by `at`. */
const hold = (control, name) =>
  `if [ -e '${control}/${name}' ]; then echo $$ > '${control}/at.new'; mv '${control}/at.new' '${control}/at'; while [ -e '${control}/${name}' ]; do sleep 0.02; done; fi`

/** Canonical: no comments. Each stage takes long enough that no tool finds it too small to keep. */
const scripts = (control) => ({
  "a.sh": `printf A >> '${control}/ran'
if [ -e '${control}/fail' ]; then echo 'a failed' >&2; exit 1; fi
sleep 0.12
${hold(control, "before")}
read_in=$(grep -v '^#' "$1")
${hold(control, "after")}
if [ -e '${control}/partial' ]; then echo part > "$2"; fi
${hold(control, "partial")}
printf '%s\\n' "$read_in" > "$2"
`,
  "b.sh": `printf B >> '${control}/ran'
sleep 0.12
if ! [ -e "$1" ]; then echo 'no input' >&2; exit 1; fi
{ cat "$1"; echo "$3"; } > "$2"
`
})

export class Field {
  constructor(tool) {
    this.tool = tool
    this.home = mkdtempSync(join(tmpdir(), "atlas-arena-"))
    this.root = join(this.home, "project")
    this.control = join(this.home, "control")
    mkdirSync(this.root)
    mkdirSync(this.control)
    for (const [name, text] of Object.entries(scripts(this.control))) this.write(name, text)
    this.write("in.txt", "# remark\none\n")
    this.word = "v1"
    this.configure("v1")
  }

  at(path) {
    return join(this.root, path)
  }
  write(path, text) {
    mkdirSync(join(this.at(path), ".."), { recursive: true })
    writeFileSync(this.at(path), text)
  }
  read(path) {
    return existsSync(this.at(path)) ? readFileSync(this.at(path), "utf8") : null
  }
  /** The word is a part of B's command. */
  configure(word) {
    this.word = word
    for (const [path, text] of Object.entries(this.tool.files(word, this.root))) if (this.read(path) !== text) this.write(path, text)
    if (!this.prepared) this.tool.prepare?.(this.root, this.environment)
    this.prepared = true
  }
  /** What b.out has to be. */
  get wanted() {
    const lines = this.read("in.txt").split("\n")
    return `${lines
      .filter((line) => !line.startsWith("#"))
      .join("\n")
      .trimEnd()}\n${this.word}\n`
  }
  get isRight() {
    return this.read("b.out") === this.wanted
  }
  get environment() {
    return { ...process.env, CI: "", HOME: this.home, npm_config_update_notifier: "false", ...this.tool.environment }
  }
  pull(name) {
    writeFileSync(join(this.control, name), "")
  }
  release(name) {
    rmSync(join(this.control, name), { force: true })
    rmSync(join(this.control, "at"), { force: true })
  }

  /** Starts the tool, in a session of its own. */
  start() {
    const [command, ...args] = this.tool.command(this.root)
    const child = spawn(command, args, { cwd: this.root, env: this.environment, detached: true, stdio: ["ignore", "pipe", "pipe"] })
    let said = ""
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text))
    const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ rc: code ?? signal, said: () => said })))
    return { child, ended }
  }

  /** Runs the tool to its end; which stages ran, in order. A tool that does not end within two minutes is ended. */
  async run() {
    const before = this.ran.length
    const { child, ended } = this.start()
    const timer = setTimeout(() => endGroup(child.pid), 120_000)
    const { rc, said } = await ended
    clearTimeout(timer)
    return { rc, ran: this.ran.slice(before), said: said() }
  }
  get ran() {
    const path = join(this.control, "ran")
    return existsSync(path) ? readFileSync(path, "utf8") : ""
  }

  /** The process of the stage that waits, once it does; null if the run ends first. */
  async held(ended) {
    let over = false
    void ended.then(() => (over = true))
    for (const at = join(this.control, "at"); ; await later(10)) {
      if (existsSync(at)) return Number(readFileSync(at, "utf8"))
      if (over) return null
    }
  }

  /** Files of the tool's state or cache, by pattern over paths relative to the project. */
  files(pattern) {
    return readdirSync(this.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => pattern.test(relative(this.root, path)) && statSync(path).size > 0)
  }

  /** Other bytes of the same number; size and mtime as before. */
  tamper(path) {
    const twin = join(this.home, "twin")
    execFileSync("cp", ["-p", this.at(path), twin])
    const bytes = readFileSync(this.at(path))
    bytes[0] ^= 1
    execFileSync("chmod", ["u+w", this.at(path)])
    writeFileSync(this.at(path), bytes)
    execFileSync("touch", ["-r", twin, this.at(path)])
  }
  append(path) {
    execFileSync("chmod", ["u+w", this.at(path)])
    appendFileSync(this.at(path), "more\n")
  }

  close() {
    this.tool.close?.(this.root, this.environment)
    rmSync(this.home, { recursive: true, force: true })
  }
}

export const isAlive = (pid) => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ")
  } catch {
    return false
  }
}
export const endGroup = (pid) => {
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // nobody is left
  }
}
