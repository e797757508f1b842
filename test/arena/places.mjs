/** Where peers are: in the folder that ATLAS_ARENA names, else in one below the system's temporary folder. */
import { existsSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"

export const repository = join(import.meta.dirname, "..", "..")
export const folder = process.env.ATLAS_ARENA ?? join(tmpdir(), "atlas-arena")

const inside = { npm: "node_modules/.bin", venv: "bin", go: "", "deb/usr": "bin" }

/** A program that was installed, else the one on PATH, else its bare name. */
export const bin = (kind, name) => {
  const own = join(folder, kind, inside[kind], name)
  if (existsSync(own)) return own
  return (
    (process.env.PATH ?? "")
      .split(delimiter)
      .map((path) => join(path, name))
      .find((path) => existsSync(path)) ?? name
  )
}

const machine = `${{ x64: "x86_64", arm64: "aarch64" }[process.arch]}-linux-gnu`
/** For programs of Debian that are unpacked and not installed. */
export const debianLibraries = {
  PATH: [process.env.PATH, join(folder, "deb", "usr", "bin"), join(folder, "deb", "bin")].join(delimiter),
  LD_LIBRARY_PATH: ["usr/lib", "lib"].map((path) => join(folder, "deb", path, machine)).join(delimiter)
}
