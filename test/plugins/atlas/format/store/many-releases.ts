/** Valid build roots of other releases, made of `mini`: the manifest and what it names renamed, nothing else. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { canonicalJson } from "../../../../../plugins/atlas/format/canonical-json.ts"
import { miniFolder, writeMiniRoot } from "./golden-root.ts"

const sha256 = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex")

type Json = Record<string, any>

/** The folder of a build root of `release`/synthetica_minima/SM1.0 below `top`. */
export const writeReleaseRoot = (top: string, release: string): string => {
  const old = writeMiniRoot(top)
  const folder = join(top, miniFolder.replace("release=110", `release=${release}`))
  if (folder !== old) {
    fs.mkdirSync(join(folder, ".."), { recursive: true })
    fs.renameSync(old, folder)
  }
  const read = (name: string): Json => JSON.parse(fs.readFileSync(join(folder, "derived", name), "utf8")) as Json
  const write = (name: string, value: Json) => fs.writeFileSync(join(folder, "derived", name), canonicalJson(value))
  const digest = (path: string) => sha256(fs.readFileSync(join(folder, path)))
  const releaseId = `${release}/synthetica_minima/SM1.0`
  const rename = (value: Json): Json => ({ ...value, dataset: { ...value["dataset"], release }, release_id: releaseId })

  const inventory = rename(read("artifact_inventory.json"))
  write("artifact_inventory.json", inventory)
  const bundle = rename(read("evidence_bundle.lock.json"))
  for (const path of Object.keys(bundle["files"] as Json)) (bundle["files"] as Json)[path] = digest(path)
  const { schema_version, dataset, release_id, files } = bundle
  bundle["bundle_sha256"] = sha256(canonicalJson({ schema_version, dataset, release_id, files }))
  write("evidence_bundle.lock.json", bundle)
  const manifest = read("manifest.json")
  manifest["dataset"] = dataset
  manifest["evidence_bundle_sha256"] = bundle["bundle_sha256"]
  const { canonical_metadata_sha256: _, ...identity } = { ...(manifest["identity"] as Json), release_id: releaseId } as Json
  manifest["identity"] = { ...identity, canonical_metadata_sha256: sha256(canonicalJson(identity)) }
  write("manifest.json", manifest)
  fs.writeFileSync(
    join(folder, "derived/manifest.lock"),
    canonicalJson({ manifest_sha256: digest("derived/manifest.json"), sqlite_sha256: digest("derived/gene_summary.sqlite") })
  )
  return folder
}
