/** Proves that a build root which is there already is what ingest would make of the inputs: apart from ingest, whose results do not hang on it. */
import { AdoptRefused } from "atlas-run/plugin"
import { Effect } from "effect"
import { idOf } from "../dataset.ts"
import { openBuildRoot } from "../format/build-root.ts"
import { readContent } from "../format/content/read.ts"
import { canonicalId } from "../format/dataset-id.ts"
import { fastaScan } from "../format/fasta/scan.ts"
import { checkBeside } from "../format/ingest/beside.ts"
import { remake } from "../format/proof/remake.ts"
import { unexpectedIn } from "../format/seqcol/expectation.ts"
import { verify, verifyFindings } from "../format/verify.ts"
import type { Ingest } from "./ingest.ts"

const mostTold = 5

/** Without the inputs that are not there. */
const given = (inputs: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(inputs).flatMap(([name, path]) => (path === undefined ? [] : [[name, path]])))

/** Deep verification passes, and the inputs' plain bytes are those that the manifest names, and as target and lists expect. Fails with all that does not hold. */
export const proveIngest = ({ task, target, inputs, options, outputs }: Parameters<Parameters<typeof Ingest.provenBy>[0]>[0]) =>
  Effect.gen(function* () {
    const path = outputs.buildRoot
    const refused = (why: string) =>
      Effect.fail(
        new AdoptRefused({
          message: `${task} cannot be adopted: ${why}`,
          where: { path },
          hint: "Run the task: it makes the build root anew."
        })
      )
    const root = yield* Effect.catchTag(openBuildRoot(path), "BuildRootInvalid", ({ reason }) => refused(`it is no build root: ${reason}`))
    const { manifest, problems } = yield* verify(root, idOf(target), { deep: true, remake })
    const bad = problems.filter(({ name }) => verifyFindings[name as keyof typeof verifyFindings]?.severity !== "warning")
    if (bad.length > 0 || manifest === undefined) {
      const told = bad.slice(0, mostTold).map(({ name, at, message }) => `${name} at ${at}: ${message}`)
      return yield* refused(`${[...told, ...(bad.length > mostTold ? [`and ${bad.length - mostTold} more`] : [])].join("; ")}`)
    }
    const { checksums } = manifest
    const expected = { gff3: checksums.gff3_sha256, fasta: checksums.fasta_sha256, fai: checksums.fai_sha256 }
    const scanner = target.expect === undefined ? undefined : yield* fastaScan(inputs["fasta"] ?? "")
    for (const name of ["gff3", "fasta", "fai"] as const) {
      const input = inputs[name]
      if (input === undefined) continue
      const { sha256 } = yield* readContent(input, { onChunk: (chunk) => (name === "fasta" ? scanner?.push(chunk) : undefined) })
      if (sha256 !== expected[name]) return yield* refused(`it was made of another ${name} than ${input}, for ${canonicalId(target)}`)
    }
    const [unexpected] = scanner === undefined ? [] : unexpectedIn(target.expect ?? {}, yield* scanner.end, inputs["fasta"] ?? "")
    if (unexpected !== undefined) return yield* refused(unexpected.message)
    const { gff3 = "", fasta = "", gzi, ...beside } = inputs
    const index = options.ruleset === "ontology" || target.gzi !== undefined ? gzi : undefined
    const { unchanged } = yield* Effect.catch(checkBeside({ gff3, fasta, ...given({ ...beside, gzi: index }) }), ({ message }) =>
      refused(message)
    )
    yield* unchanged
  }).pipe(Effect.scoped)
