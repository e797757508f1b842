/** What a definition gives to those that need it: all that counts of it for them. */
import { hash } from "node:crypto"
import { compareText } from "../../core/Cause.ts"
import type { ProjectDocument } from "../../domain/ProjectDocument.ts"

/** By definition: digest of the contract's version and of its outputs' names and kinds. */
export const contractsOf = ({ contract, tasks }: ProjectDocument): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const { definition, outputs } of tasks) {
    if (found.has(definition)) continue
    const declared = outputs.map(({ name, kind }) => `${name}\0${kind}\n`).sort(compareText)
    found.set(definition, `sha256:${hash("sha256", `${contract}\n${declared.join("")}`)}`)
  }
  return found
}
