/** Looks at the machine and the project for what would make runs fail, slow or less sure. Changes nothing that stays. */
import { accessSync, constants, existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { byteSize, counted, grouped } from "../../core/Quantity.ts"
import type { ConfigInvalid } from "../../domain/EngineErrors.ts"
import type { ProjectDocument } from "../../domain/ProjectDocument.ts"
import type { DoctorDocument, Examined } from "../../domain/StartDocuments.ts"
import { findBubblewrap } from "../../ports/Bubblewrap.ts"
import { wordsOf } from "../../ports/Errno.ts"
import { roomAt, traitsOf } from "../../ports/FileSystemTraits.ts"
import { Lease } from "../../ports/Lease.ts"
import { findStrace } from "../../ports/Strace.ts"
import { resolveTool } from "../../ports/Tools.ts"

/** What opening the project gave; null where there is no config. */
export type Found = { readonly project: ProjectDocument } | { readonly problem: Pick<ConfigInvalid, "message"> } | null

const neededNode = 24
const room = { fail: 200e6, warn: 5e9 } as const
const least = { files: 1024, watches: 8192, instances: 64 } as const

const ok = (name: string, found: string): Examined => ({ name, state: "ok", found, remedy: null })
const warn = (name: string, found: string, remedy: string): Examined => ({ name, state: "warn", found, remedy })
const fail = (name: string, found: string, remedy: string): Examined => ({ name, state: "fail", found, remedy })

const node = (): Examined => {
  const { version, versions, platform, arch } = process
  const found = `Node ${version}, ${platform} ${arch}`
  if (Number(versions.node.split(".")[0]) < neededNode) return fail("node", found, `Use Node ${neededNode} or newer.`)
  return platform === "linux" ? ok("node", found) : warn("node", found, "Linux is what is tested; others are not promised.")
}

const disk = (folder: string): Examined => {
  try {
    const { free, size } = roomAt(folder)
    const found = `${byteSize(free)} of ${byteSize(size)} free`
    if (free < room.fail)
      return fail("disk", found, "Make room: outputs are written beside the old ones before they replace them. `atlas-run gc` helps.")
    return free < room.warn
      ? warn("disk", found, "Make room before large runs; `atlas-run gc` drops what nothing needs.")
      : ok("disk", found)
  } catch (cause) {
    return fail("disk", `cannot be asked: ${wordsOf(cause).what}`, "Look at the folder and its mount.")
  }
}

const fileSystem = (folder: string): ReadonlyArray<Examined> => {
  try {
    const { caseSensitive, reflinks, stepNs } = traitsOf(folder)
    return [
      ok("writable", `${folder} can be written`),
      caseSensitive
        ? ok("letter case", "names that differ in case are two names")
        : warn(
            "letter case",
            "names that differ only in case are one file",
            "Do not let targets or outputs differ only in the case of letters."
          ),
      reflinks
        ? ok("copies", "copies share their bytes (reflink)")
        : ok("copies", "copies take their full room; btrfs or XFS would share their bytes"),
      stepNs >= 1_000_000_000n
        ? warn(
            "file times",
            `files change in steps of ${Number(stepNs) / 1e9} s`,
            "Files that are as young as a step are read again; a file system with finer times is faster."
          )
        : ok("file times", `files change in steps of ${stepNs < 1_000_000n ? "less than a millisecond" : `${Number(stepNs) / 1e6} ms`}`)
    ]
  } catch (cause) {
    const { what } = wordsOf(cause)
    return [
      fail("writable", `${folder} cannot be written: ${what}`, "Give this user the right to write here; plan, status and why work without.")
    ]
  }
}

const limits = (): ReadonlyArray<Examined> => {
  try {
    const text = readFileSync("/proc/self/limits", "utf8")
    const [, soft = "unlimited", hard = "unlimited"] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(text) ?? []
    const found = `${soft} open files, at most ${hard}`
    return [
      Number(soft) < least.files
        ? warn("open files", found, `Raise it: ulimit -n ${Math.min(4096, Number(hard) || 4096)}.`)
        : ok("open files", found)
    ]
  } catch {
    return []
  }
}

const inotify = (): ReadonlyArray<Examined> => {
  const read = (name: string): number | null => {
    try {
      return Number(readFileSync(`/proc/sys/fs/inotify/${name}`, "utf8"))
    } catch {
      return null
    }
  }
  const [watches, instances] = [read("max_user_watches"), read("max_user_instances")]
  if (watches === null || instances === null)
    return [warn("watches", "the system tells of no changes (no inotify)", "`atlas-run watch` looks every second instead.")]
  const found = `${grouped(watches)} watches, ${grouped(instances)} watchers a user`
  return [
    watches < least.watches || instances < least.instances
      ? warn("watches", found, "For `atlas-run watch` on large projects: sysctl fs.inotify.max_user_watches=524288.")
      : ok("watches", found)
  ]
}

const helpers = (): ReadonlyArray<Examined> => {
  const strace = findStrace()
  const bubblewrap = findBubblewrap()
  const setpriv = resolveTool("setpriv", `${process.env["PATH"] ?? ""}:/usr/bin:/bin`, "/")
  return [
    strace === null
      ? warn("strace", "not there, or it may not trace here", "Install strace: without it `atlas-run audit` looks at determinism alone.")
      : ok("strace", strace.name),
    "problem" in bubblewrap
      ? warn("bubblewrap", bubblewrap.problem, "Install bubblewrap and allow user namespaces: `run --sandbox` needs it for programs.")
      : ok("bubblewrap", bubblewrap.file),
    setpriv === null
      ? warn("setpriv", "not on PATH", "Install util-linux: a plugin that spins would outlive an engine that is killed.")
      : ok("setpriv", setpriv.path)
  ]
}

const tools = ({ tasks, root }: ProjectDocument): ReadonlyArray<Examined> =>
  [...new Set(tasks.flatMap((task) => task.tools))].sort().map((name) => {
    const tool = resolveTool(name, process.env["PATH"] ?? "", root)
    return tool === null
      ? fail(`tool ${name}`, "not on PATH", "Install it, or put its folder on PATH.")
      : ok(`tool ${name}`, tool.real === tool.path ? tool.path : `${tool.path} → ${tool.real}`)
  })

const config = (found: Found): Examined => {
  if (found === null)
    return warn("config", "there is none in this folder", "Run in the folder of a config, or name one with --config FILE.")
  if ("problem" in found) return fail("config", found.problem.message, "`atlas-run plan` tells all of it.")
  return ok(
    "config",
    `${found.project.name}: ${counted(found.project.targets.length, "target")}, ${counted(found.project.tasks.length, "task")}`
  )
}

const state = Effect.fnUntraced(function* (folder: string) {
  const place = join(folder, ".atlas")
  if (!existsSync(place)) return [ok("state", "nothing is recorded yet")]
  try {
    accessSync(place, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    return [fail("state", `${place} cannot be written: ${wordsOf(cause).what}`, "Make .atlas writable for this user.")]
  }
  const { held, holder } = (yield* Lease).held()
  const who = holder === null ? "another process" : `pid ${holder.pid} on ${holder.host} since ${holder.at}: ${holder.command}`
  return [
    ok("state", `${place} can be written`),
    held
      ? warn("lock", `held by ${who}`, "Other commands that write wait for it; it is free as soon as that process ends.")
      : ok("lock", "free")
  ]
})

/** `folder` is that of the config, or the working folder. */
export const examine = (folder: string, found: Found): Effect.Effect<DoctorDocument> =>
  Effect.gen(function* () {
    const examined = [
      node(),
      disk(folder),
      ...fileSystem(folder),
      ...limits(),
      ...inotify(),
      ...helpers(),
      ...(yield* state(folder)),
      config(found),
      ...(found !== null && "project" in found ? tools(found.project) : [])
    ]
    const counts = { ok: 0, warn: 0, fail: 0 }
    for (const one of examined) counts[one.state]++
    return { atlas: "doctor/1", ok: counts.fail === 0, folder, examined, counts } as const
  }).pipe(Effect.provide(Lease.layer(join(folder, ".atlas"))))
