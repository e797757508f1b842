/** What an incremental run must do, in 150 scenarios. Tests name theirs: `it("12: …")`, `it("12, 13: …")`, `describe("12–14: …")`. */

export interface Scenario {
  readonly number: number
  readonly group: Group
  readonly says: string
  /** Why no test of this repository shows it as it stands; a test may still show what is near. */
  readonly outOfReach?: string
  /** What is missing for it to hold; a test may still show what is near. */
  readonly lacking?: string
}

export type Group = keyof typeof groups

export const groups = {
  A: "Basics",
  B: "Content against stat rows",
  C: "Early cut-off",
  D: "Outputs",
  E: "Config, code and tools",
  F: "Work that is found",
  G: "Changes during a run",
  H: "Crashes and signals",
  I: "Failures",
  J: "At the same time",
  K: "Cache",
  L: "Genomes",
  M: "Command line",
  N: "Watching"
} as const

const noRemoteCache = "there is no remote cache"

/** In the order of their numbers; a second element is why it is out of reach or, if a third says so, what is lacking. */
const told: Readonly<Record<Group, ReadonlyArray<string | readonly [says: string, why: string, state?: "lacking"]>>> = {
  A: [
    "Nothing changed: nothing is executed, and no file is written anywhere.",
    "The traces are deleted, the outputs and the cache are there: nothing is believed because it exists; what the cache proves is not executed.",
    "Traces and cache are deleted: everything is executed.",
    "A forced task is executed; where it gives the same, nothing behind it is.",
    "A run of one target does nothing for another, however stale that is.",
    "A target that is added is executed alone.",
    "The outputs of a target that is removed stay, and are told as orphans until they are asked to go.",
    "A stage that only has another name: the old task is told as an orphan, and both never count as one silently.",
    "Two targets with equal inputs have equal outputs."
  ],
  B: [
    "An input is touched: nothing is executed.",
    "An input's mode changes: nothing is executed; a tool that may not be executed any more is no tool.",
    "An input has other bytes of the same number and the same mtime: executed.",
    "An input has other bytes and an older mtime: executed.",
    "An input's mtime lies in the future: nothing is executed, and an edit is still seen.",
    "An input's mtime jumps back by an hour: nothing is executed.",
    "An input becomes a link to a copy: nothing is executed; to other content: executed.",
    "The file that a linked input leads to changes: executed.",
    "An input is another inode with the same bytes: nothing is executed.",
    "An input and the config's path to it are renamed: nothing is executed.",
    "An input's name changes in case only, on a file system that tells cases apart.",
    "Inputs whose names differ by Unicode normalization alone are two files.",
    "Blanks, quotes and line ends in the names of inputs and of the project's folder.",
    "An empty input is another thing than a missing one.",
    "An empty folder that appears counts.",
    "A file that moves between two folders under the same name counts.",
    "Bytes that move from a name to a content count.",
    "An input that may not be read is a typed error, and the state stays as it was.",
    "A FIFO or folder in the place of an input is a typed error, not a hang.",
    "A large sparse input (400 MiB; more than 4 GiB with ATLAS_LARGE=1) is hashed in bounded memory, and once.",
    "A file that was written within the clock tick of its record is hashed again."
  ],
  C: [
    "A comment of the annotation changes: what reads it canonically is executed, and nothing behind it.",
    "The line width of the genome changes: likewise.",
    "The annotation is recompressed: ingest alone is executed.",
    "The rows of a table are permuted: cut off behind a stage that sorts, all the way behind one that does not.",
    "What depends on the clock is in no output, so that a task that ran again on another day is cut off.",
    "Both parents of a diamond run again and give the same: the child is not executed.",
    "One parent is cut off, the other gives something else: the child is executed once.",
    "A stage that writes the same bytes with new times is cut off.",
    "A check without outputs gives another verdict: what it gates follows; other data: the check is executed."
  ],
  D: [
    "A final output is deleted: it is restored, and nothing is executed.",
    "An intermediate output is deleted: it is there again, and nothing behind it is executed.",
    "Bytes are appended to an output: noticed and healed.",
    "An output has other bytes, its size and mtime as before: named by verify, healed before anything uses it.",
    "An output is replaced by a link: healed, and what the link leads to is not written.",
    "Another file in an output's folder: noticed, and in nothing that is made of it.",
    "A stage that does not make a declared output fails with a typed error, and nothing is recorded.",
    "A stage that writes outside of its outputs is noticed.",
    "A stage that changes its own input: typed, and nothing of it is recorded.",
    "Two stages declare one output: an error of the config that names both.",
    "An output lies inside another: an error of the config that names both.",
    "A read-only output is replaced.",
    "The disk is full: a typed error, and the old output is whole.",
    "An output on another file system is replaced as one."
  ],
  E: [
    "Order and blanks of the config change: nothing is executed.",
    "An option that one stage has changes: that stage is executed, and what depends on it.",
    "The code of a check changes: that check is executed.",
    "A module that the check imports changes: likewise.",
    "A comment in a check's code changes: the check may be executed, and nothing else.",
    "A plugin is added that nothing uses: nothing is executed.",
    "The files of a package change: what uses it is executed.",
    "A tool on PATH is another under the same path: the stages that declare it are executed.",
    "A tool is missing: a typed error, and its task is not begun.",
    "A declared variable changes: executed; an undeclared one: not, and no program sees it.",
    "A secret that is rotated executes nothing, and its value is in no record and in no output in clear.",
    "Another version of the engine runs nothing; another meaning of its rows runs everything, once, and says so.",
    "Code that computes options and throws is an error of the config, never a narrower key.",
    "A value that is no plain data, or the clock in the config, is an error that names its place.",
    "A config with a mistake: exit 2 with file and line, and nothing is touched.",
    "Locale, time zone, folder, HOME and umask differ: the same rows.",
    "Another checkout has the same keys, and finds its results in the cache."
  ],
  F: [
    "A glob gains a file: executed.",
    "A glob loses a file: executed, and what the file gave is an orphan.",
    "An optional input appears: executed.",
    "An input that a stage discovered changes: executed.",
    "A discovered input is gone: executed, no error.",
    "A discovered input is another task's output without an edge to it: an error.",
    "A cycle through a discovered input: a typed error with the path.",
    "One task for each part of a content: a part is added, and its task alone is executed, with the aggregate.",
    "Tasks that depend on an earlier output are planned as unknown until then, and executed minimally."
  ],
  G: [
    "An input is edited after it was read: told, and the next run executes.",
    "An input is edited between hash and reading: nothing is recorded or cached, and taking the edit back brings nothing wrong to light.",
    "An input is edited and put back while it is read: likewise.",
    "The config is edited during a run: the run is of one config, and the next one is of the other.",
    "An output is deleted during the run: who needs it ends with a typed error, and the next run heals.",
    "Several inputs change at once during a run, as by a checkout: each task is tainted or of one state."
  ],
  H: [
    "kill -9 in the middle of a stage: nothing partial is at a final place, and the next run heals without a word.",
    "kill -9 between an output's rename and its record: the next run ends as a clean build.",
    "kill -9 during the publication of several files: all old or all new.",
    "State files that are truncated, garbage, older or newer: works, or a plain error; never a stack trace.",
    "The end of a state file is torn off: it is not believed.",
    "The power fails: there is no record for bytes that were lost, as the order of syncs shows.",
    "The holder of the lock is dead: nothing has to be unlocked.",
    "The number of a dead holder's process is taken by another program: likewise.",
    [
      "A holder on another host is told by name.",
      "one machine; the lock is the kernel's, and what holds it elsewhere is told as a lock that is held"
    ],
    "After a reboot: the lock is free, and what may not have reached the disk is read again.",
    "SIGINT: programs and their children get SIGTERM, time, then SIGKILL; exit 130; nothing is left running.",
    "SIGTERM: 143; a second SIGINT ends at once.",
    "The terminal closes: as SIGINT, 129.",
    ["The engine is killed while a job of a cluster runs: the next run finds the job again.", "there is no executor for clusters"]
  ],
  I: [
    "A task fails: what needs it is blocked, other targets go on, exit 1, and its cause is told once.",
    "Its cause is mended: it and what was blocked are executed, and nothing else.",
    "A flaky stage with retries: its attempts are recorded, and only the success is kept.",
    "A time limit: typed, and the whole tree of processes is ended.",
    "Memory runs out: told apart from other ends, with what to do.",
    "A warning: exit 0, and told again when all is fresh.",
    "A failed check blocks what it gates, and nothing else.",
    "The code of a check changes and it fails now: what it gates is blocked although the subject is fresh.",
    "A failure is never taken for a result.",
    "Running what failed again executes what it needs where that is stale.",
    "One of a thousand targets fails: the others end, and the causes are told in groups."
  ],
  J: [
    "Two runs of one target: each task is executed once, and both end with 0.",
    [
      "Two runs of different targets go on side by side.",
      "a project has one lock: the second run waits for the first, and then does its part",
      "lacking"
    ],
    "Readers wait for nobody and lock nothing.",
    "No more memory is given to tasks at one time than there is.",
    "A stage that is larger than the machine: an error of the config, no deadlock.",
    "Of a mutex group one task runs at one time.",
    "256 file descriptors are enough.",
    [
      "10,000 targets of 6 stages: a no-op within seconds, and only what changed is hashed.",
      "of `npm test`: 60,000 programs have to run first; `npm run bench` shows it"
    ]
  ],
  K: [
    "A byte of an object in the cache is flipped: a miss that heals, and the object is put aside.",
    "An object is gone, its record there: a miss.",
    "A record is gone, its objects there: no harm.",
    ["A download is cut off: old outputs stay, and the task runs.", noRemoteCache],
    ["The cache's server fails or is slow: the run goes on within a bounded time, and says so.", noRemoteCache],
    ["The server gives bytes of another digest: refused and told.", noRemoteCache],
    ["An entry of a writer that is not trusted is not read.", noRemoteCache],
    "Two writers give different bytes under one key: neither is mixed with the other.",
    "Collecting during a run removes nothing that is referred to.",
    "The cap holds after collecting; least recently used first, pinned ones stay.",
    ["Without a network: the same results.", "there is no network to lose: nothing of a run goes over one"]
  ],
  L: [
    "A sequence of the annotation is not in the genome: refused, by name.",
    "A sequence without features is legal.",
    "An index that does not fit its genome: a typed error that offers to make it again.",
    "Another genome under the same name of an assembly: refused.",
    "A new release of equal files: what has no release in it is the same.",
    "CRLF, a missing version line, a wrong phase: the exact lines.",
    "Compressed and plain forms of the same data have the same digests."
  ],
  M: [
    "What plan tells is what run does.",
    "why tells old and new of each cause down to the root, and the evidence of what is fresh.",
    "--json is one valid document on stdout, logs go to stderr.",
    "An unknown selector: exit 2 with the nearest names.",
    "status --check: 0 fresh, 4 stale, without side effects.",
    "adopt makes present outputs count, with a reason that stays visible.",
    "Without a terminal, with NO_COLOR or on a dumb one the text is clean.",
    "In a read-only project status and why work."
  ],
  N: [
    "A burst of 500 edits is one run.",
    "An edit during a run is followed by a run of what it touches.",
    "A run's own outputs do not start another.",
    "When the watcher loses events, everything is looked at again.",
    "Editors that save by renaming are noticed.",
    "An edit of the config is followed."
  ]
}

export const scenarios: ReadonlyArray<Scenario> = Object.entries(told)
  .flatMap(([group, all]) => all.map((one) => ({ group: group as Group, one })))
  .map(({ group, one }, index) => {
    if (typeof one === "string") return { number: index + 1, group, says: one }
    const [says, why, state] = one
    return { number: index + 1, group, says, ...(state === "lacking" ? { lacking: why } : { outOfReach: why }) }
  })
