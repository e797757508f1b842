/**
 * The tools, each set up as its own documentation recommends for content that decides: where a tool can hash, it does. `cache` and
 * `state` are patterns of what scenarios damage; a tool without is not asked. `install` says what it comes from (install.mjs).
 */
import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { bin, debianLibraries, repository } from "./places.mjs"

const json = (value) => `${JSON.stringify(value, null, 2)}\n`
const a = "sh a.sh in.txt a.out"
const b = (word) => `sh b.sh a.out b.out ${word}`
const packageJson = (more) => json({ name: "arena", version: "1.0.0", private: true, packageManager: "npm@10.0.0", ...more })
const scripts = (word) => ({ a, b: b(word) })
const lockfile = json({
  name: "arena",
  version: "1.0.0",
  lockfileVersion: 3,
  requires: true,
  packages: { "": { name: "arena", version: "1.0.0" } }
})
/** Files a JavaScript tool wants to see in git. */
const git = (root) => {
  for (const words of [
    ["init", "-q"],
    ["add", "."],
    ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "a"]
  ])
    execFileSync("git", words, { cwd: root, stdio: "ignore" })
}
const modules = (root) => {
  mkdirSync(join(root, "node_modules"), { recursive: true })
}

const turbo = (name, setting, how) => ({
  name,
  how,
  install: "turbo",
  command: () => [bin("npm", "turbo"), "run", "b", "--no-color"],
  environment: { TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
  files: (word) => ({
    "package.json": packageJson({ scripts: scripts(word) }),
    "package-lock.json": lockfile,
    ".gitignore": "node_modules\n.turbo\na.out\nb.out\n",
    "turbo.json": json({
      tasks: {
        a: { inputs: ["in.txt", "a.sh"], outputs: ["a.out"] },
        b: { dependsOn: ["a"], inputs: ["b.sh", "package.json"], outputs: ["b.out"], ...setting }
      }
    })
  }),
  prepare: git,
  cache: /^(\.turbo|node_modules\/\.cache\/turbo)\/.*\.tar\.zst$/,
  version: () => execFileSync(bin("npm", "turbo"), ["--version"], { encoding: "utf8" }).trim()
})

const moon = (name, strategy, how) => ({
  name,
  how,
  install: "moon",
  command: () => [bin("npm", "moon"), "run", "root:b"],
  environment: { MOON_TOOLCHAIN_FORCE_GLOBALS: "true", NO_COLOR: "1" },
  files: (word) => ({
    ".moon/workspace.yml": 'projects:\n  root: "."\nvcs:\n  client: git\n  defaultBranch: master\ntelemetry: false\n',
    ".gitignore": ".moon/cache\na.out\nb.out\n",
    "moon.yml": `language: unknown\ntasks:\n  a:\n    command: "${a}"\n    inputs: ["in.txt", "a.sh"]\n    outputs: ["a.out"]\n  b:\n    command: "${b(word)}"\n    deps: [${strategy}]\n    inputs: ["b.sh"]\n    outputs: ["b.out"]\n`
  }),
  prepare: git,
  cache: /^\.moon\/cache\/(outputs|cas|blobs)\//,
  state: /^\.moon\/cache\/(states|.*\.json$)/,
  version: () => execFileSync(bin("npm", "moon"), ["--version"], { encoding: "utf8" }).trim().replace("moon ", "")
})

export const tools = [
  {
    name: "atlas-run",
    how: "command stages; no flags",
    command: () => [process.execPath, join(repository, "dist", "bin.mjs"), "run"],
    files: (word) => ({
      "atlas.config.ts": `import { project } from "atlas-run"
import { Command } from "atlas-run/command"
class A extends Command("a")({
  inputs: () => ({ in: "in.txt", script: "a.sh" }),
  outputs: { out: "file" },
  paths: () => ({ out: "a.out" }),
  words: ({ inputs, outputs }) => ["sh", inputs.script, inputs.in, outputs.out]
}) {}
class B extends Command("b")({
  needs: [A],
  inputs: () => ({ script: "b.sh" }),
  outputs: { out: "file" },
  paths: () => ({ out: "b.out" }),
  words: ({ inputs, needs, outputs }) => ["sh", inputs.script, needs.a.out, outputs.out, "${word}"]
}) {}
export default project({ name: "arena", stages: [A, B], targets: (target) => [target({}, { id: "t" })] })
`
    }),
    prepare: (root) => {
      modules(root)
      symlinkSync(repository, join(root, "node_modules", "atlas-run"))
      symlinkSync(join(repository, "node_modules", "effect"), join(root, "node_modules", "effect"))
    },
    cache: /^\.atlas\/cache\/cas\//,
    state: /^\.atlas\/(?!cache\/cas\/|outputs\/|compile-cache\/)/,
    version: () =>
      execFileSync(process.execPath, [join(repository, "dist", "bin.mjs"), "--version"], { encoding: "utf8" })
        .trim()
        .split(" ")
        .at(-1)
  },
  {
    name: "make",
    how: ".DELETE_ON_ERROR",
    install: "make",
    command: () => ["make", "-j2", "b.out"],
    files: (word) => ({ Makefile: `.DELETE_ON_ERROR:\nb.out: a.out b.sh\n\t${b(word)}\na.out: in.txt a.sh\n\t${a}\n` }),
    version: () => execFileSync("make", ["--version"], { encoding: "utf8" }).split("\n")[0].split(" ").at(-1)
  },
  {
    name: "ninja",
    how: "restat = 1",
    install: "ninja",
    command: () => [bin("venv", "ninja"), "b.out"],
    files: (word) => ({
      "build.ninja": `rule run\n  command = $cmd\n  restat = 1\nbuild a.out: run in.txt | a.sh\n  cmd = ${a}\nbuild b.out: run a.out | b.sh\n  cmd = ${b(word)}\n`
    }),
    state: /^\.ninja_(log|deps)$/,
    version: () => execFileSync(bin("venv", "ninja"), ["--version"], { encoding: "utf8" }).trim()
  },
  turbo("turbo", {}, "inputs and outputs declared"),
  {
    name: "nx",
    how: "cache, dependentTasksOutputFiles, no daemon",
    install: "nx",
    command: () => [bin("npm", "nx"), "run", "arena:stage-b", "--outputStyle=stream"],
    environment: { NX_DAEMON: "false", NX_NO_CLOUD: "true", NX_TUI: "false", NX_ISOLATE_PLUGINS: "false", NO_COLOR: "1" },
    files: (word) => {
      const target = (command, more) => ({ executor: "nx:run-commands", cache: true, options: { command, cwd: "{projectRoot}" }, ...more })
      return {
        "package.json": packageJson({}),
        "package-lock.json": lockfile,
        ".gitignore": "node_modules\n.nx\na.out\nb.out\n",
        "nx.json": json({ analytics: false }),
        "project.json": json({
          name: "arena",
          root: ".",
          targets: {
            "stage-a": target(a, { inputs: ["{projectRoot}/in.txt", "{projectRoot}/a.sh"], outputs: ["{projectRoot}/a.out"] }),
            // nx takes b for build
            "stage-b": target(b(word), {
              dependsOn: ["stage-a"],
              inputs: ["{projectRoot}/b.sh", { dependentTasksOutputFiles: "**/a.out" }],
              outputs: ["{projectRoot}/b.out"]
            })
          }
        })
      }
    },
    prepare: (root) => {
      symlinkSync(join(bin("npm", "nx"), "..", ".."), join(root, "node_modules"))
      git(root)
    },
    cache: /^\.nx\/cache\/(?!.*\.db)/,
    state: /^\.nx\/workspace-data\//,
    version: () =>
      /"version": "([^"]+)"/.exec(execFileSync("cat", [join(bin("npm", "nx"), "..", "..", "nx", "package.json")], { encoding: "utf8" }))[1]
  },
  {
    name: "wireit",
    how: "files, output, local cache",
    install: "wireit",
    command: () => ["npm", "run", "--silent", "b"],
    environment: { WIREIT_LOGGER: "simple", CI: "false" },
    files: (word) => ({
      "package.json": packageJson({
        scripts: { a: "wireit", b: "wireit" },
        wireit: {
          a: { command: a, files: ["in.txt", "a.sh"], output: ["a.out"] },
          b: { command: b(word), dependencies: ["a"], files: ["b.sh"], output: ["b.out"] }
        }
      })
    }),
    prepare: (root) => symlinkSync(join(bin("npm", "wireit"), "..", ".."), join(root, "node_modules")),
    cache: /^\.wireit\/[^/]+\/cache\//,
    state: /^\.wireit\/[^/]+\/(?!cache\/)/,
    version: () =>
      /"version": "([^"]+)"/.exec(
        execFileSync("cat", [join(bin("npm", "wireit"), "..", "..", "wireit", "package.json")], { encoding: "utf8" })
      )[1]
  },
  moon("moon", '"a"', "inputs and outputs declared"),
  {
    name: "snakemake",
    how: "defaults",
    install: "snakemake",
    command: () => [bin("venv", "snakemake"), "--cores", "2", "--quiet", "all", "--", "b.out"],
    files: (word) => ({
      Snakefile: `rule b:\n    input: out="a.out", script="b.sh"\n    output: "b.out"\n    shell: "${b(word)}"\nrule a:\n    input: text="in.txt", script="a.sh"\n    output: "a.out"\n    shell: "${a}"\n`
    }),
    state: /^\.snakemake\/(metadata|incomplete)\//,
    settleMs: 8_000,
    version: () => execFileSync(bin("venv", "snakemake"), ["--version"], { encoding: "utf8" }).trim()
  },
  {
    name: "doit",
    how: "file_dep, targets, config_changed",
    install: "doit",
    command: () => [bin("venv", "doit"), "run", "-n", "2", "b"],
    files: (word) => ({
      "dodo.py": `from doit.tools import config_changed
def task_a():
    return {"actions": ["${a}"], "file_dep": ["in.txt", "a.sh"], "targets": ["a.out"], "uptodate": [config_changed("${a}")]}
def task_b():
    return {"actions": ["${b(word)}"], "file_dep": ["a.out", "b.sh"], "targets": ["b.out"], "uptodate": [config_changed("${b(word)}")]}
`
    }),
    state: /^\.doit\.db/,
    version: () => execFileSync(bin("venv", "doit"), ["--version"], { encoding: "utf8" }).split("\n")[0].trim()
  },
  {
    name: "scons",
    how: "Decider content",
    install: "scons",
    command: () => [bin("venv", "scons"), "-Q", "-j2", "b.out"],
    files: (word) => ({
      SConstruct: `import os\nenv = Environment(ENV=os.environ)\nenv.Decider("content")\nenv.Command("a.out", ["in.txt", "a.sh"], "${a}")\nenv.Command("b.out", ["a.out", "b.sh"], "${b(word)}")\n`
    }),
    state: /^\.sconsign/,
    version: () => /SCons: v([\d.]+\d)/.exec(execFileSync(bin("venv", "scons"), ["--version"], { encoding: "utf8" }))[1]
  },
  {
    name: "DVC",
    how: "dvc.yaml, without git",
    install: "dvc",
    command: () => [bin("venv", "dvc"), "repro", "-q"],
    environment: { DVC_NO_ANALYTICS: "1" },
    files: (word) => ({
      "dvc.yaml": `stages:\n  a:\n    cmd: ${a}\n    deps: [in.txt, a.sh]\n    outs: [a.out]\n  b:\n    cmd: ${b(word)}\n    deps: [a.out, b.sh]\n    outs: [b.out]\n`
    }),
    prepare: (root, env) => execFileSync(bin("venv", "dvc"), ["init", "--no-scm", "-q"], { cwd: root, env }),
    cache: /^\.dvc\/cache\/files\//,
    state: /^dvc\.lock$/,
    settleMs: 8_000,
    version: () => execFileSync(bin("venv", "dvc"), ["--version"], { encoding: "utf8" }).trim()
  },
  {
    name: "go-task",
    how: "sources, generates, checksum",
    install: "go-task",
    command: () => [bin("go", "task"), "b"],
    files: (word) => ({
      "Taskfile.yml": `version: "3"\ntasks:\n  a:\n    sources: [in.txt, a.sh]\n    generates: [a.out]\n    cmds: ["${a}"]\n  b:\n    deps: [a]\n    sources: [a.out, b.sh]\n    generates: [b.out]\n    cmds: ["${b(word)}"]\n`
    }),
    state: /^\.task\//,
    version: () => execFileSync(bin("go", "task"), ["--version"], { encoding: "utf8" }).trim()
  },
  {
    name: "tup",
    how: "FUSE tracing; it tells times by the second, so each edit waits for the next one",
    quietMs: 1_100,
    install: "tup",
    environment: debianLibraries,
    command: () => [bin("deb/usr", "tup"), "b.out"],
    files: (word) => ({ Tupfile: `: in.txt a.sh |> ${a} |> a.out\n: a.out b.sh |> ${b(word)} |> b.out\n` }),
    prepare: (root, env) => execFileSync(bin("deb/usr", "tup"), ["init"], { cwd: root, env, stdio: "ignore" }),
    // a run that was killed leaves its file system mounted
    close: (root) => spawnSync("umount", ["-l", join(root, ".tup", "mnt")], { stdio: "ignore" }),
    state: /^\.tup\/db$/,
    version: () =>
      execFileSync(bin("deb/usr", "tup"), ["--version"], { encoding: "utf8", env: { ...process.env, ...debianLibraries } })
        .trim()
        .replace("tup ", "")
  }
]
