/** §5: what proves the project document current, what a config may not do, and what a kept answer rests on. */
import type { Mutant } from "./mutant.ts"

const evidence = { test: "test/host/trace/evidence.test.ts" }
const current = { ...evidence, file: "src/engine/project/ConfigCurrent.ts" }
const traps = { test: "test/host/trace/impure.test.ts" }
const refuse = { ...traps, file: "src/host/trace/Refuse.ts" }
const answer = { test: "test/fast/standing.test.ts" }
const digests = { test: "test/ports/FileDigests.test.ts" }

/** One kind of call each, by the words that the traps are made of. */
const calls: ReadonlyArray<readonly [what: string, find: string, replace: string, named: string]> = [
  ["the clock: Date.now", 'replaceAll(Date, ["now"]', 'replaceAll(Date, ["nothing"]', "the clock by Date.now"],
  ["the clock: new Date()", 'if (args.length === 0) tell("new Date()")', 'if (false) tell("new Date()")', "the clock by new Date"],
  ["the clock: performance.now", 'replaceAll(performance, ["now"]', 'replaceAll(performance, ["nothing"]', "the clock by performance.now"],
  ["the clock: process.hrtime", 'replace(process, "hrtime"', 'replace(process, "nothing"', "the clock by process.hrtime"],
  ["randomness: Math.random", 'replaceAll(Math, ["random"]', 'replaceAll(Math, ["nothing"]', "random numbers"],
  ["randomness: node:crypto", '"randomBytes pseudoRandomBytes', '"nothing', "random bytes"],
  ["randomness: crypto", '["getRandomValues", "randomUUID"]', '["nothing"]', "random identifiers"],
  ["databases are opened for writing", "if (!readOnly) refuse(does.write", "if (false) refuse(does.write", "writing a database"],
  ["child processes: execFile", "spawn spawnSync exec execSync execFile execFileSync fork", "spawn", "a program"],
  ["child processes: spawn", "spawn spawnSync exec", "exec", "a program through require"],
  ["workers", 'words("Worker")', 'words("nothing")', "a thread"],
  ["network: fetch", 'replaceAll(globalThis, ["fetch"]', 'replaceAll(globalThis, ["nothing"]', "the network by fetch"],
  ["network: http", '"node:http": [[', '"node:nothing": [[', "the network by http"],
  ["network: sockets", '"node:net": [[', '"node:nothing": [[', "the network by a socket"],
  ["network: names", 'url !== "node:dns/promises"', 'url !== ""', "the network by a name"],
  ["process.kill", '["kill", "abort", "exit"', '["abort", "exit"', "a signal"],
  ["process.exit", '["kill", "abort", "exit"', '["kill", "abort"', "the end of the process"]
]

const writes: ReadonlyArray<readonly [what: string, find: string, replace: string, named: string]> = [
  ["writing files", "`writeFile appendFile", "`appendFile", "writing a file"],
  ["making folders", "FileWriteStream mkdir mkdtemp", "FileWriteStream mkdtemp", "making a folder"],
  ["opening to write", "if (writing(flags)) refuse", "if (false) refuse", "opening to write"],
  ["removing", "mkdtempDisposable rm rmdir", "mkdtempDisposable rmdir", "writing through what was asked for by name"]
]

export const evidences: ReadonlyArray<Mutant> = [
  {
    ...current,
    rule: "§5 each module: digest",
    name: "modules are not compared",
    find: "if (is !== `sha256:${sha256}`) causes.push",
    replace: "if (false) causes.push",
    named: "when a module changes"
  },
  {
    ...evidence,
    file: "src/host/trace/Collect.ts",
    rule: "§5 each module: what moved while it was evaluated proves nothing",
    name: "files that moved meanwhile are evidence",
    find: "if (rowNow(path, follows(ask)) !== row) return null",
    replace: "void row",
    named: "is taken back where a file moved while it was read"
  },
  {
    ...digests,
    file: "src/ports/StatCache.ts",
    rule: "§5 racy rule",
    name: "rows that are not settled are remembered",
    find: "if (!settled) return",
    replace: "",
    named: "a row that the clock does not vouch for is not remembered"
  },
  {
    ...digests,
    file: "src/ports/FileClock.ts",
    rule: "§5 racy rule: rows as young as the tick, or of the future, prove nothing",
    name: "every row is settled by the system's clock",
    find: "newestOf(stat) + coarsest < BigInt(Date.now()) * 1_000_000n",
    replace: "true",
    named: "with only the system's clock a file younger than two seconds is not trusted"
  },
  {
    ...digests,
    file: "src/ports/FileStat.ts",
    rule: "§5 real path, size, mtimeNs, ctimeNs, ino",
    name: "a row is size and mtime alone",
    find: "`${stat.dev}:${stat.ino}:${stat.size}:${stat.mode.toString(8)}:${stat.mtimeNs}:${stat.ctimeNs}`",
    replace: "`0:0:${stat.size}:0:${stat.mtimeNs}:0`",
    named: "known gives what file gave once the file is at rest"
  },
  {
    ...current,
    rule: "§5 each resolution: where the link leads (a linked package retargeted)",
    name: "links of packages are not followed",
    find: "if (link === null || realOf(link) === real) return null",
    replace: "if (true) return null",
    named: "when a linked package is retargeted to the same content"
  },
  {
    ...current,
    rule: "§5 each resolution: the absent nearer node_modules folders",
    name: "nearer packages are not looked for",
    find: "const found = nearer.find(isFolder)",
    replace: "const found = nearer.find(() => false)",
    named: "when a nearer node_modules with a package of the same name appears"
  },
  {
    ...evidence,
    file: "src/host/trace/Collect.ts",
    rule: "§5 each resolution: its package.json",
    name: "package.json files are no evidence",
    find: "      ...paths,\n",
    replace: "",
    named: "when a package's exports change"
  },
  {
    ...evidence,
    file: "src/host/trace/Graph.ts",
    rule: "§5 own relative imports before realpath",
    name: "links of own modules are forgotten",
    find: "if (existsSync(asked) && realpathSync(asked) === to) return [{ path: asked, is: `real:${to}` }]",
    replace: "if (existsSync(asked)) return []",
    named: "when a linked folder is retargeted"
  },
  {
    ...evidence,
    file: "src/host/trace/Graph.ts",
    rule: "§5 absent files: modules",
    name: "modules that were looked for in vain are forgotten",
    find: 'if (to === null) return [{ path: asked, is: "absent" }]',
    replace: "if (to === null) return []",
    named: "when a module that was looked for in vain appears"
  },
  {
    ...evidence,
    file: "src/host/trace/Observed.ts",
    rule: "§5 absent files",
    name: "files that were looked for in vain are forgotten",
    find: "if (!seen.paths.has(key)) seen.paths",
    replace: 'if (!seen.paths.has(key) && rowNow(at, true) !== "absent") seen.paths',
    named: "when a file that was looked for in vain appears"
  },
  {
    ...evidence,
    file: "src/host/trace/Files.ts",
    rule: "§5 files read",
    name: "of files that were read only their presence counts",
    find: 'readFile: "content"',
    replace: 'readFile: "there"',
    named: "when a file that was read changes"
  },
  {
    ...evidence,
    file: "src/host/trace/Files.ts",
    rule: "§5 files read, by promises too",
    name: "promises are not watched",
    find: 'watchFunctions(fs.promises, "fs.promises")',
    replace: "",
    named: "when a file that was read by a promise changes"
  },
  {
    ...evidence,
    file: "src/host/trace/Files.ts",
    rule: "§5 files measured",
    name: "of files that were measured only their presence counts",
    find: '  stat: "size"',
    replace: '  stat: "there"',
    named: "when a file that was measured grows"
  },
  {
    ...evidence,
    file: "src/host/trace/Files.ts",
    rule: "§5 folders read",
    name: "names in folders that were listed do not count",
    find: 'readdir: "names"',
    replace: 'readdir: "there"',
    named: "when a name appears in a folder that was listed"
  },
  {
    ...current,
    rule: "§5 folders read: their names",
    name: "names in folders are not compared",
    find: 'is.startsWith("names:") ? namesDigest(fs.readdirSync(path)) : "folder"',
    replace: 'is.startsWith("names:") ? is : "folder"',
    named: "when a name appears where a pattern looked"
  },
  {
    ...evidence,
    file: "src/host/trace/Files.ts",
    rule: "§5 links read",
    name: "links that were read do not count",
    find: 'readlink: "link"',
    replace: 'readlink: "there"',
    named: "holds what was asked of files and folders, each as deep as it was asked"
  },
  {
    ...evidence,
    file: "src/host/trace/Surroundings.ts",
    rule: "§5 environment names read",
    name: "variables that are read are not remembered",
    find: "seen.environment.set(key, target[key])",
    replace: "void target",
    named: "holds what variables were read, absent ones too"
  },
  {
    ...current,
    rule: "§5 environment: absent is a value",
    name: "variables that were not set do not count",
    find: "if ((is === null ? null : saltedDigest(salt, name, is)) === value) return []",
    replace: "if (value === null || (is === null ? null : saltedDigest(salt, name, is)) === value) return []",
    named: "when a variable that was read is set, changes or goes"
  },
  {
    ...evidence,
    file: "src/host/trace/Digest.ts",
    rule: "§5 environment: secrets salted",
    name: "values are hashed without salt",
    find: 'hash("sha256", `${salt}\\0${name}\\0${value}`)',
    replace: 'hash("sha256", value)',
    named: "no value in clear"
  },
  ...(["node", "platform", "arch", "engine", "contract"] as const).map((part): Mutant => ({
    ...current,
    rule: `§5 Node version, platform, arch, engine build, contract version: ${part}`,
    name: `another ${part} goes unnoticed`,
    find: ".filter((part) => then[part] !== now[part])",
    replace: `.filter((part) => part !== "${part}" && then[part] !== now[part])`,
    named: "when Node, the platform, the engine, the contract or the config asked for is another"
  })),
  {
    ...current,
    rule: "§5 `--config`",
    name: "another config goes unnoticed",
    find: "if (evidence.config !== now.config)",
    replace: "if (false)",
    named: "when Node, the platform, the engine, the contract or the config asked for is another"
  },
  {
    ...evidence,
    file: "src/host/trace/Surroundings.ts",
    rule: "§5 facts of the machine that were asked for",
    name: "the working folder is nobody's business",
    find: 'replaceAll(process, ["cwd"], remember)',
    replace: "",
    named: "holds what was asked of files and folders, each as deep as it was asked"
  },
  ...(
    [
      ["src/host/trace/Permission.ts", '  "--permission",\n', ""],
      ["src/engine/Atlas.ts", "flags: evaluateFlags(engineFolder())", "flags: []"]
    ] as const
  ).map(([file, find, replace]): Mutant => ({
    rule: "§5 the evaluate host runs under node --permission",
    name: `the config may do what the traps do not know (${file})`,
    file,
    find,
    replace,
    test: "test/host/confined.test.ts",
    named: "a config may neither write nor start programs nor threads"
  })),
  ...calls.map(([what, find, replace, named]): Mutant => ({
    ...refuse,
    rule: `§5 traps: ${what}`,
    name: "is not refused",
    find,
    replace,
    named
  })),
  ...writes.map(([what, find, replace, named]): Mutant => ({
    ...traps,
    file: "src/host/trace/Files.ts",
    rule: `§5 traps: ${what}`,
    name: "is not refused",
    find,
    replace,
    named
  })),
  {
    ...refuse,
    rule: "§5 each trap gives file:line:column of the user's call",
    name: "the place of a call is not told",
    find: "const impurity = new Impurity(does, call, place)",
    replace: "const impurity = new Impurity(does, call, null)",
    named: "the clock by Date.now"
  },
  {
    ...traps,
    file: "src/host/trace/Evaluation.ts",
    rule: "§5 traps: also where the config caught it",
    name: "what the config caught is not told",
    find: "...trace.impurities.map((impurity) => impureProblem(impurity, config)), ",
    replace: "",
    named: "is told also where the config caught it"
  },
  {
    ...traps,
    file: "src/host/trace/Patches.ts",
    rule: "§5 traps are for the time of an evaluation",
    name: "a trap stays after the evaluation",
    find: "else Object.defineProperty(holder, key, own)",
    replace: 'else if (key !== "random") Object.defineProperty(holder, key, own)',
    named: "finds everything as it was afterwards"
  },
  {
    ...answer,
    file: "src/engine/standing/Standing.ts",
    rule: "§5 tools: the PATH folders before",
    name: "earlier folders of PATH are not watched",
    find: "if (!isAbsolute(folder)) continue\n    const path = join(folder, name)\n    places.push",
    replace:
      "if (!isAbsolute(folder)) continue\n    const path = join(folder, name)\n    if (statSync(path, { throwIfNoEntry: false }) !== undefined) places.push",
    named: "a program of the same name appears in an earlier folder of PATH"
  },
  {
    ...answer,
    file: "src/engine/standing/Standing.ts",
    rule: "§5 environment names read: in a kept answer",
    name: "a kept answer forgets what the config read of the environment",
    find: "...(project.evidence?.environment ?? []).map(({ name }) => name),",
    replace: "",
    named: "a variable is set that the config asked for and did not find"
  },
  {
    ...answer,
    file: "src/engine/standing/Standing.ts",
    rule: "§5 declared environment values: in a kept answer",
    name: "a kept answer forgets what tasks declare of the environment",
    find: "...project.tasks.flatMap((task) => task.environment),",
    replace: "",
    named: "a variable is set that a task declares"
  },
  {
    ...answer,
    file: "src/fast/Answer.ts",
    rule: "§5 environment: absent is a value, in a kept answer",
    name: "a kept answer stands whatever the environment is",
    find: "!environmentHolds(header)",
    replace: "false",
    named: "a variable is set that the config asked for and did not find"
  },
  {
    ...answer,
    file: "src/engine/project/ConfigCurrent.ts",
    rule: "§5 absent nearer node_modules folders: in a kept answer",
    name: "a kept answer forgets nearer packages",
    find: 'for (const path of nearer) add({ path, is: "absent" })',
    replace: "",
    named: "a nearer node_modules has a package of the same name"
  },
  {
    ...answer,
    file: "src/engine/project/ConfigCurrent.ts",
    rule: "§5 absent files: in a kept answer",
    name: "a kept answer forgets what was looked for in vain",
    find: 'if (is === "absent") add({ path, is })\n    else if',
    replace: 'if (is === "absent") continue\n    if',
    named: "a file appears that the config looked for in vain"
  },
  {
    ...answer,
    file: "src/engine/project/ConfigCurrent.ts",
    rule: "§5 folders read: in a kept answer",
    name: "a kept answer forgets folders that were listed",
    find: 'else if (is.startsWith("names:")) add({ path, is: "folder", names: is })',
    replace: 'else if (is.startsWith("names:")) continue',
    // what Node asked of the folder besides its names is a guard behind this one
    and: [
      {
        file: "src/engine/project/ConfigCurrent.ts",
        find: 'else add({ path, is: "other", answer: is })',
        replace: 'else if (is !== "folder") add({ path, is: "other", answer: is })'
      }
    ],
    named: "a name appears in a folder that the config listed"
  },
  {
    ...answer,
    file: "src/engine/project/ConfigCurrent.ts",
    rule: "§5 each module: in a kept answer",
    name: "a kept answer forgets modules",
    find: "for (const { path, sha256 } of evidence.modules) file(path, sha256)",
    replace: "",
    named: "a module of the config changes"
  },
  {
    ...answer,
    file: "src/engine/standing/Standing.ts",
    rule: "§5 earliest waiver date: in a kept answer",
    name: "a kept answer has no end",
    find: "until = earlier(until, rest.until)",
    replace: "void rest.until",
    named: "after the last day of a waiver"
  },
  {
    rule: "§1 success is recorded last, after outputs are durable",
    name: "traces are written before their outputs are on the disk",
    file: "src/engine/run/Recorder.ts",
    find: "      yield* outputs.harden(batch.flatMap(({ finals }) => finals))\n",
    replace: "",
    test: "test/scenarios/crash.test.ts",
    named: "leaves no trace of bytes that were lost"
  },
  {
    rule: "§1 a no-op whose stat rows are unchanged writes nothing at all",
    name: "the record is another one each time",
    file: "src/engine/standing/Standing.ts",
    find: "project.evidence?.salt ?? ",
    replace: "",
    test: "test/scenarios/basics.test.ts",
    named: "nothing is executed and nothing is written, with and without the short cut"
  }
]
