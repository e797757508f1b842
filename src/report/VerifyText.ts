/** What `verify` found: damage by task and path, and what was looked at. */
import { oneLine } from "../core/Excerpt.ts"
import type { VerifyDocument } from "../domain/RunDocuments.ts"
import { pathText } from "./ErrorText.ts"
import { byteSize, counted } from "../core/Quantity.ts"
import type { Style } from "../core/Style.ts"

export interface VerifyTelling {
  readonly style: Style
  readonly folder: string
  /** Damage only. */
  readonly quiet: boolean
}

export const verifyLines = (
  { ok, checked, damage, project }: VerifyDocument,
  { style, folder, quiet }: VerifyTelling
): ReadonlyArray<string> => {
  const lines = damage.flatMap(({ task, path, message }) => [
    `${style.red("✗")} ${style.bold(pathText(path, folder))}`,
    `    ${oneLine(message)}`,
    `    ${style.dim(`task  ${oneLine(task)}`)}`
  ])
  if (quiet) return lines
  const looked = [
    counted(checked.tasks, "task"),
    counted(checked.files, "file"),
    byteSize(checked.bytes),
    ...(checked.cells > 0 ? [counted(checked.cells, "cell")] : [])
  ].join(" · ")
  const end = ok ? style.green("all as recorded") : style.red(`${counted(damage.length, "place")} damaged`)
  return [...lines, `${oneLine(project)}: ${looked} verified, ${end}`]
}
