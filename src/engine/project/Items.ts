/** The items of a fan-out: the entries of a folder as its stage's last good execution left them, and what of a need each task rests on. */
import { hash } from "node:crypto"
import type { NeedPart } from "../../domain/ProjectDocument.ts"
import type { OutputFile, TracedOutput } from "../../domain/Trace.ts"
import { itemId, itemName } from "../../core/Item.ts"
import { digestListing } from "../../ports/FileTree.ts"

/** `files` are relative to it, "" is the entry itself. */
interface Entry {
  readonly type: OutputFile["type"]
  readonly files: Array<OutputFile>
}

const listed = new WeakMap<TracedOutput, ReadonlyMap<string, Entry>>()

/** By name, in the order of names. */
export const entriesOf = (output: TracedOutput): ReadonlyMap<string, Entry> => {
  const known = listed.get(output)
  if (known !== undefined) return known
  const entries = new Map<string, Entry>()
  for (const file of output.files) {
    if (file.path === "") continue
    const slash = file.path.indexOf("/")
    const name = slash < 0 ? file.path : file.path.slice(0, slash)
    const entry = entries.get(name)
    const inside = { ...file, path: slash < 0 ? "" : file.path.slice(slash + 1) }
    if (entry !== undefined) entry.files.push(inside)
    else if (slash < 0) entries.set(name, { type: file.type, files: [inside] })
  }
  listed.set(output, entries)
  return entries
}

export type PartOutput = Pick<TracedOutput, "name" | "kind" | "path" | "value" | "digest">

/** The entry named `item` of a folder, as if it were an output; none where it is not there. */
const entryOutput = (folder: TracedOutput, item: string): ReadonlyArray<PartOutput> => {
  const entry = entriesOf(folder).get(item)
  return entry === undefined
    ? []
    : [
        {
          name: `${folder.name}/${itemId(item)}`,
          kind: entry.type === "folder" ? "folder" : "file",
          path: `${folder.path}/${item}`,
          value: null,
          digest: digestListing(entry.files)
        }
      ]
}

const namesOutput = (folder: TracedOutput): PartOutput => {
  const names = JSON.stringify([...entriesOf(folder).keys()])
  return { name: `${folder.name}/*`, kind: "value", path: "", value: names, digest: `sha256:${hash("sha256", names)}` }
}

/** The digest now of what a row of a need names: an output, an entry of a folder, or the names of all. */
export const digestNamed = (outputs: ReadonlyArray<TracedOutput>, name: string): string | undefined => {
  const slash = name.lastIndexOf("/")
  const whole = outputs.find((output) => output.name === name)
  const folder = outputs.find((output) => slash > 0 && output.name === name.slice(0, slash))
  if (whole !== undefined || folder === undefined) return whole?.digest
  const item = name.slice(slash + 1)
  return item === "*" ? namesOutput(folder).digest : entryOutput(folder, itemName(item) ?? item)[0]?.digest
}

/** What a task rests on of `outputs`, those of a need. */
export const partOf = (
  part: NeedPart | undefined,
  outputs: ReadonlyArray<TracedOutput>,
  item: string | undefined
): ReadonlyArray<PartOutput> => {
  switch (part?.part) {
    case undefined:
    case "member":
      return outputs
    case "others":
      return outputs.filter(({ name }) => name !== part.output)
    case "names":
      return outputs.filter(({ name }) => name === part.output).map(namesOutput)
    case "entry":
      return item === undefined ? [] : outputs.filter(({ name }) => name === part.output).flatMap((folder) => entryOutput(folder, item))
  }
}
