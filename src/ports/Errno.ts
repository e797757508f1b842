/** From what the system says to what a user reads: each errno in plain words, with what to do. */
import { Effect } from "effect"
import { DiskFull, IoDurability, IoFailed } from "../domain/FileErrors.ts"
import { StateWriteFailed } from "../domain/StateErrors.ts"

const words: ReadonlyMap<string, readonly [what: string, hint?: string]> = new Map([
  ["EACCES", ["permission denied", "Give this user access to the path, or run as a user who has it."]],
  ["EPERM", ["operation not permitted", "Look at the owner and the attributes of the path."]],
  ["EROFS", ["read-only file system", "Mount the file system writable, or work in another folder."]],
  ["ENOENT", ["no such file or folder"]],
  ["ENOTDIR", ["a part of the path is not a folder"]],
  ["EISDIR", ["it is a folder"]],
  ["ENOTEMPTY", ["the folder is not empty"]],
  ["EEXIST", ["it exists already"]],
  ["ENOSPC", ["no space left on the device"]],
  ["EDQUOT", ["the disk quota is used up"]],
  ["EFBIG", ["the file is larger than the file system or the limits allow", "Look at `ulimit -f` and the file system's limit."]],
  ["EMFILE", ["too many open files in this process", "Raise `ulimit -n`, or lower --jobs."]],
  ["ENFILE", ["too many open files on this machine", "Close other programs, or raise fs.file-max."]],
  ["EIO", ["input/output error", "Check the disk and the kernel log before trusting this device."]],
  ["ESTALE", ["the network file system lost the file", "Wait for the server or mount it anew, then run again."]],
  ["EXDEV", ["source and destination are on different file systems", "Keep an output's folder on one file system; no mount inside it."]],
  ["ENAMETOOLONG", ["the name is too long", "Shorten the name of the target, stage or output."]],
  ["ELOOP", ["too many symbolic links, or a link where none may be"]],
  ["EINTR", ["the call was interrupted", "Run again."]],
  ["ENOMEM", ["out of memory", "Lower --jobs, or give the machine more memory."]],
  ["EBUSY", ["it is in use, perhaps a mount point", "Do not let an output be a mount point."]],
  ["ETXTBSY", ["the program is being written or run"]],
  ["E2BIG", ["the arguments and the environment are too long", "Pass long lists in a file."]],
  ["ENOEXEC", ["not in a format that can be run", "Begin a script with #! and its interpreter."]],
  ["EAGAIN", ["no more processes allowed", "Raise `ulimit -u`, or lower --jobs."]]
])

/** Name of the errno, `UNKNOWN` if the cause has none. */
export const errnoOf = (cause: unknown): string => {
  const code = (cause as { readonly code?: unknown } | null | undefined)?.code
  return typeof code === "string" ? code : "UNKNOWN"
}

/** `permission denied (EACCES)`; the cause's own text for what is not in the table. */
export const wordsOf = (cause: unknown): { readonly what: string; readonly hint?: string } => {
  const errno = errnoOf(cause)
  const known = words.get(errno)
  if (known === undefined) return { what: cause instanceof Error ? cause.message : String(cause) }
  return known[1] === undefined ? { what: `${known[0]} (${errno})` } : { what: `${known[0]} (${errno})`, hint: known[1] }
}

const full: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"])
const durability = /^f(?:data)?sync$|^close$/

/** The typed form of an exception of `node:fs`; `operation` reads after "cannot", e.g. `read`. */
export const ioFault = (operation: string, path: string, cause: unknown): IoFailed | DiskFull | IoDurability => {
  if (cause instanceof IoFailed || cause instanceof DiskFull || cause instanceof IoDurability) return cause
  const { what, hint } = wordsOf(cause)
  const errno = errnoOf(cause)
  const told = {
    message: `cannot ${operation} ${path}: ${what}`,
    where: { path },
    path,
    operation,
    errno,
    ...(hint === undefined ? {} : { hint })
  }
  if (full.has(errno)) return new DiskFull(told)
  const syscall = (cause as { readonly syscall?: unknown } | null | undefined)?.syscall
  return typeof syscall === "string" && durability.test(syscall) ? new IoDurability(told) : new IoFailed(told)
}

/** As `ioFault`, for the state folder. */
export const stateFault = (path: string, cause: unknown): StateWriteFailed | DiskFull => {
  if (cause instanceof StateWriteFailed) return cause
  const fault = ioFault("write", path, cause)
  if (fault instanceof DiskFull) return fault
  const { message, errno, hint } = fault
  return new StateWriteFailed({ message, where: { path }, path, errno, ...(hint === undefined ? {} : { hint }) })
}

/** Runs plain synchronous file code; what it throws becomes typed. */
export const attempt = <A>(operation: string, path: string, run: () => A): Effect.Effect<A, IoFailed | DiskFull | IoDurability> =>
  Effect.try({ try: run, catch: (cause) => ioFault(operation, path, cause) })
