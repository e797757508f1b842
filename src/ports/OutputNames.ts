/** Names beside an output: where it is written before it is final, and where the old one waits until it is replaced. */
import { hash, randomBytes } from "node:crypto"
import * as path from "node:path"

/** Longest name that any usual file system takes, bytes. */
const longest = 255
const suffixBytes = 64

export type Beside = "staging" | "old"

/** What stands for a final name in the names beside it: itself, or its digest where that would be too long. */
export const stemOf = (base: string): string =>
  Buffer.byteLength(base) + suffixBytes <= longest ? base : hash("sha256", base).slice(0, 40)

const runForm = /[^A-Za-z0-9_]/g

/** `.<base>.<beside>-<run>-<16 hex digits>` in the same folder, never used before. */
export const besideName = (final: string, beside: Beside, run: string): string => {
  const tag = run.replace(runForm, "_").slice(0, 32)
  return path.join(path.dirname(final), `.${stemOf(path.basename(final))}.${beside}-${tag}-${randomBytes(8).toString("hex")}`)
}

/** The stem and role of a name made by `besideName`; null for any other name. */
export const stemIn = (name: string): { readonly stem: string; readonly beside: Beside } | null => {
  const match = /^\.(.+)\.(staging|old)-[A-Za-z0-9_]{0,32}-[0-9a-f]{16}$/s.exec(name)
  return match?.[1] === undefined ? null : { stem: match[1], beside: match[2] as Beside }
}
