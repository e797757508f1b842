/** §6: hosts, the processes that user code lives in. */
import type { Mutant } from "./mutant.ts"

const answers = { file: "src/host/Answers.ts", test: "test/host/answers.test.ts" }
const residue = { ...answers, file: "src/host/Residue.ts" }
const pool = { file: "src/host/ProcessPool.ts", test: "test/host/process-pool.test.ts" }
const border = { test: "test/host/process-border.test.ts" }
const retiring = { file: "src/host/ProcessHost.ts", test: "test/host/process-retiring.test.ts" }
const misbehaving = { test: "test/host/process-misbehaviour.test.ts", named: "a stage that misbehaves fails alone and with its own code" }
const life = { test: "test/host/process-life.test.ts" }
const programs = { file: "src/ports/RunningProgram.ts", test: "test/ports/Programs.test.ts" }
const laws = { file: "src/host/Execute.ts", test: "test/host/in-process.test.ts" }

export const hosts: ReadonlyArray<Mutant> = [
  {
    ...residue,
    rule: "§6 retired when the working folder differs after a task",
    name: "another working folder goes unnoticed",
    find: "if (now.cwd !== before.cwd)",
    replace: "if (false)",
    named: "the working folder"
  },
  {
    ...residue,
    rule: "§6 retired when the umask differs",
    name: "another umask goes unnoticed",
    find: "if (now.umask !== before.umask)",
    replace: "if (false)",
    named: "the umask"
  },
  {
    ...residue,
    rule: "§6 retired when the environment differs: new, or another value",
    name: "variables that are new or another go unnoticed",
    find: "if (before.environment.get(name) !== value)",
    replace: "if (false)",
    named: "a new variable"
  },
  {
    ...residue,
    rule: "§6 retired when the environment differs: gone",
    name: "variables that are gone go unnoticed",
    find: "if (!now.environment.has(name))",
    replace: "if (false)",
    named: "a variable that is gone"
  },
  {
    ...residue,
    rule: "§6 retired when active handles differ",
    name: "open handles go unnoticed",
    find: "if (handles.length > 0)",
    replace: "if (false)",
    named: "an open handle"
  },
  {
    ...answers,
    rule: "§6 retired when RSS passes a limit",
    name: "hosts that have grown go on",
    find: "const clean = left.length === 0 && !broke && process.memoryUsage.rss() < residentLimit",
    replace: "const clean = left.length === 0 && !broke",
    named: "is not used again once it holds more than a GiB"
  },
  {
    ...answers,
    rule: "§6 retired when RSS passes a limit: observing",
    name: "hosts that have grown by observing go on",
    find: "const clean = residue(before).length === 0 && process.memoryUsage.rss() < residentLimit",
    replace: "const clean = residue(before).length === 0",
    named: "is not used again once it holds more than a GiB"
  },
  {
    ...answers,
    rule: "§6 retired when anything differs: observing",
    name: "what observing leaves behind goes unnoticed",
    find: "const clean = residue(before).length === 0 &&",
    replace: "const clean =",
    named: "by observing a cell is noticed as well"
  },
  {
    ...answers,
    rule: "§6 retired after any fault",
    name: "a host goes on after a defect",
    find: "left.length === 0 && !broke &&",
    replace: "left.length === 0 &&",
    named: "is not used again after a defect of a task"
  },
  {
    ...answers,
    rule: "§6 environment: declared variables",
    name: "declared variables are not given",
    find: "for (const [name, value] of Object.entries(environment)) put(name, value)",
    replace: "",
    named: "gives a task its declared variables"
  },
  {
    ...answers,
    rule: "§6 environment: declared variables only, taken back after the task",
    name: "declared variables stay for the next task",
    find: "    undeclare()\n",
    replace: "",
    named: "gives a task its declared variables, and takes them back"
  },
  {
    ...retiring,
    rule: "§6 retired: a host that was caught is not used again",
    name: "the engine goes on with a host that was caught",
    find: "if (!message.clean) usable = false",
    replace: "",
    named: "is gone after one that left something behind"
  },
  {
    ...retiring,
    rule: "§6 cancellation = interrupt, grace, SIGKILL of the group",
    name: "there is no end of the grace",
    find: "grace = setTimeout(kill, graceMs)",
    replace: "void graceMs",
    named: "is killed after the grace"
  },
  {
    ...retiring,
    file: "src/host/Launch.ts",
    rule: "§6 memory: --max-old-space-size from the stage's memory",
    name: "the heap is Node's own",
    find: "`--max-old-space-size=${how.memoryMiB}`",
    replace: '"--max-old-space-size=2048"',
    named: "has the memory of its task"
  },
  {
    ...retiring,
    file: "src/host/Launch.ts",
    rule: "§6 a report on fatal errors, without the environment",
    name: "reports hold the environment",
    find: '    "--report-exclude-env",\n',
    replace: "",
    named: "tells how it ended without its environment"
  },
  {
    ...retiring,
    file: "src/host/Launch.ts",
    rule: "§6 core dumps off",
    name: "hosts may leave core files",
    find: "ulimit -c 0; exec",
    replace: "exec",
    named: "leaves no core file, though whoever started the run may"
  },
  {
    ...pool,
    rule: "§6 started lazily",
    name: "a host is started before anybody asks",
    find: "const idle: Array<HostProcess> = []",
    replace: "const idle: Array<HostProcess> = [start(64)]",
    named: "starts nothing until it is asked"
  },
  {
    ...pool,
    rule: "§6 one task at a time, no more hosts than places",
    name: "there is a place too many",
    find: "Semaphore.make(most)",
    replace: "Semaphore.make(most + 1)",
    named: "never has more hosts than places"
  },
  {
    ...pool,
    rule: "§6 retired: what broke while it waited too",
    name: "hosts that broke meanwhile are handed out",
    find: "for (const host of idle.filter((host) => !host.usable()))",
    replace: "for (const host of [] as Array<HostProcess>)",
    named: "ends one that broke while it waited"
  },
  {
    ...pool,
    rule: "§6 memory: a host of the stage's memory",
    name: "any host will do",
    find: "idle.findLastIndex((host) => host.memoryMiB === memoryMiB)",
    replace: "idle.findLastIndex(() => true)",
    named: "gives a task a host of its memory"
  },
  {
    ...border,
    file: "src/host/ProcessHost.ts",
    rule: "§6 documents carry a version: the messages' own",
    name: "hosts of another version are believed",
    find: "if (speaks === wireVersion) return",
    replace: "return",
    named: "speaks another version tells both"
  },
  {
    ...border,
    file: "src/host/Process.ts",
    rule: "§6 a newer peer is a typed error that names both",
    name: "results of another version are decoded as ours",
    find: "if (found !== version)",
    replace: "if (false)",
    named: "answers with a document of another version tells both"
  },
  {
    ...border,
    file: "src/host/Answers.ts",
    rule: "§6 a newer peer is a typed error that names both: the host's side",
    name: "tasks of another version are decoded as ours",
    find: "if (found !== version)",
    replace: "if (false)",
    named: "that is given a document of another version tells both"
  },
  {
    ...border,
    file: "src/host/ProcessHost.ts",
    rule: "§6 what crosses the border is checked",
    name: "answers to no question are believed",
    find: "if (message.id !== asked || open === null) return babble",
    replace: "if (open === null) return babble",
    named: "unasked"
  },
  {
    ...misbehaving,
    file: "src/host/ProcessHost.ts",
    rule: "§6 memory: what is filled beside the heap",
    name: "nobody looks at memory beside the heap",
    find: "overMemory = true",
    replace: "overMemory = false"
  },
  {
    ...misbehaving,
    file: "src/host/Fate.ts",
    rule: "§6 heap exhaustion is a SIGABRT, told as memory",
    name: "a full heap is told as an exit",
    find: 'gone.signal === "SIGABRT" &&',
    replace: "false &&"
  },
  {
    ...misbehaving,
    file: "src/host/Serve.ts",
    rule: "§6 a throw in a timer or a floating rejection ends the host, told as its task's",
    name: "what breaks later goes unnoticed",
    find: 'process.on("uncaughtException", broken)',
    replace: 'process.on("uncaughtException", () => {})'
  },
  {
    ...misbehaving,
    file: "src/host/Kin.ts",
    rule: "§6 SIGKILL of the group, and of what left it",
    name: "what left the group lives on",
    find: 'process.kill(one, "SIGKILL")',
    replace: "void one"
  },
  {
    ...misbehaving,
    file: "src/host/ProcessHost.ts",
    rule: "§6 what outlives a task is told",
    name: "processes that are left behind are not looked for",
    find: "message.programs && pid !== undefined ? kinOf(pid, start.mark) : []",
    replace: "[] as ReadonlyArray<number>"
  },
  {
    ...misbehaving,
    file: "src/host/Serve.ts",
    rule: "§6 environment: declared variables only",
    name: "hosts keep what the shell added to their environment",
    find: "if (!hostVariables.includes(name)) delete process.env[name]",
    replace: "void name"
  },
  {
    ...life,
    file: "src/host/Serve.ts",
    rule: "§6 with no task running the last one is blamed, as PLUGIN_LEAK",
    name: "nobody is blamed for what breaks after its task",
    find: "error: last === null || running !== null ? error : { ...error, task: last }",
    replace: "error",
    named: "what breaks after its task's end is that task's"
  },
  {
    ...life,
    file: "src/host/Serve.ts",
    rule: "§6 as PLUGIN_LEAK",
    name: "what breaks after a task is told as a defect",
    find: "running !== null || last === null\n      ? found",
    replace: "true\n      ? found",
    named: "what breaks after its task's end is that task's"
  },
  {
    ...life,
    file: "src/engine/Session.ts",
    rule: "§6 nothing that was recorded of a task that broke after its end is believed",
    name: "the record of a task that broke after its end stays",
    find: "if (task !== undefined) yield* states.remove(task)",
    replace: "if (task !== undefined) continue",
    named: "what breaks after its task's end is that task's"
  },
  {
    test: "test/host/environment.test.ts",
    file: "src/host/index.ts",
    rule: "§6 environment: tasks see none of the variables that the config was imported with",
    name: "tasks see what the config was imported with",
    find: "if (process.env[name] === value) delete process.env[name]",
    replace: "void value",
    named: "finds what it declares, in the time zone and letters of all hosts"
  },
  {
    test: "test/host/environment.test.ts",
    file: "src/host/Environment.ts",
    rule: "§6 environment: TZ and locale fixed",
    name: "hosts have the time zone of whoever starts them",
    find: 'TZ: "UTC"',
    replace: 'get TZ() { return process.env["TZ"] ?? "UTC" }',
    named: "finds what it declares, in the time zone and letters of all hosts"
  },
  {
    test: "test/engine/decisions.test.ts",
    file: "src/engine/run/Execution.ts",
    rule: "§6 timeout",
    name: "tasks have all the time there is",
    find: "duration: task.timeoutMs",
    replace: 'duration: "1 hour"',
    named: "ends a task that takes too long, which fails as such"
  },
  {
    ...programs,
    rule: "§6 timeout of a program",
    name: "programs have all the time there is",
    find: "if (program.timeoutMs !== undefined)",
    replace: "if (false)",
    named: "a program that takes too long is ended in the same way and says so"
  },
  {
    ...programs,
    rule: "§6 cancellation of a program: SIGTERM to the group",
    name: "the program alone is asked to end",
    find: 'signalGroup(group, "SIGTERM")',
    replace: 'child.kill("SIGTERM")',
    named: "interruption ends the whole group with SIGTERM"
  },
  {
    ...programs,
    rule: "§6 cancellation of a program: SIGKILL after the grace",
    name: "what ignores SIGTERM goes on",
    find: 'later(graceMs, () => state === "running" && signalGroup(group, "SIGKILL"))',
    replace: "",
    named: "what ignores SIGTERM is killed after the grace"
  },
  {
    ...programs,
    rule: "§6 what a program leaves behind is told",
    name: "leftovers of a program are not looked for",
    find: "if (deadline === null) leftovers = true",
    replace: "",
    named: "what a program leaves behind in its group is killed and reported"
  },
  {
    ...laws,
    rule: "§6 progress is rate-limited in the host",
    name: "all progress is told",
    find: "if (at - told < progressEveryMs && now.done !== now.total) return",
    replace: "void now.total",
    named: "progress is let through at most ten times a second"
  },
  {
    ...laws,
    rule: "§6 an undeclared error is a fault that names it",
    name: "undeclared errors pass for declared ones",
    find: "if (declared.has(failure.code) ||",
    replace: "if (true ||",
    named: "an undeclared failure to a fault that names the class"
  },
  {
    ...laws,
    rule: "§6 findings of what broke later are still told",
    name: "findings of a failed task are lost",
    find: "        findings.push(finding)\n",
    replace: "",
    named: "what was found before it broke is still told"
  }
]
