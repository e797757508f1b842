/** Places where ports are tried: temporary folders and, where this machine lets us, file systems of their own. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect } from "effect"

/** A folder of its own, gone when the scope closes. */
export const workplace = Effect.acquireRelease(
  Effect.sync(() => fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "atlas-ports-")))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
)

const run = (program: string, ...args: ReadonlyArray<string>): boolean => {
  try {
    execFileSync(program, args, { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

const mounted = (prepare: (folder: string) => boolean) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "atlas-mount-")))
      if (prepare(folder)) return folder
      throw new Error(`cannot mount on ${folder}`)
    }),
    (folder) =>
      Effect.sync(() => {
        run("umount", "-l", folder)
        fs.rmSync(folder, { recursive: true, force: true })
        fs.rmSync(`${folder}.img`, { force: true })
      })
  )

/** A tmpfs of so many KiB. */
export const smallDisk = (kib: number) => mounted((folder) => run("mount", "-t", "tmpfs", "-o", `size=${kib}k`, "tmpfs", folder))

/** An ext4 whose inodes have no room for fractions of a second: any two writes in one second look alike. */
export const coarseDisk = mounted((folder) => {
  const image = `${folder}.img`
  fs.writeFileSync(image, "")
  fs.truncateSync(image, 8 * 1024 * 1024)
  return run("mkfs.ext4", "-q", "-I", "128", image) && run("mount", "-o", "loop", image, folder)
})

/** Makes a folder read-only, for root too, until the scope closes. */
export const readOnly = (folder: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      if (run("mount", "--bind", folder, folder) && run("mount", "-o", "remount,ro,bind", folder)) return
      throw new Error(`cannot mount ${folder} read-only`)
    }),
    () => Effect.sync(() => run("umount", "-l", folder))
  )

const tried = (what: string, attempt: Effect.Effect<unknown, never, import("effect").Scope.Scope>): boolean => {
  const worked = Effect.runSyncExit(Effect.scoped(attempt))._tag === "Success"
  if (!worked) console.warn(`SKIPPED: tests that need ${what} (root and mount) do not run here`)
  return worked
}

export const canMount = tried("a small disk", smallDisk(64))
export const canMountCoarse = canMount && tried("an ext4 with coarse times", coarseDisk)

/** All names below a folder with their row-like state, for "nothing was written". */
export const snapshot = (folder: string): ReadonlyArray<string> =>
  fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const stat = fs.lstatSync(path.join(folder, name), { bigint: true })
      return `${name} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`
    })

/** A control group with so many MiB of memory, into whose `cgroup.procs` processes may go; null where none may be made. */
export const memoryGroup = (mib: number) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      for (const [parent, limit] of [
        ["/sys/fs/cgroup/memory", "memory.limit_in_bytes"],
        ["/sys/fs/cgroup", "memory.max"]
      ] as const) {
        const folder = path.join(parent, `atlas-test-${process.pid}`)
        try {
          fs.mkdirSync(folder)
          fs.writeFileSync(path.join(folder, limit), `${mib * 1024 * 1024}`)
          return folder
        } catch {
          if (fs.existsSync(folder)) fs.rmdirSync(folder)
        }
      }
      return null
    }),
    (folder) => Effect.sync(() => folder !== null && run("rmdir", folder))
  )
