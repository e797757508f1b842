/** A lab's own folder with the sample data and a config, and the real program to run in it. */
import { spawn, spawnSync, type SpawnSyncReturns } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createHash } from "node:crypto"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"

export const repository = join(import.meta.dirname, "..", "..")
export const program = join(repository, "dist", "bin.mjs")

export interface ConfigParts {
  readonly yeastRelease?: string
  readonly more?: string
  readonly checks?: string
  readonly imports?: string
  readonly yeastTreatment?: string
}

const config = ({ yeastRelease = "2007", more = "", checks = "", imports = "", yeastTreatment = "{}" }: ConfigParts) => `
import { project } from "atlas-run"
import { atlas, dataset, Publish } from "atlas-run/atlas"
${imports}
void Publish
const life = atlas.life({ build: "build", store: "serving-store", packs: "packs" })
export default project({
  name: "lab",
  stages: life.stages,
  checks: [${checks}],
  targets: (target) => [
    target(dataset({ release: "${yeastRelease}", species: "saccharomyces_cerevisiae", assembly: "SGD_chrI_II", gff3: "data/yeast.gff3.gz", fasta: "data/yeast.fa.gz" }), ${yeastTreatment}),
    target(dataset({ release: "1", species: "phix174", assembly: "NC_001422.1", gff3: "data/phix.gff3.gz", fasta: "data/phix.fa" })),
    ${more}
  ]
})
`

export interface Finished {
  readonly task: string
  readonly outcome: string
  readonly verdict: string | null
  readonly error?: { readonly code: string; readonly message: string; readonly where?: { readonly path: string; readonly line?: number } }
  readonly errors?: ReadonlyArray<{ readonly code: string; readonly where?: { readonly path: string; readonly line?: number } }>
  readonly findings: ReadonlyArray<{ readonly name: string; readonly message: string; readonly waived: unknown }>
}

export interface Ran {
  readonly exit: number | null
  readonly tasks: ReadonlyMap<string, Finished>
  readonly counts: Readonly<Record<string, number>>
  readonly output: SpawnSyncReturns<string>
}

export class Workplace {
  readonly root: string

  constructor(parts: ConfigParts = {}) {
    this.root = mkdtempSync(join(tmpdir(), "atlas lab "))
    mkdirSync(join(this.root, "data"))
    mkdirSync(join(this.root, "node_modules"))
    symlinkSync(repository, join(this.root, "node_modules", "atlas-run"))
    symlinkSync(join(repository, "node_modules", "effect"), join(this.root, "node_modules", "effect"))
    const samples = join(repository, "data")
    cpSync(join(samples, "saccharomyces_cerevisiae", "SGD_chrI_II.gff3.gz"), join(this.root, "data", "yeast.gff3.gz"))
    cpSync(join(samples, "saccharomyces_cerevisiae", "SGD_chrI_II.fa.gz"), join(this.root, "data", "yeast.fa.gz"))
    cpSync(join(samples, "phix174", "NC_001422.1.gff3.gz"), join(this.root, "data", "phix.gff3.gz"))
    cpSync(join(samples, "phix174", "NC_001422.1.fa"), join(this.root, "data", "phix.fa"))
    this.configure(parts)
  }

  configure(parts: ConfigParts): void {
    writeFileSync(join(this.root, "atlas.config.ts"), config(parts))
  }

  atlas(...args: ReadonlyArray<string>): SpawnSyncReturns<string> {
    // a Node that does not come to its end (nodejs/node#54918) fails its test, not the suite
    return spawnSync(process.execPath, [program, ...args], {
      cwd: this.root,
      encoding: "utf8",
      maxBuffer: 1 << 28,
      timeout: 120_000,
      killSignal: "SIGKILL"
    })
  }

  /** The second program. */
  dataset(...args: ReadonlyArray<string>): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, [join(repository, "dist", "atlas-dataset.mjs"), ...args], { cwd: this.root, encoding: "utf8" })
  }

  json(...args: ReadonlyArray<string>): any {
    const { stdout, stderr } = this.atlas(...args, "--json")
    if (stdout === "") throw new Error(`nothing on stdout: ${stderr}`)
    return JSON.parse(stdout)
  }

  run(...args: ReadonlyArray<string>): Ran {
    const output = this.atlas("run", "--json", ...args)
    const events = output.stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line))
    const tasks = new Map<string, Finished>()
    for (const event of events) if (event.event === "task-finished") tasks.set(event.task, event)
    return { exit: output.status, tasks, counts: events.at(-1)?.counts ?? {}, output }
  }

  /** Starts a run and kills it without warning after so many ms. */
  async killedRun(afterMs: number): Promise<void> {
    const child = spawn(process.execPath, [program, "run", "--json"], { cwd: this.root, stdio: "ignore", detached: true })
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
    const timer = setTimeout(() => child.kill("SIGKILL"), afterMs)
    await ended
    clearTimeout(timer)
  }

  /** sha256 of every file below the folders, but for what has a clock in it. */
  digests(...folders: ReadonlyArray<string>): ReadonlyMap<string, string> {
    const found = new Map<string, string>()
    for (const folder of folders)
      for (const entry of readdirSync(join(this.root, folder), { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        const name = relative(this.root, path)
        if (!entry.isFile() || name.startsWith("serving-store/.atlas/")) continue
        found.set(name, createHash("sha256").update(readFileSync(path)).digest("hex"))
      }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** Deletes all that the engine remembers. */
  forget(): void {
    rmSync(join(this.root, ".atlas"), { recursive: true, force: true })
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}
