/** A valid build root of the reference's dataset `mini`, made of its recorded files, and packs the reference wrote. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"
import { afterAll } from "@effect/vitest"
import { Effect } from "effect"
import { openBuildRoot } from "../../../../../plugins/atlas/format/build-root.ts"
import type { DatasetId } from "../../../../../plugins/atlas/format/dataset-id.ts"

const project = fileURLToPath(new URL("../../../../../", import.meta.url))

/** A recorded file: the copy in the fixtures, else the one beside the project, else undefined. */
export const goldenFile = (path: string): Buffer | undefined => {
  for (const folder of [join(project, "test/fixtures/golden"), join(project, "../shared/reference/golden")]) {
    if (fs.existsSync(join(folder, path))) return fs.readFileSync(join(folder, path))
    if (fs.existsSync(join(folder, `${path}.gz`))) return gunzipSync(fs.readFileSync(join(folder, `${path}.gz`)))
  }
  console.warn(`SKIPPED: ${path} is not there`)
  return undefined
}

export const hasGolden = (path: string): boolean => goldenFile(path) !== undefined

export const miniId = { release: "110", species: "synthetica_minima", assembly: "SM1.0" } as DatasetId

export const miniFolder = "release=110/species=synthetica_minima/assembly=SM1.0"

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex")

const derived = [
  "manifest.json",
  "gene_summary.sqlite",
  "anomaly_report.json",
  "anomaly_summary.json",
  "qc_report.json",
  "qc.json",
  "source_facts.json",
  "build_metadata.json",
  "dataset_stats.json",
  "scientific_profile.json",
  "artifact_inventory.json",
  "evidence_bundle.lock.json",
  "canonical_features.json",
  "canonical_summary.json",
  "release_gene_index.json"
]

const inputs = { "genome.fa.bgz": "genome.fa", "genome.fa.bgz.fai": "genome.fa.fai", "genes.gff3.bgz": "genes.gff3" }

const folders: Array<string> = []
afterAll(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

const newFolder = (parent: string): string => {
  const folder = fs.mkdtempSync(join(parent, "atlas-test-"))
  folders.push(folder)
  return folder
}

export const temporaryFolder = (): string => newFolder(tmpdir())

/** In memory where the machine offers it: for states that do not depend on the disk, many times over. */
export const memoryFolder = (): string => newFolder(fs.existsSync("/dev/shm") ? "/dev/shm" : tmpdir())

/** Writes the root's files; `lock` of the manifest and database, as no reference ingest does. */
export const writeMiniRoot = (top: string): string => {
  const folder = join(top, miniFolder)
  fs.mkdirSync(join(folder, "derived"), { recursive: true })
  fs.mkdirSync(join(folder, "inputs"))
  for (const name of derived) fs.writeFileSync(join(folder, "derived", name), goldenFile(`mini/root/${miniFolder}/derived/${name}`)!)
  for (const [to, from] of Object.entries(inputs)) fs.writeFileSync(join(folder, "inputs", to), goldenFile(`mini/in/${from}`)!)
  const [manifest, sqlite] = ["manifest.json", "gene_summary.sqlite"].map((name) => sha256(fs.readFileSync(join(folder, "derived", name))))
  fs.writeFileSync(join(folder, "derived/manifest.lock"), `{"manifest_sha256":"${manifest}","sqlite_sha256":"${sqlite}"}`)
  return folder
}

export const openMiniRoot = Effect.suspend(() => openBuildRoot(writeMiniRoot(temporaryFolder())))

/** Relative path → content of every file below a folder. */
export const filesOf = (folder: string): Map<string, string> =>
  new Map(
    fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), sha256(fs.readFileSync(path))])
  )

/** As `filesOf`, without the store's private folder. */
export const servedFiles = (store: string): Map<string, string> =>
  new Map([...filesOf(store)].filter(([path]) => !path.startsWith(".atlas/")))
