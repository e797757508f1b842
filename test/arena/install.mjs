/** Installs peers into a folder of their own; each that cannot be had is told with the reason, and left out. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { folder } from "./places.mjs"

const say = (command, args, options = {}) => {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8", ...options })
  return status === 0 ? null : `${[command, ...args].join(" ")}: ${error?.message ?? stderr.trim().split("\n").at(-1)}`
}
const onPath = (name) => (spawnSync("sh", ["-c", `command -v ${name}`]).status === 0 ? null : `${name} is not on PATH`)

const fromNpm = (name) => {
  const place = join(folder, "npm")
  mkdirSync(place, { recursive: true })
  if (!existsSync(join(place, "package.json"))) writeFileSync(join(place, "package.json"), '{ "private": true }\n')
  return existsSync(join(place, "node_modules", name)) ? null : say("npm", ["install", "--no-audit", "--no-fund", name], { cwd: place })
}
const fromPip = (name) => {
  const place = join(folder, "venv")
  if (existsSync(join(place, "bin", name))) return null
  return (
    (existsSync(join(place, "bin", "pip")) ? null : say("python3", ["-m", "venv", place])) ??
    say(join(place, "bin", "pip"), ["install", "-q", name])
  )
}
/** Of Debian, unpacked and not installed. */
const fromDebian = (name, ...libraries) => {
  const place = join(folder, "deb")
  if (existsSync(join(place, "usr", "bin", name))) return null
  mkdirSync(place, { recursive: true })
  const problem = say("apt-get", ["download", name, ...libraries], { cwd: place })
  if (problem !== null) return onPath(name) === null ? null : problem
  return (
    readdirSync(place)
      .filter((file) => file.endsWith(".deb"))
      .map((file) => say("dpkg", ["-x", file, "."], { cwd: place }))
      .find((one) => one !== null) ?? null
  )
}
const fromGo = (name, module) =>
  existsSync(join(folder, "go", name))
    ? null
    : say("go", ["install", module], {
        env: { ...process.env, GOBIN: join(folder, "go"), GOPATH: join(folder, "gopath"), GOFLAGS: "-modcacherw" }
      })

const sources = {
  make: () => onPath("make"),
  ninja: () => fromPip("ninja"),
  turbo: () => fromNpm("turbo"),
  nx: () => fromNpm("nx"),
  wireit: () => fromNpm("wireit"),
  moon: () => fromNpm("@moonrepo/cli"),
  snakemake: () => fromPip("snakemake"),
  doit: () => fromPip("doit"),
  scons: () => fromPip("scons"),
  dvc: () => fromPip("dvc"),
  "go-task": () => fromGo("task", "github.com/go-task/task/v3/cmd/task@v3.45.4"),
  tup: () => fromDebian("tup", "libfuse3-3", "libpcre3", "fuse3")
}

/** Null, or why a tool is not here. */
export const install = (tool) => (tool.install === undefined ? null : sources[tool.install]())
