/** bubblewrap, where it is installed and may make namespaces: programs see nothing but what is bound for them. */
import { spawnSync } from "node:child_process"
import { resolveTool } from "./Tools.ts"

export interface Bound {
  /** The project's folder: empty, but for what is bound in it. */
  readonly root: string
  /** Readable and nothing else; what is not there is left out. */
  readonly readable: ReadonlyArray<string>
  /** Folders that are there. */
  readonly writable: ReadonlyArray<string>
}

/** What belongs to the machine; devices and processes it gets of its own. */
const system = "/usr /lib /lib32 /lib64 /libx32 /bin /sbin /etc /opt /nix /snap /sys".split(" ")

const own = "--proc /proc --dev /dev --tmpfs /tmp --tmpfs /var/tmp".split(" ")

/** Words before a program: no network, no other processes, /tmp of its own; its end is the end of all that it started. */
export const bubblewrapWords = (file: string, { root, readable, writable }: Bound): ReadonlyArray<string> => [
  file,
  "--unshare-all",
  "--die-with-parent",
  ...system.flatMap((path) => ["--ro-bind-try", path, path]),
  ...own,
  // also where the project lies in one of those
  "--tmpfs",
  root,
  ...readable.flatMap((path) => ["--ro-bind-try", path, path]),
  ...writable.flatMap((path) => ["--bind", path, path]),
  // what is written elsewhere fails instead of being lost
  "--remount-ro",
  root,
  "--remount-ro",
  "/",
  "--chdir",
  root,
  "--"
]

/** Its path, or why it cannot be used. */
export const findBubblewrap = (searchPath = process.env["PATH"] ?? ""): { readonly file: string } | { readonly problem: string } => {
  const tool = resolveTool("bwrap", searchPath, "/")
  if (tool === null) return { problem: "bwrap is not on PATH" }
  const [file = "", ...words] = bubblewrapWords(tool.path, { root: "/tmp", readable: [], writable: [] })
  const { status, stderr } = spawnSync(file, [...words, "true"], { encoding: "utf8" })
  return status === 0 ? { file } : { problem: `bwrap may not make a sandbox here: ${stderr.trim().split("\n")[0] ?? ""}` }
}
