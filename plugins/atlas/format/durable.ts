/**
 * The only ways a final file or folder is born: written beside its place, size-checked, fsynced, then linked or renamed in, then its
 * folder fsynced. A failed write, fsync or close is final for that file: the temporary is removed and nothing is retried.
 */
import { createHash, randomBytes } from "node:crypto"
import { constants } from "node:fs"
import * as fs from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { Context, Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"

/** What is done to the file system, one word an operation. */
export type Change = "mkdir" | "create" | "write" | "copy" | "chmod" | "sync" | "close" | "link" | "rename" | "remove"

export class IoDurability extends Schema.TaggedError<IoDurability>()("IoDurability", {
  ...Told,
  path: Schema.String,
  operation: Schema.String,
  errno: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "Something could not be written durably; nothing was put in place",
    hint: "look at the disk and the permissions of the folder, then run again: nothing has to be cleaned up",
    example: "store/catalog.json could not be written: sync failed (ENOSPC)"
  }
}

const nextStep: Readonly<Record<string, string>> = {
  ENOSPC: "free space on the file system that holds this path, then run again",
  EDQUOT: "the disk quota is used up: free space or raise it, then run again",
  EACCES: "this user may not write here: change the permissions, or name another folder",
  EPERM: "this user or file system does not permit it: change the permissions, or name another folder",
  EROFS: "the file system is mounted read-only: remount it, or name another folder",
  EIO: "the disk reports an error: check it before anything else is written to it",
  EXDEV: "the folder spans two file systems: it must lie on one",
  ENAMETOOLONG: "the path is too long for the file system: use a shorter folder",
  ELOOP: "a symbolic link stands where a file or folder is expected: name the real path",
  EMFILE: "too many open files: raise `ulimit -n`, or run fewer jobs",
  ENFILE: "the machine has too many open files: close programs, or run fewer jobs",
  ENOMEM: "the machine is out of memory: run fewer jobs",
  ESTALE: "the network file system lost this file: remount it, then run again",
  EFBIG: "the file is larger than the file system or `ulimit -f` allows",
  ENOENT: "a folder on this path does not exist: create it",
  ENOTDIR: "something on this path is a file where a folder is expected",
  EISDIR: "a folder stands where a file is expected: remove it, or name another path",
  ENOTEMPTY: "another program put something into this folder meanwhile: look at it, then run again",
  EBUSY: "another program holds it: stop that program, then run again"
}

/** The errno of what Node threw, e.g. `ENOSPC`; `EUNKNOWN` where it has none. */
export const errnoOf = (cause: unknown): string => {
  const code = (cause as { readonly code?: unknown } | null)?.code
  return typeof code === "string" ? code : "EUNKNOWN"
}

export const ioDurability = (operation: Change, path: string, cause: unknown): IoDurability => {
  const errno = errnoOf(cause)
  return new IoDurability({
    message: `${path} could not be written: ${operation} failed (${errno === "EUNKNOWN" ? String(cause) : errno})`,
    where: { path },
    path,
    operation,
    errno,
    hint: nextStep[errno] ?? IoDurability.docs.hint
  })
}

/** Told before each change of the file system, and may fail it: where tests stop the world. */
export const BeforeChange = Context.Reference<(change: Change, path: string) => Effect.Effect<void, IoDurability>>(
  "atlas-run/format/BeforeChange",
  { defaultValue: () => () => Effect.void }
)

/** False where nothing that is written shall outlive the process: then nothing is fsynced. */
export const Durably = Context.Reference<boolean>("atlas-run/format/Durably", { defaultValue: () => true })

/** One change, not interruptible: what Node was asked to do is done or failed before anything else happens. */
export const change = <A>(operation: Change, path: string, run: () => Promise<A>): Effect.Effect<A, IoDurability> =>
  Effect.gen(function* () {
    const before = yield* BeforeChange
    yield* before(operation, path)
    return yield* Effect.uninterruptible(Effect.tryPromise({ try: run, catch: (cause) => ioDurability(operation, path, cause) }))
  })

/** A file that was written whole: its size in bytes and the lower-case hex SHA-256 of what was written. */
export interface Written {
  readonly bytes: number
  readonly sha256: string
}

export interface Sink {
  readonly write: (chunk: Uint8Array) => Effect.Effect<void, IoDurability>
}

const newFile = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW

/**
 * Writes a file that must not exist, mode 0644, fsynced (but with `sync: false`, for files that need not outlive a power cut) and
 * closed; removes it again on any failure. Does not fsync the folder.
 */
export const writeNew = <E, R>(
  path: string,
  produce: (sink: Sink) => Effect.Effect<unknown, E, R>,
  options: { readonly sync?: boolean } = {}
): Effect.Effect<Written, E | IoDurability, R> =>
  Effect.acquireUseRelease(
    Effect.map(
      change("create", path, () => fs.open(path, newFile, 0o600)),
      (file) => ({ file, open: true })
    ),
    (held) =>
      Effect.gen(function* () {
        const hash = createHash("sha256")
        let bytes = 0
        const write = (chunk: Uint8Array) =>
          Effect.gen(function* () {
            hash.update(chunk)
            for (let done = 0; done < chunk.length;) {
              const { bytesWritten } = yield* change("write", path, () => held.file.write(chunk, done, chunk.length - done))
              if (bytesWritten === 0) return yield* Effect.fail(ioDurability("write", path, { code: "ENOSPC" }))
              done += bytesWritten
            }
            bytes += chunk.length
          })
        yield* produce({ write })
        yield* change("chmod", path, () => held.file.chmod(0o644))
        const durably = yield* Durably
        yield* change("sync", path, async () => {
          const { size } = await held.file.stat()
          if (size !== bytes) throw new Error(`${bytes} bytes were written, ${size} are there`)
          if (options.sync !== false && durably) await held.file.sync()
        })
        yield* change("close", path, () => {
          held.open = false
          return held.file.close()
        })
        return { bytes, sha256: hash.digest("hex") }
      }),
    (held, exit) =>
      Effect.promise(async () => {
        if (held.open) await held.file.close().catch(() => undefined)
        if (exit._tag === "Failure") await fs.rm(path, { force: true }).catch(() => undefined)
      })
  )

/** Fsyncs a folder, so that the names in it are durable. */
export const syncDirectory = (path: string): Effect.Effect<void, IoDurability> =>
  Effect.flatMap(Durably, (durably) => (durably ? synced(path) : Effect.void))

const synced = (path: string): Effect.Effect<void, IoDurability> =>
  change("sync", path, async () => {
    const folder = await fs.open(path, constants.O_RDONLY | constants.O_DIRECTORY)
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  })

/** Names of temporaries begin so; one that is left behind belongs to a run that was killed. */
export const temporaryPrefix = ".tmp-"

export const temporaryBeside = (path: string): string => join(dirname(path), `${temporaryPrefix}${randomBytes(12).toString("hex")}`)

const settled = <A, E, R>(temporary: string, path: string, place: Effect.Effect<A, E, R>) =>
  Effect.uninterruptible(
    place.pipe(
      Effect.tap(() => syncDirectory(dirname(path))),
      Effect.onError(() => Effect.promise(() => fs.rm(temporary, { force: true }).catch(() => undefined)))
    )
  )

/** Puts a file in place of whatever has this name, atomically. */
export const durableReplaceWith = <E, R>(
  path: string,
  produce: (sink: Sink) => Effect.Effect<unknown, E, R>
): Effect.Effect<Written, E | IoDurability, R> =>
  Effect.gen(function* () {
    const temporary = temporaryBeside(path)
    const written = yield* writeNew(temporary, produce)
    yield* settled(
      temporary,
      path,
      change("rename", path, () => fs.rename(temporary, path))
    )
    return written
  })

const bytesOf = (content: Uint8Array | string): Uint8Array => (typeof content === "string" ? Buffer.from(content) : content)

/** Puts these bytes in place of whatever has this name, atomically. */
export const durableReplace = (path: string, content: Uint8Array | string): Effect.Effect<Written, IoDurability> =>
  durableReplaceWith(path, (sink) => sink.write(bytesOf(content)))

export class FileTaken extends Schema.TaggedError<FileTaken>()("FileTaken", { ...Told, path: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A file that is written once exists with other content",
    hint: "another program wrote it: look at it, and move it away if it is not wanted",
    example: "store/.atlas/history/7.json exists with other content"
  }
}

const noLinks = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK", "ENOSYS"])

/** Creates a file that is never replaced. `created` is false if it was there with the same bytes. */
export const durableCreate = (
  path: string,
  content: Uint8Array | string
): Effect.Effect<Written & { readonly created: boolean }, IoDurability | FileTaken> =>
  Effect.gen(function* () {
    const bytes = bytesOf(content)
    const temporary = temporaryBeside(path)
    const written = yield* writeNew(temporary, (sink) => sink.write(bytes))
    const outcome = yield* settled(
      temporary,
      path,
      change("link", path, async () => {
        try {
          await fs.link(temporary, path)
        } catch (cause) {
          const errno = errnoOf(cause)
          // Without hard links a rename does; the callers' lock keeps others out between the look and the rename.
          if (noLinks.has(errno) && (await fs.lstat(path).catch(() => undefined)) === undefined) {
            await fs.rename(temporary, path)
            return "created" as const
          }
          if (errno !== "EEXIST" && !noLinks.has(errno)) throw cause
          const there = await fs.readFile(path)
          await fs.rm(temporary)
          return there.equals(bytes) ? ("same" as const) : ("taken" as const)
        }
        await fs.rm(temporary)
        return "created" as const
      })
    )
    if (outcome === "taken") return yield* new FileTaken({ message: `${path} exists with other content`, where: { path }, path })
    return { ...written, created: outcome === "created" }
  })

/**
 * Creates a folder and what is missing above it. Every folder below `upTo` is fsynced even if it was there, since the run
 * that made it may have been killed before it did so.
 */
export const makeDirectory = (path: string, upTo: string = dirname(path)): Effect.Effect<void, IoDurability> =>
  Effect.gen(function* () {
    const missing: Array<string> = []
    for (let at = path; at !== upTo && at !== dirname(at); at = dirname(at)) missing.unshift(at)
    for (let at = upTo; at !== dirname(at); at = dirname(at)) {
      const there = yield* Effect.promise(() => fs.stat(at).catch(() => undefined))
      if (there !== undefined) break
      missing.unshift(at)
    }
    for (const folder of missing) {
      yield* change("mkdir", folder, async () => {
        try {
          await fs.mkdir(folder)
        } catch (cause) {
          if (errnoOf(cause) !== "EEXIST") throw cause
          const there = await fs.lstat(folder)
          if (!there.isDirectory()) throw Object.assign(new Error(folder), { code: there.isSymbolicLink() ? "ELOOP" : "ENOTDIR" })
        }
      })
      yield* syncDirectory(dirname(folder))
    }
  })

/** Fsyncs every file and folder of a tree, the top last. */
export const syncTree = (top: string): Effect.Effect<void, IoDurability> =>
  Effect.gen(function* () {
    const entries = yield* change("sync", top, () => fs.readdir(top, { withFileTypes: true, recursive: true }))
    const folders = [top]
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isDirectory()) folders.push(path)
      else if (entry.isFile())
        yield* change("sync", path, async () => {
          const file = await fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
          try {
            await file.sync()
          } finally {
            await file.close()
          }
        })
    }
    folders.sort((a, b) => b.length - a.length)
    for (const folder of folders) yield* syncDirectory(folder)
  })

/** Removes a file or a tree, if it is there. */
export const remove = (path: string): Effect.Effect<void, IoDurability> =>
  change("remove", path, () => fs.rm(path, { recursive: true, force: true }))

/** Removes temporaries of killed runs from a folder. Only under the lock of those who write there. */
export const removeTemporaries = (folder: string): Effect.Effect<void, IoDurability> =>
  Effect.gen(function* () {
    const names = yield* Effect.promise(() => fs.readdir(folder).catch(() => []))
    for (const name of names) if (basename(name).startsWith(temporaryPrefix)) yield* remove(join(folder, name))
  })
