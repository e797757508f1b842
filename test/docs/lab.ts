/** A folder like a clone of the project, in which the commands of one page are run. */
import { spawn } from "node:child_process"
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { repository } from "./pages.ts"

/** What `npx` finds in a clone: both programs, on this Node. */
const programs = { "atlas-run": "dist/bin.mjs", "atlas-dataset": "dist/atlas-dataset.mjs" }

/** As on a terminal without colours; what a test runner sets for itself is left out. */
const { FORCE_COLOR: _color, NODE_OPTIONS: _options, NODE_ENV: _node, ...environment } = process.env

export interface Said {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Data, installed packages and shipped plugins of the repository, none of its own files to write to. */
export const furnish = (root: string): void => {
  cpSync(join(repository, "data"), join(root, "data"), { recursive: true })
  mkdirSync(join(root, "node_modules"))
  symlinkSync(repository, join(root, "node_modules", "atlas-run"))
  symlinkSync(join(repository, "node_modules", "effect"), join(root, "node_modules", "effect"))
  mkdirSync(join(root, "plugins"))
  for (const plugin of readdirSync(join(repository, "plugins")))
    symlinkSync(join(repository, "plugins", plugin), join(root, "plugins", plugin))
  writeFileSync(join(root, "package.json"), '{ "name": "lab", "private": true, "type": "module" }\n')
}

export class Lab {
  readonly root: string
  readonly #bin: string

  constructor() {
    const place = mkdtempSync(join(tmpdir(), "atlas docs "))
    this.root = join(place, "my genomes")
    this.#bin = join(place, "bin")
    mkdirSync(this.root)
    mkdirSync(this.#bin)
    furnish(this.root)
    for (const [name, path] of Object.entries(programs)) this.#shim(name, `exec '${process.execPath}' '${join(repository, path)}' "$@"`)
    this.#shim("npx", 'exec "$@"')
    this.#shim("node", `exec '${process.execPath}' "$@"`)
  }

  #shim(name: string, line: string): void {
    const path = join(this.#bin, name)
    writeFileSync(path, `#!/bin/sh\n${line}\n`)
    chmodSync(path, 0o755)
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true })
    writeFileSync(join(this.root, path), text)
  }

  /** Runs a text of `sh`, which ends at the first command that fails. */
  say(script: string): Promise<Said> {
    return new Promise((resolve, reject) => {
      const child = spawn("sh", ["-euc", script], {
        cwd: this.root,
        env: { ...environment, PATH: `${this.#bin}:${process.env["PATH"] ?? ""}` },
        stdio: ["ignore", "pipe", "pipe"]
      })
      const out: Array<Buffer> = []
      const err: Array<Buffer> = []
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk))
      child.stderr.on("data", (chunk: Buffer) => err.push(chunk))
      child.once("error", reject)
      child.once("close", (exit) =>
        resolve({ exit, stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8") })
      )
    })
  }

  remove(): void {
    rmSync(dirname(this.root), { recursive: true, force: true })
  }
}
