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

export const cacheLines = (
  { folder: at, state, entries, objects, bytes, cap, quarantine, runs, warnings }: CacheStatsDocument,
  { style, folder }: { readonly style: Style; readonly folder: string }
): ReadonlyArray<string> => [
  style.bold(`cache ${pathText(at, folder)}${states[state] === "" ? "" : `: ${states[state]}`}`),
  `  ${counted(entries, "entry", "entries")} · ${counted(objects, "object")} · ${byteSize(bytes)} of ${byteSize(cap)}`,
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
  ...warnings.map((warning) => `  ${style.yellow("⚠")} ${oneLine(warning)}`)
]
