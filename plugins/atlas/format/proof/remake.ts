/**
 * Making a dataset again from its inputs, in the temporary folder, and comparing: every file byte for byte, every row of every table. A dataset
 * of ours must come out as it is; one of another program is proven where a ruleset here makes it.
 */
import { existsSync } from "node:fs"
import * as fs from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { Effect, Result, type Scope } from "effect"
import { dialectOf, isOurs } from "../artifact/dialect.ts"
import type { Say, VerifyFindingName } from "../artifact/finding.ts"
import type { GeneSummaryUnreadable } from "../artifact/gene-summary-reader.ts"
import { readJsonFile } from "../artifact/json-file.ts"
import { layout, type Role } from "../artifact/layout.ts"
import { type Manifest } from "../artifact/manifest.ts"
import { lenientThresholds, thresholdsOf } from "../artifact/policy.ts"
import { type ArtifactUnreadable, type FileDigest, sha256File } from "../artifact/sha256.ts"
import { SourceFacts } from "../artifact/sidecar-check.ts"
import { writtenBy } from "../artifact/software.ts"
import { nameDisagrees } from "../content/compression.ts"
import type { FastaFacts } from "../fasta/scanner.ts"
import type { FastaRead } from "../ingest/inputs.ts"
import { BuildRoot, type DatasetFiles } from "../build-root.ts"
import { type DatasetId, datasetFolder, isDatasetId } from "../dataset-id.ts"
import { Durably, ioDurability, type IoDurability } from "../durable.ts"
import { ingest, ingestProblems, type IngestRequest } from "../ingest/ingest.ts"
import type { ProfileEvidence } from "../profile/choose.ts"
import type { ValidationReport } from "../validate.ts"
import { compareTables, countTables } from "./compare-tables.ts"
import type { Sound } from "./examine.ts"
import type { Ledger } from "./proof.ts"
import { inSteps, sqlite } from "./steps.ts"

/** A dataset made again. */
export interface Remade {
  /** Every file is the same, byte for byte. */
  readonly identical: boolean
  /** Every table and every file that does not hang on the writing program is the same; known once it was compared. */
  readonly agrees: boolean
  readonly compare: (sound: Sound, ledger: Ledger, say: Say<VerifyFindingName>) => Effect.Effect<void, GeneSummaryUnreadable>
}

/** Files that are the same whoever writes them (dataset contract §9.3). */
const free = [
  "anomalyReport",
  "anomalySummary",
  "canonicalFeatures",
  "canonicalSummary",
  "datasetStats",
  "qc",
  "qcReport",
  "geneIndex",
  "scientificProfile"
] as const satisfies ReadonlyArray<Role>

/** Two of them have fewer fields in the dialect `released`. */
const freeOf = (manifest: Manifest): ReadonlyArray<Role> => (dialectOf(manifest) === "main" ? free : ["geneIndex"])

const derivedRoles = (Object.keys(layout) as ReadonlyArray<Role>).filter((role) => layout[role].startsWith("derived/"))

/** A folder of our own that goes with the scope. */
const privateFolder = Effect.acquireRelease(
  Effect.tryPromise({ try: () => fs.mkdtemp(join(tmpdir(), "atlas-verify-")), catch: (cause) => ioDurability("mkdir", tmpdir(), cause) }),
  (folder) => Effect.promise(() => fs.rm(folder, { recursive: true, force: true }).catch(() => undefined))
)

interface Attempt {
  readonly folder: string
  readonly digests: ReadonlyMap<Role, FileDigest>
  /** How many of the files are the same. */
  readonly same: number
}

const isSame = (files: ReadonlyMap<Role, FileDigest>, made: ReadonlyMap<Role, FileDigest>) => (role: Role) =>
  files.get(role)?.sha256 === made.get(role)?.sha256

type Way = Pick<IngestRequest, "strictness" | "dialect" | "atlas" | "profile">

/** What the ruleset atlas-v1 lets one choose and no file of a dataset tells: the defaults first. */
const choices = [
  {},
  { duplicateGeneIdPolicy: "dedupe", allowOverlapGeneIdsAcrossContigs: true },
  { geneIdentifierPolicy: "ensembl" }
] as const satisfies ReadonlyArray<IngestRequest["atlas"]>

/** Ways in which the dataset may have been made, the likeliest first. The ruleset ontology alone tells a profile of the annotation. */
const ways = (manifest: Manifest, ours: boolean, profile: ProfileEvidence | undefined): ReadonlyArray<Way> => {
  const dialect = dialectOf(manifest)
  const likely =
    thresholdsOf(manifest.config_version) === lenientThresholds ? (["lenient", "strict"] as const) : (["strict", "lenient"] as const)
  if (profile !== undefined) return [{ strictness: likely[0], dialect, ...(profile.chosen === "given" ? { profile: profile.name } : {}) }]
  const aliases = Object.entries(manifest.contig_normalization_aliases ?? {})
  const told = { emitShards: manifest.sharding_plan === "contig", seqidAliases: aliases.map(([from, to]) => `${from}=${to}`).join(",") }
  return [
    ...(ours && dialect === "released" ? [{ strictness: likely[0], dialect }] : []),
    ...choices.flatMap((chosen) => likely.map((strictness) => ({ strictness, dialect, atlas: { ...told, ...chosen } })))
  ]
}

/** The profile that the dataset tells, if it has been read. */
const profileOf = (root: DatasetFiles, files: ReadonlyMap<Role, FileDigest>): Effect.Effect<ProfileEvidence | undefined> =>
  files.has("sourceFacts")
    ? readJsonFile(SourceFacts, root.file("sourceFacts")).pipe(
        Effect.map((facts) => facts.normalization.annotation_profile),
        Effect.orElseSucceed(() => undefined)
      )
    : Effect.succeed(undefined)

/** The genome as it was scanned, so that no way reads it again; undefined where it is not sound, and ingest has to say how. */
const genomeOf = (root: DatasetFiles, files: ReadonlyMap<Role, FileDigest>, scanned: FastaFacts | undefined): FastaRead | undefined => {
  const file = files.get("fasta")
  if (scanned === undefined || scanned.problemCount > 0 || file === undefined) return undefined
  const path = root.file("fasta")
  const { bytes, sha256 } = file
  const content = { path, compression: "plain", bytes, sha256, fileBytes: bytes, fileSha256: sha256 } as const
  return { ...scanned, content: { ...content, nameDisagrees: nameDisagrees(path, "plain") } }
}

/** In place of a copy. */
const linked = (from: string, to: string) =>
  Effect.tryPromise({
    try: async () => {
      await fs.mkdir(dirname(to), { recursive: true })
      await fs.symlink(from, to)
    },
    catch: (cause) => ioDurability("create", to, cause)
  })

interface Subject {
  readonly root: DatasetFiles
  readonly dataset: DatasetId
  readonly files: ReadonlyMap<Role, FileDigest>
  readonly genome: FastaRead | undefined
}

const attempt = ({ root, dataset, files, genome }: Subject, way: Way, top: string) =>
  Effect.gen(function* () {
    const folder = join(top, datasetFolder(dataset))
    const known = genome === undefined ? {} : { genome }
    if (genome !== undefined) yield* linked(root.file("fasta"), join(folder, layout.fasta))
    // The copy goes when it was compared: nothing of it has to outlive this process.
    yield* Effect.provideService(
      ingest({ folder, dataset, gff3: root.file("gff3"), fasta: root.file("fasta"), fai: root.file("fai"), ...known, ...way }),
      Durably,
      false
    )
    const digests = new Map<Role, FileDigest>()
    for (const role of derivedRoles) {
      const path = join(folder, layout[role])
      if (existsSync(path)) digests.set(role, yield* sha256File(path))
    }
    return { folder, digests, same: derivedRoles.filter(isSame(files, digests)).length } satisfies Attempt
  })

const notRemade = (ledger: Ledger, say: Say<VerifyFindingName>, message: string): void => {
  say("not-remade", "tables", message)
  ledger.leave("tables", message)
}

/** Undefined where it was not made: inputs are missing or damaged, or refused here; of ours that is said. */
export type Remake = (
  root: DatasetFiles,
  report: ValidationReport,
  /** As its FASTA was scanned. */
  genome: FastaFacts | undefined,
  ledger: Ledger,
  say: Say<VerifyFindingName>
) => Effect.Effect<Remade | undefined, ArtifactUnreadable | IoDurability, Scope.Scope>

export const remake: Remake = (root, { manifest, files, provenance }, genome, ledger, say) =>
  Effect.gen(function* () {
    if (!(root instanceof BuildRoot) || manifest === undefined || provenance === undefined || !isDatasetId(manifest.dataset))
      return undefined
    const { checksums, dataset } = manifest
    const inputs = [
      ["gff3", checksums.gff3_sha256],
      ["fasta", checksums.fasta_sha256],
      ["fai", checksums.fai_sha256]
    ] as const
    if (inputs.some(([role, expected]) => files.get(role)?.sha256 !== expected)) {
      ledger.leave("tables", "were not made again: the inputs are not those that the manifest names")
      return undefined
    }
    const ours = isOurs(provenance)
    const profile = yield* profileOf(root, files)
    /** Whether all that decides its content is told, so that it must come out as it is. */
    const told = ours && profile !== undefined
    const top = yield* privateFolder
    const subject = { root, dataset, files, genome: genomeOf(root, files, genome) }
    let best: Attempt | undefined
    const refusals: Array<string> = []
    for (const [i, way] of ways(manifest, ours, profile).entries()) {
      const made = yield* Effect.result(attempt(subject, way, join(top, String(i))))
      if (Result.isFailure(made)) {
        const [problem] = ingestProblems(made.failure)
        if (problem?._tag === "IoDurability") return yield* problem
        refusals.push(problem?.message ?? "")
      } else if (best === undefined || made.success.same > best.same) best = made.success
      if (best?.same === derivedRoles.length) break
    }
    if (best === undefined) {
      const message = `the dataset cannot be made again of its inputs: ${[...new Set(refusals)].join("; ")}`
      if (told) say("rederived", layout.gff3, message)
      else notRemade(ledger, say, message)
      return undefined
    }
    const made = best
    const same = isSame(files, made.digests)
    const remade = {
      identical: derivedRoles.every(same),
      agrees: false,
      compare: ({ database }: Sound, ledger: Ledger, say: Say<VerifyFindingName>) =>
        Effect.gen(function* () {
          const tables = same("sqlite")
            ? yield* sqlite(root, () => countTables(database))
            : yield* inSteps(root, compareTables(database, join(made.folder, layout.sqlite)))
          const equal = tables.filter(({ differing }) => differing === 0)
          const sameWriter =
            manifest.software_version === writtenBy.software_version && manifest.toolchain_hash === writtenBy.toolchain_hash
          const expected = ours && sameWriter ? derivedRoles : freeOf(manifest)
          const unequal = expected.filter((role) => files.has(role) && !same(role))
          remade.agrees = equal.length === tables.length && unequal.length === 0
          const rows = equal.reduce((total, table) => total + table.rows, 0)
          ledger.prove("tables", equal.length, { rows })
          const proven = derivedRoles.filter((role) => files.has(role) && same(role))
          ledger.prove("files", proven.length, { bytes: proven.reduce((total, role) => total + (files.get(role)?.bytes ?? 0), 0) })
          if (told) {
            for (const { table, differing } of tables)
              if (differing > 0) say("rederived", table, `${table}: ${differing} rows are not what the inputs give`)
            for (const role of unequal) say("rederived", layout[role], `${layout[role]} is not what the inputs give`)
          } else if (!remade.agrees)
            notRemade(
              ledger,
              say,
              "no ruleset here makes all tables of these inputs: it was made with options that no file tells, or altered"
            )
        })
    }
    return remade
  })
