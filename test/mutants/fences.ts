/** §5 and §6. Watching, audits and sandboxes: nothing that moves is missed, nothing undeclared is let through. */
import type { Mutant } from "./mutant.ts"

const watcher = { rule: "§5 watching compares evidence", file: "src/engine/watch/Watcher.ts", test: "test/engine/watcher.test.ts" } as const
const news = { rule: "§5 news wake, they do not prove", file: "src/ports/Watch.ts", test: "test/ports/Watch.test.ts" } as const
const life = { rule: "§5 watching compares evidence", test: "test/life/watch.test.ts" } as const
const calls = { rule: "§6 an audit sees what is touched", file: "src/core/SystemCalls.ts", test: "test/core/system-calls.test.ts" } as const
const audit = { rule: "§6 an audit tells what is undeclared", test: "test/life/audit.test.ts" } as const
const sandbox = { rule: "§6 a sandbox holds or is refused", test: "test/life/sandbox.test.ts" } as const
const words = { rule: "§6 a sandbox holds or is refused", test: "test/engine/sandbox.test.ts" } as const

export const fences: ReadonlyArray<Mutant> = [
  {
    ...watcher,
    name: "what moved while a run went on counts as looked at",
    find: "before = baseline(before, look().rows, began)",
    replace: "before = look().rows",
    named: "misses nothing that moved while a run went on"
  },
  {
    ...watcher,
    name: "any news give a run",
    find: "if (movedBetween(before, now).length > 0) {",
    replace: "if (waiting || movedBetween(before, now).length > 0) {",
    and: [{ file: watcher.file, find: "if (moved.length > 0) {", replace: "if (moved.length >= 0) {" }],
    named: "goes on waiting, and says so only once"
  },
  {
    ...news,
    name: "a folder is known by its number alone, and not dropped at its end",
    find: "`${dev}:${ino}:${birthtimeNs}`",
    replace: "`${dev}:${ino}`",
    and: [{ file: news.file, find: "if (ended) drop(folder)", replace: "" }],
    named: "come from a folder that was made again"
  },
  {
    ...news,
    name: "events of other names never wake",
    find: "if (counts || ++passed >= many) {",
    replace: "if (counts) {",
    named: "148: come after so many others"
  },
  {
    ...life,
    file: "src/engine/watch/WatchedPlaces.ts",
    name: "own outputs are waited for",
    find: 'new Set([join(root, ".atlas"), ...outputs])',
    replace: "new Set<string>()",
    and: [
      {
        file: "src/engine/watch/WatchedPlaces.ts",
        find: "  return { places: [...places.values()]",
        replace: '  for (const path of outputs) add({ path, is: "file" })\n  return { places: [...places.values()]'
      }
    ],
    named: "147: is not woken by its own outputs"
  },
  {
    ...life,
    file: "src/engine/watch/WatchedPlaces.ts",
    name: "modules of the config are not waited for",
    find: '  ...modules.map(({ path }): Place => ({ path, is: "file" })),\n',
    replace: "",
    named: "150: takes a changed config"
  },
  {
    ...life,
    file: "src/engine/watch/WatchedPlaces.ts",
    name: "what was discovered is not waited for",
    find: 'if (kind === "discovered") add(',
    replace: 'if (kind === "nothing") add(',
    named: "waits for what a task told that it discovered"
  },
  {
    ...life,
    file: "src/ports/Snapshot.ts",
    name: "folders above a place are not watched",
    find: "for (let at = path; !climbed.has(at) && dirname(at) !== at; at = dirname(at)) {",
    replace: "for (let at = path; at === path; at = dirname(at)) {",
    named: "still sees a folder that was deleted and made again"
  },
  {
    ...calls,
    name: "children start in the first folder",
    find: "if (status > 0 && !folders.has(String(status))) folders.set(String(status), at())",
    replace: "",
    named: "the folder of a parent in its children"
  },
  {
    ...calls,
    name: "calls that were cut in two are lost",
    find: '`${begun.get(pid) ?? ""}${rest}`',
    replace: '""',
    named: "calls that were cut in two"
  },
  {
    ...calls,
    name: "an opening both ways is a reading",
    find: "O_(?:WRONLY|RDWR|CREAT|TRUNC)",
    replace: "O_(?:WRONLY|CREAT|TRUNC)",
    named: "a file that is opened both ways"
  },
  {
    ...audit,
    file: "src/engine/audit/AuditRules.ts",
    name: "the project below a temporary folder is temporary",
    find: "!inProject(path) && within(path, folders)",
    replace: "within(path, folders)",
    named: "47: names what is written outside"
  },
  {
    ...audit,
    file: "src/engine/audit/AuditRules.ts",
    name: "a written input is an input",
    find: 'if (within(subject, reach.inputs) && !within(subject, reach.own)) return "input-written"',
    replace: "if (within(subject, reach.inputs)) return null",
    named: "48: names an input that its own stage writes"
  },
  {
    ...audit,
    file: "src/engine/audit/Auditor.ts",
    name: "both executions are not compared",
    find: "const place = firstDifference(output.path, other.path)",
    replace: "const place = firstDifference(output.path, output.path)",
    named: "126: shows where the same execution"
  },
  {
    ...sandbox,
    file: "src/host/Answers.ts",
    name: "a refusal that the code swallows is forgotten",
    find: "done === null || denied.length === 0 ? done",
    replace: "done === null || done.errors.length === 0 ? done",
    named: "fails also where its code would go on"
  },
  {
    ...sandbox,
    file: "src/host/Process.ts",
    name: "a confined task gets a warm host",
    find: "if (confinement === null) return pool.withHost(memoryMiB, use)",
    replace: "if (confinement !== undefined) return pool.withHost(memoryMiB, use)",
    named: "fails also where its code would go on"
  },
  {
    ...sandbox,
    file: "src/engine/run/Sandbox.ts",
    name: "without bubblewrap programs run as ever",
    find: 'if ("problem" in found) return new SandboxUnavailable(',
    replace:
      'if ("problem" in found) return Effect.succeed({ command: (argv) => argv, host: () => ({ flags: [], before: () => [] }) })\n    if ("never" in found) return new SandboxUnavailable(',
    named: "is told so, and nothing is run"
  },
  {
    ...words,
    file: "src/ports/Bubblewrap.ts",
    name: "the project's folder is seen as it is",
    find: '  "--tmpfs",\n  root,\n',
    replace: "",
    named: "show a program an empty project"
  },
  {
    ...words,
    file: "src/engine/run/Sandbox.ts",
    name: "a system's folder opens the project in it",
    find: "systemFolders.filter((folder) => !liesIn(root, folder))",
    replace: "systemFolders",
    named: "do not open a system's folder"
  }
]
