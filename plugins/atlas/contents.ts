/** What of an input counts, for stages whose results do not hang on the rest of its bytes: `input(path, { content: Gff3Content })`. */
import { Content } from "atlas-run/plugin"
import { fastaDigest } from "./format/canonical/fasta.ts"
import { gff3Digest, gff3UnorderedDigest } from "./format/canonical/gff3.ts"

export class Gff3Content extends Content("gff3")({
  summary: "Rows and directives of GFF3 in their order: no comments, blank lines, line ends or compression",
  digest: ({ path }) => gff3Digest(path)
}) {}

export class Gff3UnorderedContent extends Content("gff3-unordered")({
  summary: "Rows and directives of GFF3 in whatever order",
  digest: ({ path }) => gff3UnorderedDigest(path)
}) {}

export class FastaContent extends Content("fasta")({
  summary: "Headers and residues of FASTA, soft masking too: no line breaks, line ends or compression",
  digest: ({ path }) => fastaDigest(path)
}) {}
