/** What `gc` dropped, or would drop. */
import { oneLine } from "../core/Excerpt.ts"
import { columns } from "../core/Layout.ts"
import { byteSize, counted } from "../core/Quantity.ts"
import type { Style } from "../core/Style.ts"
import type { GcDocument, Orphan, OrphanState } from "../domain/CacheDocuments.ts"

const words: Readonly<Record<OrphanState, string>> = {
  present: "kept",
  altered: "kept: changed since it was made",
  shared: "kept: the project names it",
  outside: "kept: not below the project's folder",
  gone: "gone",
  removed: "removed"
}

const orphanLines = ({ task, renamedTo, outputs }: Orphan, style: Style): ReadonlyArray<string> => [
  `  ${style.bold(oneLine(task))}${renamedTo === undefined ? "" : `   seems to be ${oneLine(renamedTo)} now`}`,
  ...columns(outputs.map(({ path, state, bytes }) => [`    ${oneLine(path)}`, words[state], bytes === 0 ? "" : byteSize(bytes)]))
]

const cacheLine = ({ cache: { entries, objects, quarantine, temporaries, bytes, cap } }: GcDocument): string => {
  const dropped = [
    ...(entries.files > 0 ? [counted(entries.files, "entry", "entries")] : []),
    ...(objects.files > 0 ? [counted(objects.files, "object")] : []),
    ...(quarantine.files > 0 ? [counted(quarantine.files, "damaged object")] : []),
    ...(temporaries.files > 0 ? [counted(temporaries.files, "half-written file")] : [])
  ]
  return `cache: ${dropped.length === 0 ? "nothing" : dropped.join(", ")} dropped; ${byteSize(bytes)} of ${byteSize(cap)} in use`
}

/** `quiet`: nothing but the tasks whose outputs stay though the project no longer has them. */
export const gcLines = (
  document: GcDocument,
  { style, quiet }: { readonly style: Style; readonly quiet: boolean }
): ReadonlyArray<string> => {
  const { orphans, leftovers, reports, freed, dryRun, project, warnings } = document
  const staying = orphans.filter(({ outputs }) => outputs.some(({ state }) => state === "present"))
  const told = quiet ? staying : orphans
  const lines = [
    ...(told.length === 0 ? [] : [`${counted(told.length, "task")} that the project no longer has`]),
    ...told.flatMap((orphan) => orphanLines(orphan, style)),
    ...(staying.length === 0 ? [] : [style.dim("  `atlas-run gc --orphans` removes the outputs that are kept here and unchanged")])
  ]
  if (quiet) return lines
  return [
    ...lines,
    cacheLine(document),
    ...(leftovers.length > 0 ? [`left by runs that died: ${counted(leftovers.length, "place")} cleared`] : []),
    ...(reports.length > 0
      ? [`${counted(reports.length, "old report, log or compiled code", "old reports, logs and compiled code")} dropped`]
      : []),
    ...warnings.map((warning) => `${style.yellow("⚠")} ${oneLine(warning)}`),
    `${oneLine(project)}: ${dryRun ? "would free" : "freed"} ${byteSize(freed)}${dryRun ? "; nothing was touched" : ""}`
  ]
}
