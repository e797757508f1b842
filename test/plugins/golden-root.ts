/** Build roots as the reference program made them, laid out in a folder of their own: checks read what they did not write. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { gunzipSync } from "node:zlib"

const project = join(import.meta.dirname, "../..")
/** Here, or beside the project. */
const places = [join(project, "test/fixtures/golden"), join(project, "../shared/reference/golden")]

export const hasGolden = (name: string): boolean => places.some((place) => existsSync(join(place, name, "root")))

/** Laid out so far; removed with `removeRoots`. */
const made: Array<string> = []
export const removeRoots = (): void => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true })
}

/** Path of a copy of golden root `name`, its files unpacked, its database changed by `edit`. */
export const goldenRoot = (name: string, edit: (database: DatabaseSync) => void = () => {}): string => {
  const place = places.find((place) => existsSync(join(place, name, "root")))
  if (place === undefined) throw new Error(`there is no golden root ${name}`)
  const packed = readdirSync(join(place, name, "root"), { recursive: true, encoding: "utf8" }).find((path) =>
    path.endsWith("gene_summary.sqlite.gz")
  )
  if (packed === undefined) throw new Error(`golden root ${name} has no database`)
  const folder = mkdtempSync(join(tmpdir(), "atlas-run-root-"))
  made.push(folder)
  cpSync(join(place, name, "root", dirname(packed)), join(folder, "derived"), { recursive: true })
  mkdirSync(join(folder, "inputs"))
  const derived = join(folder, "derived")
  for (const name of readdirSync(derived)) {
    if (!name.endsWith(".gz")) continue
    writeFileSync(join(derived, name.slice(0, -3)), gunzipSync(readFileSync(join(derived, name))))
    rmSync(join(derived, name))
  }
  const opened = new DatabaseSync(join(derived, "gene_summary.sqlite"))
  edit(opened)
  opened.close()
  return folder
}
