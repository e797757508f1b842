import { Effect } from "effect"
import { sha256File } from "../../format/artifact/sha256.ts"
import { layout } from "../../format/artifact/layout.ts"
import { canonicalId } from "../../format/dataset-id.ts"
import { type IngestFinding, ingestFindings } from "../../format/ingest/findings.ts"
import { ingest, ingestSummary } from "../../format/ingest/ingest.ts"
import { command } from "../command.ts"
import { IngestFacts } from "../documents.ts"
import { toldBy } from "../findings.ts"
import { datasetFlags, datasetOf, oneOf, optional, required } from "../flag.ts"
import { placeBuildRoot } from "../staged-root.ts"
import { counted, labelled } from "../text.ts"
import { findingCounts } from "../told.ts"

export const Ingest = command({
  name: "ingest",
  summary: "reads GFF3 and FASTA into a build root",
  detail: [
    "All problems of the inputs are told at once. The build root is put to ROOT/release=R/species=S/assembly=A when it is whole,",
    "and replaces an older one; if anything fails, everything stays as it was."
  ],
  flags: {
    gff3: required("FILE", "the annotation: plain, gzip or bgzip, by content"),
    fasta: required("FILE", "the genome: plain, gzip or bgzip, by content"),
    fai: optional("FILE", "the index of the genome, held against it; made from it if absent"),
    ...datasetFlags,
    "output-root": required("ROOT", "the folder of build roots"),
    ruleset: oneOf(["ontology"], "how features are read: GFF3 1.26 and the Sequence Ontology")
  },
  examples: [
    {
      line: "atlas-dataset ingest --gff3 yeast.gff3.gz --fasta yeast.fa.gz --release 110 --species saccharomyces_cerevisiae --assembly R64 --output-root build",
      does: "a build root below build/"
    }
  ],
  facts: IngestFacts,
  run: ({ flags, progress }) =>
    Effect.gen(function* () {
      const dataset = datasetOf(flags)
      const found: Array<IngestFinding> = []
      const { built, place, replaced } = yield* placeBuildRoot(flags["output-root"], dataset, (folder) =>
        Effect.gen(function* () {
          const { gff3, fasta, fai } = flags
          const facts = yield* ingest(
            { folder, dataset, gff3, fasta, ...(fai === undefined ? {} : { fai }) },
            { report: (finding) => Effect.sync(() => void found.push(finding)), progress }
          )
          return { facts, manifestSha256: (yield* sha256File(`${folder}/${layout.manifest}`)).sha256 }
        })
      )
      const { facts, manifestSha256 } = built
      const { genes, transcripts, exons, cdsRows: cds, rows, sequences, bases, collection } = facts
      const { gff3_sha256, fasta_sha256, fai_sha256, sqlite_sha256 } = facts.manifest.checksums
      const findings = found.map(toldBy(ingestFindings))
      return {
        facts: {
          dataset,
          buildRoot: place,
          ruleset: flags.ruleset,
          replaced,
          counts: { genes, transcripts, exons, cds, rows, sequences, bases },
          collection,
          manifestSha256,
          checksums: { gff3: gff3_sha256, fasta: fasta_sha256, fai: fai_sha256, sqlite: sqlite_sha256 }
        },
        findings,
        lines: (telling) =>
          labelled(
            `${telling.style.green("✓")} ingested ${telling.style.bold(canonicalId(dataset))}  ${ingestSummary(facts)}`,
            [
              ["build root", `${place}${replaced ? " (replaced)" : ""}`],
              [
                "rows",
                `${counted(rows, "row")}: ${counted(transcripts, "transcript")}, ${counted(exons, "exon")}, ${counted(cds, "CDS", "CDS")}`
              ],
              ["genome", `${counted(bases, "base")}, seqcol ${collection}`],
              ["manifest", `sha256 ${manifestSha256}`],
              ["findings", findingCounts(findings)]
            ],
            telling
          )
      }
    })
})
