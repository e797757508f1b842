/** Which files a dataset's folder has, and their digests. */
import { lstat, readdir } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import type { DatasetFiles } from "../build-root.ts"
import type { Say, ValidateFindingName } from "./finding.ts"
import { layout, type Role } from "./layout.ts"
import { type ArtifactUnreadable, type FileDigest, reasonOf, sha256File, unreadable } from "./sha256.ts"

const roles = Object.keys(layout) as ReadonlyArray<Role>

/** Gets the bytes of a file while it is hashed, so that it is read once. The chunks are used again. */
export type Readers = { readonly [R in Role]?: (chunk: Buffer) => void }

/** Digests of the files that are there. A missing file, or one that is a link or folder, is said; an unreadable one fails. */
export const survey = (
  root: DatasetFiles,
  say: Say<ValidateFindingName>,
  readers: Readers = {}
): Effect.Effect<ReadonlyMap<Role, FileDigest>, ArtifactUnreadable> =>
  Effect.gen(function* () {
    const digests = new Map<Role, FileDigest>()
    for (const role of roles) {
      const path = root.file(role)
      const kind = yield* Effect.tryPromise({
        try: async () => {
          const stat = await lstat(path).catch((cause: unknown) => {
            if (reasonOf(cause) === "no such file") return undefined
            throw cause
          })
          if (stat === undefined) return "missing"
          return stat.isFile() ? "file" : stat.isSymbolicLink() ? "link" : stat.isDirectory() ? "folder" : "special file"
        },
        catch: unreadable(path)
      })
      if (kind === "missing") say("file-missing", layout[role], `${layout[role]} is missing`)
      else if (kind !== "file") say("file-not-plain", layout[role], `${layout[role]} is a ${kind}, not a plain file`)
      else digests.set(role, yield* sha256File(path, readers[role]))
    }
    return digests
  })

/** Files, links and folders below the root that are no part of a dataset. */
export const strangers = (root: DatasetFiles): Effect.Effect<ReadonlyArray<string>, ArtifactUnreadable> =>
  Effect.tryPromise({
    try: async () => {
      const known = new Set<string>(["inputs", "derived", ...Object.values(layout)])
      const entries = await readdir(root.path, { withFileTypes: true, recursive: true })
      return entries
        .map((entry) => join(entry.parentPath, entry.name).slice(root.path.length + 1))
        .filter((path) => !known.has(path))
        .sort()
    },
    catch: unreadable(root.path)
  })
