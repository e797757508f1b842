/** What evaluates a config here. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { EvaluatorBuild } from "../../domain/ConfigEvidence.ts"

const read = readFileSync

/** `packageFolder` is the folder of this package: the bundle lies elsewhere in it than the sources. */
export const evaluatorBuild = (packageFolder: string): EvaluatorBuild => {
  const { name, version } = JSON.parse(read(join(packageFolder, "package.json"), "utf8")) as {
    readonly name: string
    readonly version: string
  }
  const { platform, arch, versions } = process
  return { node: versions.node, platform, arch, engine: `${name}@${version}`, contract: "plugin/1" }
}
