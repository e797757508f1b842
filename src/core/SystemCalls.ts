/** Reads what strace wrote (`-f -y`): which files were read, listed, run and written, and where to something was sent. */

export interface Access {
  readonly kind: "read" | "list" | "run" | "write" | "network"
  /** Absolute; for `network` an address with its port. */
  readonly subject: string
}

/** Calls to watch; not every machine has all of them (`?`). */
export const watchedCalls = "%file,?fchdir,?fork,?vfork,?clone,?clone3,?ftruncate,?fchmod,?fchown,?connect,?sendto,?sendmsg,?sendmmsg"

const named: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }

/** The bytes of a C string's inside as text. */
const unescaped = (text: string): string => {
  if (!text.includes("\\")) return text
  const bytes: Array<number> = []
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character !== "\\") {
      bytes.push(...Buffer.from(character))
      continue
    }
    const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1))?.[0]
    const hex = /^x[0-9a-f]{1,2}/i.exec(text.slice(at + 1))?.[0]
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 255)
    else if (hex !== undefined) bytes.push(Number.parseInt(hex.slice(1), 16))
    else {
      const next = text.charAt(at + 1)
      bytes.push(named[next] ?? next.charCodeAt(0))
    }
    at += octal?.length ?? hex?.length ?? 1
  }
  return Buffer.from(bytes).toString("utf8")
}

/** Arguments at the top level: commas inside of strings, brackets and annotations do not count. */
const argumentsOf = (text: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  let depth = 0
  let quoted = false
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === "\\") at++
    else if (character === '"') quoted = !quoted
    else if (quoted) continue
    else if ("([{<".includes(character)) depth++
    // `->` of sockets closes nothing
    else if (")]}>".includes(character) && !(character === ">" && text.charAt(at - 1) === "-")) depth--
    else if (character === "," && depth === 0) {
      found.push(text.slice(from, at).trim())
      from = at + 1
    }
  }
  const last = text.slice(from).trim()
  return last === "" ? found : [...found, last]
}

/** Path of a descriptor such as `3</a/b>`; null for pipes, sockets and the like. */
const annotated = (text: string): string | null => {
  const path = /^(?:AT_FDCWD|-?\d+)<(\/.*)>(?:\(deleted\))?$/s.exec(text)?.[1]
  return path === undefined ? null : unescaped(path.replace(/ \(deleted\)$/, ""))
}

const stringOf = (text: string | undefined): string | null => {
  const inside = text === undefined ? undefined : /^"((?:[^"\\]|\\.)*)"/s.exec(text)?.[1]
  return inside === undefined ? null : unescaped(inside)
}

const joined = (folder: string, path: string): string => {
  const parts: Array<string> = []
  for (const part of `${path.startsWith("/") ? "" : folder}/${path}`.split("/")) {
    if (part === "..") parts.pop()
    else if (part !== "" && part !== ".") parts.push(part)
  }
  return `/${parts.join("/")}`
}

const writing: ReadonlySet<string> = new Set(
  `mkdir mkdirat rename renameat renameat2 unlink unlinkat rmdir link linkat symlink symlinkat truncate mknod mknodat chmod fchmodat
  fchmodat2 chown lchown fchownat utime utimes utimensat futimesat setxattr lsetxattr removexattr lremovexattr`.split(/\s+/)
)
/** The first text of these is no path of ours. */
const texts: ReadonlySet<string> = new Set(["symlink", "symlinkat"])
const opening: ReadonlySet<string> = new Set(["open", "openat", "openat2", "creat"])
const forking: ReadonlySet<string> = new Set(["fork", "vfork", "clone", "clone3"])
const sending: ReadonlySet<string> = new Set(["connect", "sendto", "sendmsg", "sendmmsg"])

const address = (args: string): string | null => {
  const port = /sin6?_port=htons\((\d+)\)/.exec(args)?.[1]
  const host = /inet_addr\("([^"]*)"\)|inet_pton\(AF_INET6, "([^"]*)"/.exec(args)
  if (port === undefined || host === null) return null
  return host[2] === undefined ? `${host[1]}:${port}` : `[${host[2]}]:${port}`
}

/** In the order of the calls, each once. `folder` is where the first process starts. Lines that say nothing are skipped. */
export const accessesOf = (trace: string, folder: string): ReadonlyArray<Access> => {
  const found = new Map<string, Access>()
  const folders = new Map<string, string>()
  const begun = new Map<string, string>()
  const add = (kind: Access["kind"], subject: string): void => void found.set(`${kind}\0${subject}`, { kind, subject })

  const call = (pid: string, name: string, args: string, result: string): void => {
    const list = argumentsOf(args)
    const at = (): string => folders.get(pid) ?? folder
    const status = Number.parseInt(result, 10)
    if (sending.has(name)) {
      const to = address(args)
      if (to !== null) add("network", to)
      return
    }
    if (forking.has(name)) {
      if (status > 0 && !folders.has(String(status))) folders.set(String(status), at())
      return
    }
    if (!(status >= 0)) return
    const paths: Array<string> = []
    for (const [index, word] of list.entries()) {
      const text = stringOf(word)
      if (text === null) continue
      const base = index === 0 ? null : annotated(list[index - 1] ?? "")
      if (base !== null && list[index - 1]?.startsWith("AT_FDCWD")) folders.set(pid, base)
      paths.push(text === "" ? (base ?? at()) : joined(base ?? at(), text))
    }
    const own = annotated(list[0] ?? "")
    if (name === "chdir") return void folders.set(pid, paths[0] ?? at())
    if (name === "fchdir") return void (own !== null && folders.set(pid, own))
    if (opening.has(name)) {
      const flags = name === "creat" ? "O_WRONLY" : args
      const path = annotated(result) ?? paths[0]
      if (path === undefined || /\bO_PATH\b/.test(flags)) return
      if (/\bO_(?:WRONLY|RDWR|CREAT|TRUNC)\b/.test(flags)) add("write", /\bO_TMPFILE\b/.test(flags) ? (paths[0] ?? path) : path)
      else add(/\bO_DIRECTORY\b/.test(flags) ? "list" : "read", path)
    } else if (name === "execve" || name === "execveat") {
      if (paths[0] !== undefined) add("run", paths[0])
    } else if (name === "ftruncate" || name === "fchmod" || name === "fchown") {
      if (own !== null) add("write", own)
    } else if (writing.has(name)) {
      const changed = texts.has(name) ? paths.slice(1) : name.startsWith("link") ? paths.slice(-1) : paths
      if (changed.length === 0 && own !== null) add("write", own)
      for (const path of changed) add("write", path)
    }
  }

  for (const line of trace.split("\n")) {
    const [, pid, said = ""] = /^(\d+) +(.*)$/s.exec(line) ?? []
    if (pid === undefined) continue
    if (said.endsWith("<unfinished ...>")) {
      begun.set(pid, said.slice(0, -"<unfinished ...>".length).trimEnd())
      continue
    }
    const rest = /^<\.\.\. \w+ resumed>(.*)$/s.exec(said)?.[1]
    const whole = rest === undefined ? said : `${begun.get(pid) ?? ""}${rest}`
    const match = /^(\w+)\((.*)\) += (.*)$/s.exec(whole)
    if (match !== null) call(pid, match[1] ?? "", match[2] ?? "", match[3] ?? "")
  }
  return [...found.values()]
}
