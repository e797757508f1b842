/** How full the local cache is, and what it was good for. */
import { oneLine } from "../core/Excerpt.ts"
import { columns } from "../core/Layout.ts"
import { byteSize, counted } from "../core/Quantity.ts"
import type { Style } from "../core/Style.ts"
import type { CacheStatsDocument } from "../domain/CacheDocuments.ts"
import { pathText } from "./ErrorText.ts"

const states: Readonly<Record<CacheStatsDocument["state"], string>> = {
  absent: "nothing is cached yet",
  ready: "",
  off: "not used by this atlas-run"
}

const stateWords: Readonly<Record<string, string>> = {
  traces: "traces",
  logs: "logs",
  runs: "records of runs",
  closures: "code that ran",
  "compile-cache": "compiled code",
  scratch: "what runs that died left",
  other: "other state"
}

export const cacheLines = (
  { folder: at, state, entries, objects, bytes, cap, quarantine, runs, warnings, shared = 0, footprint = [] }: CacheStatsDocument,
  { style, folder }: { readonly style: Style; readonly folder: string }
): ReadonlyArray<string> => [
  style.bold(`cache ${pathText(at, folder)}${states[state] === "" ? "" : `: ${states[state]}`}`),
  `  ${counted(entries, "entry", "entries")} · ${counted(objects, "object")} · ${byteSize(bytes)} of ${byteSize(cap)}`,
  ...(shared > 0 ? [`  ${byteSize(shared)} of that are outputs now too: there once where the file system shares copies`] : []),
  ...(quarantine.files > 0
    ? [`  ${style.yellow(`${counted(quarantine.files, "damaged object")} in quarantine, ${byteSize(quarantine.bytes)}`)}`]
    : []),
  ...columns(
    runs.map(({ run, at, hits, misses, stored }) => [
      `  ${oneLine(run)}`,
      oneLine(at),
      counted(hits, "hit"),
      counted(misses, "miss", "misses"),
      `${stored.toLocaleString("en")} stored`
    ])
  ),
  ...(footprint.length === 0 ? [] : [style.bold("on the disk beside it")]),
  ...columns(
    footprint.map(({ kind, name, path, files, bytes: size }) => [
      `  ${byteSize(size)}`,
      counted(files, "file"),
      kind === "outputs" ? `outputs of ${oneLine(name)}` : kind === "root" ? oneLine(name) : (stateWords[name] ?? "state"),
      path === null ? "" : oneLine(path)
    ])
  ),
  ...warnings.map((warning) => `  ${style.yellow("⚠")} ${oneLine(warning)}`)
]
