/** Ending whole groups of processes, by the id of their leader. */
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"

/** True if somebody got it. */
export const signalGroup = (group: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(-group, signal)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM"
  }
}

const livesIn = (group: string, pid: string): boolean => {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8")
    // After the name in parentheses: state, parent, group.
    const [state, , own] = stat.slice(stat.lastIndexOf(")") + 2).split(" ", 3)
    return own === group && state !== "Z" && state !== "X"
  } catch {
    return false
  }
}

/** Whether a process of the group lives. The dead that nobody has fetched yet do not count, where `/proc` can tell. */
export const groupLives = (group: number): boolean => {
  if (!signalGroup(group, 0)) return false
  try {
    const own = String(group)
    return fs.readdirSync("/proc").some((name) => /^\d/.test(name) && livesIn(own, name))
  } catch {
    return true
  }
}

const script = `trap '' INT TERM HUP
live=' '
while read -r sign group; do
  case $sign in
    +) live="$live$group " ;;
    -) case $live in *" $group "*) live="\${live%%" $group "*} \${live#*" $group "}" ;; esac ;;
  esac
done
for group in $live; do kill -s KILL -- "-$group" 2>/dev/null; done
[ -n "$1" ] || exit 0
for found in $(grep -lsF -e "$1" /proc/[0-9]*/environ); do
  found="\${found#/proc/}"
  kill -s KILL "\${found%/environ}" 2>/dev/null
done`

/** Kills the groups it is told of when this process dies, however it dies. */
export interface Watchdog {
  readonly add: (group: number) => void
  readonly remove: (group: number) => void
  readonly close: () => void
}

const start = (mark: string) => {
  const started = spawn("/bin/sh", ["-c", script, "sh", mark], { detached: true, cwd: "/", env: {}, stdio: ["pipe", "ignore", "ignore"] })
  started.on("error", () => {})
  started.stdin?.on("error", () => {})
  started.unref()
  // A socket underneath: it must not keep the process alive either.
  const stdin = started.stdin as unknown as { readonly unref?: () => void } | null
  stdin?.unref?.()
  return started
}

/**
 * A small shell that reads our pipe: its end is our death, and no signal can keep it from us. Started with the first
 * program. Without `/bin/sh` there is no such guard. Where there is `/proc`, also whoever has `mark` (`NAME=value`, or its beginning)
 * in its environment is killed, group or not.
 */
export const makeWatchdog = (mark = ""): Watchdog => {
  let shell: ChildProcess | undefined
  const tell = (line: string) => {
    shell?.stdin?.write(line)
  }
  return {
    add: (group) => {
      shell ??= start(mark)
      tell(`+ ${group}\n`)
    },
    remove: (group) => tell(`- ${group}\n`),
    close: () => {
      shell?.stdin?.end()
      shell = undefined
    }
  }
}
