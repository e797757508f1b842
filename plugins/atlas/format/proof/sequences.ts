/** The FASTA of a dataset against its index and the table of sequences. */
import type { DatabaseSync } from "node:sqlite"
import { Effect } from "effect"
import { allSequences } from "../artifact/database-model.ts"
import type { Say as SayOf, VerifyFindingName } from "../artifact/finding.ts"
import { readWhole } from "../artifact/json-file.ts"
import { layout, type Role } from "../artifact/layout.ts"
import type { ArtifactUnreadable } from "../artifact/sha256.ts"
import type { DatasetFiles } from "../build-root.ts"
import { compareCodePoints } from "../canonical-json.ts"
import { compareFai, parseFai } from "../fai.ts"
import type { FastaFacts } from "../fasta/scanner.ts"
import type { FastaSequence } from "../fasta/sequence.ts"
import { quote } from "../text.ts"

type Say = SayOf<VerifyFindingName>

/** What the scan of the FASTA gave, against its index; undefined where there is no FASTA. */
export const lookAtGenome = (
  root: DatasetFiles,
  files: ReadonlyMap<Role, unknown>,
  scan: () => FastaFacts,
  say: Say
): Effect.Effect<FastaFacts | undefined, ArtifactUnreadable> =>
  Effect.gen(function* () {
    if (!files.has("fasta")) return undefined
    const facts = scan()
    for (const problem of facts.problems) say("fasta-invalid", `${layout.fasta}:${problem.where?.line ?? 1}`, problem.message)
    if (!files.has("fai")) return facts
    const index = parseFai(yield* readWhole(root.file("fai")), layout.fai)
    for (const problem of [...index.problems, ...compareFai(index.rows, facts.sequences, layout.fai)])
      say("fai-mismatch", `${layout.fai}:${problem.where?.line ?? 1}`, problem.message)
    return facts
  })

export const compareSequences = (database: DatabaseSync, scanned: ReadonlyArray<FastaSequence>, say: Say): void => {
  const found = new Map(scanned.map(({ name, length }) => [name, length]))
  for (const { name, length } of allSequences(database)) {
    const bases = found.get(name)
    found.delete(name)
    if (bases === undefined) say("sequence-mismatch", name, `table contigs has ${quote(name)}, the FASTA has not`)
    else if (bases !== length)
      say("sequence-mismatch", name, `${quote(name)} has ${bases} bases in the FASTA and ${length} in table contigs`)
  }
  for (const name of [...found.keys()].sort(compareCodePoints))
    say("sequence-mismatch", name, `the FASTA has ${quote(name)}, table contigs has not`)
}

const indexFindings: ReadonlySet<VerifyFindingName> = new Set(["fasta-invalid", "fai-mismatch", "sequence-mismatch"])

/** The reference never compares FASTA and index, so their disagreement is no damage where the bytes are those that its manifest names. */
export const toleratingIndex =
  (say: Say): Say =>
  (name, at, message) =>
    say(indexFindings.has(name) ? "reference-index" : name, at, message)
