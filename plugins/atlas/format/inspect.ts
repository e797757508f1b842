/** What is this? Looks at a file or folder of any kind that the format knows, by content. Writes nothing. */
import { stat } from "node:fs/promises"
import { Effect, Result, Schema } from "effect"
import { type ErrorDocs, Several, Told } from "atlas-run/plugin"
import { isOurs, provenanceText } from "./artifact/dialect.ts"
import type { ArtifactUnreadable } from "./artifact/sha256.ts"
import type { ContentError } from "./content/failure.ts"
import type { IoDurability } from "./durable.ts"
import { inspectGff3 } from "./inspect/annotation.ts"
import { inspectDatabase } from "./inspect/database.ts"
import { datasetFolderKind, inspectDatasetFolder } from "./inspect/dataset-folder.ts"
import { datasetsFolder, inspectDatasets } from "./inspect/datasets.ts"
import { inspectFai, inspectFasta } from "./inspect/genome.ts"
import type { InspectHooks, Inspection } from "./inspect/inspected.ts"
import { inspectJson } from "./inspect/json-document.ts"
import { sniff } from "./inspect/sniff.ts"
import { verifyPack } from "./pack/verify.ts"
import type { StoreUnusable } from "./store/serving-store.ts"

export class InspectUnknown extends Schema.TaggedError<InspectUnknown>()("InspectUnknown", { ...Told }) {
  static readonly docs: ErrorDocs = {
    summary: "A file or folder is of no kind that is known here",
    hint: "known are GFF3, FASTA, FAI, packs, gene-summary databases, manifests, catalogs, aliases, and the folders of build roots and stores",
    example: "notes.txt is nothing of this format"
  }
}

const unknown = (path: string, what: string) =>
  new InspectUnknown({ message: `${path} is nothing of this format: ${what}`, where: { path } })

const inspectPack = (path: string): Effect.Effect<Inspection> =>
  Effect.map(Effect.result(verifyPack(path)), (verified) => {
    if (Result.isFailure(verified)) {
      const problems = verified.failure instanceof Several ? verified.failure.errors : [verified.failure]
      return { inspected: { path, kind: "pack", counts: {}, digests: {} }, problems }
    }
    const { dataset, bytes, sha256, members, writtenBy } = verified.success
    return {
      inspected: {
        path,
        kind: "pack",
        dataset,
        writtenBy,
        counts: { members: members.length, bytes },
        digests: { pack: sha256, ...Object.fromEntries(members.map((member) => [member.name, member.sha256])) }
      },
      quirks: isOurs(writtenBy)
        ? []
        : [{ name: "reference-writer", at: "manifest.json", message: `written by ${provenanceText(writtenBy)}` }],
      problems: []
    }
  })

export type InspectError = InspectUnknown | ContentError | ArtifactUnreadable | StoreUnusable | IoDurability

const inspectFile = (path: string, hooks: InspectHooks): Effect.Effect<Inspection, InspectError> =>
  Effect.gen(function* () {
    switch (yield* sniff(path)) {
      case "gff3":
        return yield* inspectGff3(path, hooks)
      case "fasta":
        return yield* inspectFasta(path, hooks)
      case "fai":
        return yield* inspectFai(path)
      case "pack":
        return yield* inspectPack(path)
      case "sqlite":
        return yield* inspectDatabase(path)
      case "json":
        return (yield* inspectJson(path)) ?? (yield* unknown(path, "its JSON has the keys of none of its files"))
      default:
        return yield* unknown(path, "its first lines are those of none of its files")
    }
  })

const inspectFolder = (path: string, hooks: InspectHooks): Effect.Effect<Inspection, InspectError> =>
  Effect.gen(function* () {
    const kind = yield* Effect.promise(() => datasetFolderKind(path))
    if (kind !== undefined) return yield* inspectDatasetFolder(path, kind, hooks)
    const folder = yield* datasetsFolder(path)
    return folder === undefined ? yield* unknown(path, "the folder holds no dataset") : yield* inspectDatasets(path, folder)
  })

/**
 * Says what a path is and what is in it. What is wrong with it is in `problems`, beside all that could be read; fails for what is of
 * no known kind or cannot be read at all. A pack is verified as its recipient would.
 */
export const inspect = (path: string, hooks: InspectHooks = {}): Effect.Effect<Inspection, InspectError> =>
  Effect.flatMap(
    Effect.promise(() =>
      stat(path).then(
        (found) => found.isDirectory(),
        () => false
      )
    ),
    (isFolder) => (isFolder ? inspectFolder(path, hooks) : inspectFile(path, hooks))
  )
