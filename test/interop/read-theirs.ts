/** What the reference wrote, through our program: every command that takes it must, and tell whose it is. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { ours, type Said } from "./programs.ts"
import type { Tally } from "./tally.ts"

export interface Theirs {
  readonly name: string
  readonly dialect: "main" | "released"
  readonly id: { readonly release: string; readonly species: string; readonly assembly: string }
  /** Folders and file of the reference; undefined where it made none. */
  readonly root: string
  readonly store: string | undefined
  readonly pack: string | undefined
  /** Whether the shipped thresholds and gates let it be published. */
  readonly publishable: boolean
}

export const idFlags = ({ release, species, assembly }: Theirs["id"]): ReadonlyArray<string> => [
  "--release",
  release,
  "--species",
  species,
  "--assembly",
  assembly
]

const namesOf = ({ json }: Said): ReadonlyArray<string> =>
  [...new Set<string>((json?.findings ?? []).map((f: { name: string }) => f.name))].sort()

const errorsOf = ({ json }: Said): ReadonlyArray<string> =>
  (json?.findings ?? [])
    .filter((f: { severity: string }) => f.severity === "error")
    .map((f: { name: string; at: string }) => `${f.name} ${f.at}`)

/** Good, or refused for what the dataset holds and its own program refuses too. */
const isTaken = (theirs: Theirs, result: Said): boolean =>
  theirs.publishable
    ? result.code === 0
    : result.code === 1 && errorsOf(result).length > 0 && errorsOf(result).every((error) => /^(qc-threshold|gate-)/.test(error))

const note = (theirs: Theirs, result: Said): string =>
  isTaken(theirs, result)
    ? namesOf(result)
        .filter((name) => name.startsWith("reference-"))
        .join(" ")
    : `exit ${result.code}: ${errorsOf(result).join("; ") || result.text}`

export const readTheirs = async (theirs: Theirs, scratch: string, tally: Tally): Promise<void> => {
  const { name, id, root, dialect, store, pack } = theirs
  const flags = idFlags(id)
  const check = (what: string, good: boolean, told = "") => tally.check(`${name}: ${what}`, good, told)
  for (const words of [["validate"], ["verify"], ["verify", "--deep"]]) {
    const result = await ours(...words, "--root", root, ...flags)
    const known = result.json?.writtenBy?.writer === "bijux-atlas" && result.json?.writtenBy?.dialect === dialect
    check(`our ${words.join(" ")} takes its root and says whose it is`, isTaken(theirs, result) && known, note(theirs, result))
    if (!words.includes("--deep")) continue
    const tables = (result.json?.proven ?? []).find((p: { what: string }) => p.what === "tables")
    check("every table of its root is made again from its inputs", tables?.count === 11, `${tables?.rows ?? 0} rows`)
  }
  const own = join(scratch, `${name}.tar`)
  const packed = await ours("pack", "--root", root, ...flags, "--out", own)
  check("our pack takes its root", packed.code === 0, packed.code === 0 ? "" : packed.text)
  if (pack !== undefined) {
    const verified = await ours("verify-pack", "--pack", pack, ...flags, "--level", "identified")
    check("our verify-pack takes its pack", verified.code === 0, verified.code === 0 ? "" : verified.text)
    check("and names its writer", verified.json?.writtenBy?.writer === "bijux-atlas" && verified.json?.writtenBy?.dialect === dialect)
    check("our pack of its root is its pack, byte for byte", existsSync(own) && readFileSync(own).equals(readFileSync(pack)))
  }
  const published = await ours("publish", "--source-root", root, "--store-root", join(scratch, `${name}-store`), ...flags)
  if (!theirs.publishable) {
    check("our publish refuses what its own publish refuses", published.code === 1 && published.json?.error?.code === "BUILD_ROOT_REJECTED")
  } else if (check("our publish takes its root", published.code === 0, published.code === 0 ? "" : published.text)) {
    const at = join(scratch, `${name}-store`)
    const promoted = await ours("catalog", "promote", "--store-root", at, ...flags)
    check("and our promote after it", promoted.code === 0, promoted.code === 0 ? "" : promoted.text)
    const again = await ours("verify", "--deep", "--root", at, ...flags)
    check("our verify --deep proves it in our store", again.code === 0, again.code === 0 ? "" : errorsOf(again).join("; "))
  }
  if (store === undefined) return
  for (const words of [["validate"], ["verify", "--deep"]]) {
    const result = await ours(...words, "--root", store, ...flags)
    check(`our ${words.join(" ")} takes its store`, result.code === 0 && result.json?.published === true, namesOf(result).join(" "))
  }
  const catalog = await ours("catalog", "validate", "--store-root", store)
  check("our catalog validate takes its store", catalog.code === 0, catalog.code === 0 ? "" : errorsOf(catalog).join("; "))
  const form = await ours("catalog", "validate", join(store, "catalog.json"))
  check("and its catalog by itself", form.code === 0, form.code === 0 ? "" : form.text)
  for (const path of [root, store, ...(pack === undefined ? [] : [pack]), join(store, "catalog.json"), join(store, "latest.alias.json")]) {
    if (!existsSync(path)) continue
    const seen = await ours("inspect", path)
    check(`our inspect knows ${path.slice(path.lastIndexOf("/") + 1)}`, seen.code === 0, seen.json?.kind ?? seen.text)
  }
}
