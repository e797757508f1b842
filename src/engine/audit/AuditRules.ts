/** What of the files that a task touched it has not declared. */
import { tmpdir } from "node:os"
import type { Access } from "../../core/SystemCalls.ts"
import type { AuditFinding, AuditKind } from "../../domain/AuditDocument.ts"
import { bothOf, liesIn, type Reach, systemFolders } from "./Reach.ts"

const temporary: ReadonlyArray<string> = [...new Set([tmpdir(), "/tmp", "/var/tmp", "/dev"].flatMap(bothOf))]

const words: Readonly<Record<Access["kind"], string>> = {
  read: "reads",
  list: "lists the folder",
  run: "runs",
  write: "writes",
  network: "sends to"
}

/** `root` is the project's folder: what lies there is never the system's, nor temporary. `discovered` are paths that the task told of. */
export const undeclared = (
  accesses: ReadonlyArray<Access>,
  reach: Reach,
  { root, discovered }: { readonly root: string; readonly discovered: ReadonlyArray<string> }
): ReadonlyArray<AuditFinding> => {
  const roots = bothOf(root)
  const inProject = (path: string): boolean => roots.some((folder) => liesIn(path, folder))
  const within = (path: string, folders: ReadonlyArray<string>): boolean => folders.some((folder) => liesIn(path, folder))
  const outside = (path: string, folders: ReadonlyArray<string>): boolean => !inProject(path) && within(path, folders)
  const readable = [
    ...reach.inputs,
    ...reach.needs,
    ...reach.own,
    ...reach.tools,
    ...reach.code,
    ...reach.shared,
    ...discovered.flatMap(bothOf)
  ]
  const writable = [...reach.own, ...reach.shared, ...reach.code.filter((path) => path.endsWith("/compile-cache"))]
  const made = new Set(accesses.filter(({ kind }) => kind === "write").map(({ subject }) => subject))

  const kindOf = ({ kind, subject }: Access): AuditKind | null => {
    if (kind === "network") return "network"
    if (kind === "write") {
      if (within(subject, reach.inputs) && !within(subject, reach.own)) return "input-written"
      return within(subject, writable) || outside(subject, temporary) || subject.startsWith("/proc/") ? null : "outside-write"
    }
    if (within(subject, readable) || outside(subject, [...systemFolders, ...temporary])) return null
    if (kind === "list" && reach.listed.includes(subject)) return null
    // what it wrote itself is told once
    if (made.has(subject)) return null
    // whoever walks down to what it may read lists what is above
    if (kind === "list" && readable.some((path) => liesIn(path, subject))) return null
    return "undeclared-read"
  }

  return accesses.flatMap((access) => {
    const kind = kindOf(access)
    return kind === null ? [] : [{ kind, subject: access.subject, message: `${words[access.kind]} ${access.subject}` }]
  })
}
