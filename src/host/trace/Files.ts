/** `node:fs` for the time of an evaluation: what is read is remembered, writing is refused. */
import fs from "node:fs"
import { isAbsolute } from "node:path"
import { fileURLToPath } from "node:url"
import { ofOurs } from "./Callers.ts"
import { type Ask, askedOf, type Observed } from "./Observed.ts"
import { replace, replaceAll, telling } from "./Patches.ts"
import { refuse } from "./Refuse.ts"

const words = (text: string): ReadonlyArray<string> => text.trim().split(/\s+/)

/** Functions by what they ask; each exists plain, with `Sync`, and among the promises. */
const asks: Readonly<Record<string, Ask>> = {
  readFile: "content",
  createReadStream: "content",
  ReadStream: "content",
  FileReadStream: "content",
  openAsBlob: "content",
  exists: "there",
  access: "there",
  stat: "size",
  lstat: "entry",
  readlink: "link",
  realpath: "real",
  readdir: "names",
  opendir: "names"
}

const writes = words(
  `writeFile appendFile createWriteStream WriteStream FileWriteStream mkdir mkdtemp mkdtempDisposable rm rmdir unlink rename copyFile cp
   symlink link truncate ftruncate chmod fchmod lchmod chown fchown lchown utimes futimes lutimes`
)

const forms = (names: ReadonlyArray<string>): ReadonlyArray<string> => names.flatMap((name) => [name, `${name}Sync`])

/** Null for a descriptor or a handle: what it leads to was asked after when it was opened. */
const pathOf = (value: unknown): string | null => {
  if (typeof value === "string") return value
  if (value instanceof URL) return value.protocol === "file:" ? fileURLToPath(value) : null
  return value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : null
}

const ask = (seen: Observed, value: unknown, how: Ask): void => {
  const path = pathOf(value)
  if (path === null || ofOurs(false)) return
  if (!isAbsolute(path)) seen.machine.add("cwd")
  askedOf(seen, path, how)
}

export const asksContent = (seen: Observed, path: string): void => ask(seen, path, "content")

const { O_APPEND, O_CREAT, O_RDWR, O_TRUNC, O_WRONLY } = fs.constants
const writing = (flags: unknown): boolean =>
  typeof flags === "string"
    ? /[wa+]/.test(flags)
    : typeof flags === "number" && (flags & (O_APPEND | O_CREAT | O_RDWR | O_TRUNC | O_WRONLY)) !== 0

/** Names of all folders below too, where the call goes down itself. */
const listed = (seen: Observed, path: unknown, options: unknown): void => {
  ask(seen, path, "names")
  const root = pathOf(path)
  if (root === null || (options as { readonly recursive?: unknown } | null | undefined)?.recursive !== true) return
  try {
    for (const entry of original.readdirSync(root, { recursive: true, withFileTypes: true }))
      if (entry.isDirectory()) ask(seen, `${entry.parentPath}/${entry.name}`, "names")
  } catch {
    // the call itself is about to say so
  }
}

const original = { readdirSync: fs.readdirSync }

const watchFunctions = (holder: object, prefix: string): void => {
  for (const [name, how] of Object.entries(asks))
    replaceAll(holder, [name, `${name}Sync`], () => (seen, [path, options]) => {
      if (how === "names") listed(seen, path, options)
      else ask(seen, path, how)
    })
  replaceAll(holder, ["open", "openSync"], (name) => (seen, [path, flags]) => {
    if (writing(flags)) refuse("writes", `${prefix}.${name}()`)(seen)
    else ask(seen, path, "content")
  })
  replaceAll(holder, forms(writes), (name) => refuse("writes", `${prefix}.${name}()`))
}

export const watchFiles = (): void => {
  const { realpath, realpathSync } = fs
  watchFunctions(fs, "fs")
  watchFunctions(fs.promises, "fs.promises")
  // what hangs on a function hangs on its replacement
  for (const [name, { native }] of Object.entries({ realpath, realpathSync }))
    replace(fs, name, (replacement: object) =>
      telling(replacement, () => {}, {
        get: (target, key) =>
          key === "native" ? telling(native, (seen, [path]) => ask(seen, path, "real")) : (Reflect.get(target, key) as unknown)
      })
    )
}
