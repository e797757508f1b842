import { existsSync } from "node:fs"
import { Effect } from "effect"
import { sha256File } from "../../format/artifact/sha256.ts"
import { layout } from "../../format/artifact/layout.ts"
import { canonicalId } from "../../format/dataset-id.ts"
import { type IngestFinding, ingestFindings } from "../../format/ingest/findings.ts"
import { ingest, ingestSummary } from "../../format/ingest/ingest.ts"
import { dialects } from "../../format/artifact/dialect.ts"
import { atlasV1Conflicts, atlasV1Flags, atlasV1Of } from "../atlas-v1-flags.ts"
import { command } from "../command.ts"
import { expectationOf, expectFlags } from "../expect-flags.ts"
import { IngestFacts } from "../documents.ts"
import { toldBy } from "../findings.ts"
import { datasetFlags, datasetOf, geneticCodeFlag, oneOf, optional, required } from "../flag.ts"
import type { ProfileEvidence } from "../../format/profile/choose.ts"
import { profileChoices } from "../../format/profile/profiles.ts"
import { strictnesses } from "../../format/ingest/strictness.ts"
import type { SequenceCounts } from "../../format/sequences/sequence-files.ts"
import { placeSequences } from "../sequences-folder.ts"
import { nothingAt, placeBuildRoot } from "../staged-root.ts"
import { counted, grouped, labelled } from "../text.ts"
import { findingCounts } from "../told.ts"

/** `ensembl (443 of the first 443 rows of genes, transcripts and CDS)`; nothing where no provider is known. */
const profileText = (evidence: ProfileEvidence | undefined): string | undefined => {
  if (evidence === undefined) return undefined
  const { name, chosen, matching, rows } = evidence
  if (chosen === "given") return `${name} (as asked for)`
  return name === "plain" ? undefined : `${name} (${grouped(matching)} of the first ${grouped(rows)} rows of genes, transcripts and CDS)`
}

const sequencesText = ({ folder, transcripts, cds, proteins }: { readonly folder: string } & SequenceCounts): string =>
  `${folder}: ${counted(transcripts, "transcript")}, ${counted(cds, "CDS", "CDS")}, ${counted(proteins, "protein")}`

export const Ingest = command({
  name: "ingest",
  summary: "reads GFF3 and FASTA into a build root",
  detail: [
    "All problems of the inputs are told at once (of atlas-v1 the first, as bijux-atlas tells it). The build root is put to ROOT/release=R/species=S/assembly=A when it is whole,",
    "and replaces an older one; if anything fails, everything stays as it was."
  ],
  flags: {
    gff3: required("FILE", "the annotation: plain, gzip or bgzip, by content"),
    fasta: required("FILE", "the genome: plain, gzip or bgzip, by content"),
    fai: optional("FILE", "the index of the genome, held against it; made from it if absent"),
    gzi: optional("FILE", "the index of a bgzip genome, held against it; FASTA.gzi if that is there"),
    checksums: optional("FILE", "CHECKSUMS, md5sums or sha256sums that came with the inputs: each listed input must match"),
    "fasta-checksums": optional("FILE", "the list of the genome's folder, where it is another than that of the annotation's"),
    ...expectFlags,
    ...datasetFlags,
    "output-root": required("ROOT", "the folder of build roots"),
    ruleset: oneOf(
      ["ontology", "atlas-v1"],
      "how features are read: by GFF3 1.26 and the Sequence Ontology, or as bijux-atlas does, to the letter (it wants --fai)"
    ),
    profile: oneOf(profileChoices, "whose rules ids and names follow; auto chooses the provider by the annotation's first rows"),
    strictness: oneOf(
      strictnesses,
      "strict refuses any wrong row; lenient and compat leave them out and list them; report-only does so and writes reports alone"
    ),
    dialect: oneOf(dialects, "form of the build root: main, or that of the bijux-atlas released as 0.2.1, which reads no other"),
    "genetic-code": geneticCodeFlag,
    sequences: optional("DIR", "write transcripts.fa, cds.fa and proteins.fa there, as `gffread -w -x -y -S` does"),
    ...atlasV1Flags
  },
  conflicts: (flags) => [
    ...atlasV1Conflicts(flags),
    ...(flags.sequences !== undefined && flags.strictness === "report-only"
      ? ["--sequences wants a build root, which report-only does not make"]
      : []),
    ...(flags.ruleset === "atlas-v1" && (flags.sequences ?? flags["genetic-code"]) !== undefined
      ? ["--sequences and --genetic-code are flags of --ruleset ontology"]
      : [])
  ],
  examples: [
    {
      line: "atlas-dataset ingest --gff3 yeast.gff3.gz --fasta yeast.fa.gz --release 110 --species saccharomyces_cerevisiae --assembly R64 --output-root build",
      does: "a build root below build/"
    },
    {
      line: "atlas-dataset ingest --ruleset atlas-v1 --strictness lenient --gff3 g.gff3 --fasta g.fa --fai g.fa.fai --release 1 --species s --assembly A --output-root build",
      does: "the build root that bijux-atlas would make"
    }
  ],
  facts: IngestFacts,
  run: ({ flags, progress }) =>
    Effect.gen(function* () {
      const dataset = datasetOf(flags)
      const found: Array<IngestFinding> = []
      if (flags.strictness === "report-only" || flags["report-only"]) yield* nothingAt(flags["output-root"], dataset)
      const { built, place, replaced } = yield* placeBuildRoot(flags["output-root"], dataset, (folder) =>
        Effect.gen(function* () {
          const {
            gff3,
            fasta,
            fai,
            checksums,
            "fasta-checksums": fastaChecksums,
            strictness,
            dialect,
            profile,
            "genetic-code": geneticCodes = {}
          } = flags
          const atlas = flags.ruleset === "atlas-v1" ? { atlas: atlasV1Of(flags) } : {}
          // bijux-atlas looks at no such index: atlas-v1 only at one that is named.
          const beside = flags.ruleset === "ontology" && existsSync(`${fasta}.gzi`) ? `${fasta}.gzi` : undefined
          const gzi = flags.gzi ?? beside
          const facts = yield* ingest(
            {
              folder,
              dataset,
              gff3,
              fasta,
              strictness,
              dialect,
              profile,
              geneticCodes,
              ...atlas,
              expect: expectationOf(flags),
              ...(fai === undefined ? {} : { fai }),
              ...(gzi === undefined ? {} : { gzi }),
              ...(checksums === undefined ? {} : { checksums }),
              ...(fastaChecksums === undefined ? {} : { fastaChecksums })
            },
            { report: (finding) => Effect.sync(() => void found.push(finding)), progress }
          )
          const manifestSha256 = facts.manifest === undefined ? null : (yield* sha256File(`${folder}/${layout.manifest}`)).sha256
          return { facts, manifestSha256 }
        })
      )
      const { facts, manifestSha256 } = built
      const written =
        flags.sequences === undefined ? null : yield* placeSequences(place, flags.sequences, { geneticCodes: flags["genetic-code"] ?? {} })
      const { genes, transcripts, exons, cdsRows: cds, rows, sequences, bases, collection } = facts
      const { gff3_sha256, fasta_sha256, fai_sha256 } = facts.checksums
      const rejected = [...facts.rejected.values()].reduce((sum, n) => sum + n, 0)
      const findings = found.map(toldBy(ingestFindings))
      return {
        facts: {
          dataset,
          buildRoot: place,
          ruleset: flags.ruleset,
          strictness: flags.strictness,
          dialect: flags.dialect,
          profile: facts.profile ?? null,
          sequences: written,
          replaced,
          counts: { genes, transcripts, exons, cds, rows, sequences, bases },
          rejected: Object.fromEntries(facts.rejected),
          collection,
          manifestSha256,
          checksums: { gff3: gff3_sha256, fasta: fasta_sha256, fai: fai_sha256, sqlite: facts.manifest?.checksums.sqlite_sha256 ?? null }
        },
        findings,
        lines: (telling) =>
          labelled(
            `${telling.style.green("✓")} ${manifestSha256 === null ? "reported on" : "ingested"} ${telling.style.bold(canonicalId(dataset))}  ${ingestSummary(facts)}`,
            [
              [manifestSha256 === null ? "reports" : "build root", `${place}${replaced ? " (replaced)" : ""}`],
              [
                "rows",
                `${counted(rows, "row")}: ${counted(transcripts, "transcript")}, ${counted(exons, "exon")}, ${counted(cds, "CDS", "CDS")}`
              ],
              ["profile", profileText(facts.profile)],
              ["left out", rejected === 0 ? undefined : counted(rejected, "wrong row")],
              ["genome", `${counted(bases, "base")}, seqcol ${collection}`],
              ["sequences", written === null ? undefined : sequencesText(written)],
              ["manifest", manifestSha256 === null ? undefined : `sha256 ${manifestSha256}`],
              ["findings", findingCounts(findings)]
            ],
            telling
          )
      }
    })
})
