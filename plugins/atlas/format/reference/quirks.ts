/** What of the reference's known ways shows in a dataset that it wrote, apart from damage. Each is told once, by name. */
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { Effect, Result } from "effect"
import { isOurs, type Provenance, provenanceText, writesAtIngest } from "../artifact/dialect.ts"
import type { Finding, Say, ValidateFindingName } from "../artifact/finding.ts"
import { readJsonFile } from "../artifact/json-file.ts"
import { layout, type Role } from "../artifact/layout.ts"
import type { Manifest } from "../artifact/manifest.ts"
import type { Qc } from "../artifact/qc.ts"
import type { RowCounts } from "../artifact/row-counts.ts"
import { type ArtifactUnreadable, type FileDigest, unreadable, withFile } from "../artifact/sha256.ts"
import { SourceFacts } from "../artifact/sidecar-check.ts"
import { BuildRoot, type DatasetFiles } from "../build-root.ts"

/** What validate has seen of a dataset. */
export interface Seen {
  readonly manifest: Manifest | undefined
  readonly provenance: Provenance | undefined
  readonly qc: Qc | undefined
  readonly rows: RowCounts | undefined
  readonly files: ReadonlyMap<Role, FileDigest>
  readonly problems: ReadonlyArray<Finding>
}

/** Where ingest of the reference keeps copies of its inputs and a lock with time and paths, for all datasets below one folder. */
export const inputsFolder = "_ingest_inputs"

export const inputsFolderOf = (root: DatasetFiles): string => resolve(root.path, "../../..", inputsFolder)

/** Bytes 18 and 19 of an SQLite file say 2 for a write-ahead log (SQLite file format §1.3.3). */
const hasWriteAheadLog = (path: string): Effect.Effect<boolean, ArtifactUnreadable> =>
  withFile(path, (file) =>
    Effect.tryPromise({
      try: async () => (await file.read(Buffer.alloc(2), 0, 2, 18)).buffer.equals(Buffer.from([2, 2])),
      catch: unreadable(path)
    })
  )

const isPathOf = (told: unknown, role: Role) => told === layout[role]

export const lookAtQuirks = (root: DatasetFiles, seen: Seen, say: Say<ValidateFindingName>): Effect.Effect<void, ArtifactUnreadable> =>
  Effect.gen(function* () {
    const { manifest, provenance, qc, rows, files, problems } = seen
    if (manifest === undefined || provenance === undefined || isOurs(provenance)) return
    if (!problems.some(({ name }) => name === "reference-writer"))
      say("reference-writer", layout.manifest, `written by ${provenanceText(provenance)}`)
    if (!files.has("lock") && !writesAtIngest(provenance, "lock") && root instanceof BuildRoot)
      say("reference-lock", layout.lock, "is not there: its ingest writes none")
    // Without transcripts both forms of the signature are the same.
    const signed = manifest.dataset_signature_sha256
    if (qc !== undefined && signed === qc.manifest_signature_sha256 && (rows?.transcripts ?? 0) > 0)
      say("reference-signature", "dataset_signature_sha256", "is the form with 13 fields a transcript")
    if (files.has("sqlite") && (yield* hasWriteAheadLog(root.file("sqlite"))))
      say("reference-journal", layout.sqlite, "is marked for a write-ahead log")
    if (files.has("sourceFacts")) {
      const source = yield* Effect.result(readJsonFile(SourceFacts, root.file("sourceFacts")))
      const inputs = Result.isSuccess(source) ? source.success.inputs : undefined
      if (inputs && !(isPathOf(inputs.gff3_path, "gff3") && isPathOf(inputs.fasta_path, "fasta") && isPathOf(inputs.fai_path, "fai")))
        say("reference-paths", layout.sourceFacts, "holds paths of the machine that built it")
    }
    const lock = join(inputsFolderOf(root), "inputs.lock.json")
    if (root instanceof BuildRoot && existsSync(lock))
      say("reference-paths", `${inputsFolder}/inputs.lock.json`, "holds the time of the build, and paths")
  })
