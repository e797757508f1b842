/** The two programs of an exchange, as processes: ours by Node, the reference's by its path in ATLAS_REFERENCE. */
import { execFile } from "node:child_process"
import { cpSync } from "node:fs"
import { dirname, join } from "node:path"
import { configs } from "./golden.ts"

const main = join(import.meta.dirname, "../../plugins/atlas/cli/main.ts")

/** What a program said: its one JSON document, undefined where it gave none. */
export interface Said {
  readonly code: number | null
  readonly json: any
  readonly text: string
}

const most = 64 * 1024 * 1024

/** Runs a program to its end; one that cannot be started has no code. */
const run = (program: string, words: ReadonlyArray<string>, folder?: string): Promise<Said> =>
  new Promise((resolve) => {
    const options = { encoding: "utf8", maxBuffer: most, ...(folder === undefined ? {} : { cwd: folder }) } as const
    const child = execFile(program, words, options, (_, stdout, stderr) => {
      let json: unknown
      try {
        json = JSON.parse(stdout)
      } catch {
        json = undefined
      }
      const text = `${stdout}${stderr}`.trim().split("\n").slice(-3).join(" ").slice(0, 300)
      resolve({ code: child.exitCode, json, text })
    })
  })

export const ours = (...words: ReadonlyArray<string>): Promise<Said> => run(process.execPath, [main, ...words, "--json"])

/** The reference's program, run in a folder that has the configuration its checks read. */
export interface Reference {
  readonly folder: string
  readonly run: (...words: ReadonlyArray<string>) => Promise<Said>
  /** Its server, if it lies beside it. */
  readonly server: string
}

export const referenceAt = (binary: string, folder: string): Reference => {
  cpSync(configs, join(folder, "configs"), { recursive: true })
  return { folder, run: (...words) => run(binary, ["--json", ...words], folder), server: join(dirname(binary), "bijux-atlas-server") }
}
