/** A folder with a config of its own, in which real runs are made and looked at. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import type { RunEvent, TaskFinished } from "../../src/domain/RunDocuments.ts"
import { Atlas, type RunOptions } from "../../src/engine/Atlas.ts"

const repository = join(import.meta.dirname, "..", "..")

/** A new lab with a config of `fixtures/`. */
export const lab = (config: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const root = mkdtempSync(join(tmpdir(), "atlas-run lab "))
      mkdirSync(join(root, "node_modules"))
      symlinkSync(repository, join(root, "node_modules", "atlas-run"))
      symlinkSync(join(repository, "node_modules", "effect"), join(root, "node_modules", "effect"))
      copyFileSync(join(import.meta.dirname, "fixtures", config), join(root, "atlas.config.ts"))
      return { root, config: join(root, "atlas.config.ts") }
    }),
    ({ root }) => Effect.sync(() => rmSync(root, { recursive: true, force: true }))
  )

/** Runs the project of a lab with hosts in processes. */
export const run = (config: string, options: RunOptions) =>
  Effect.gen(function* () {
    const session = yield* Atlas.open(config, { graceMs: 200 })
    const events: Array<RunEvent> = []
    const report = yield* session.run(options, (event) => events.push(event))
    const tasks = new Map<string, TaskFinished>(report.tasks.map((task) => [task.stage, task]))
    return { ...report, events, stage: (name: string) => tasks.get(name) }
  })

/** Neither there nor only waiting to be fetched by its parent. */
export const isGone = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    return ["Z", "X"].includes(stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3))
  } catch {
    return true
  }
}
