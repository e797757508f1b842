/** canonical_features.json and canonical_summary.json, written piece by piece, and the two digests over them (dataset contract §2.12). */
import { createHash } from "node:crypto"
import { Effect } from "effect"
import { canonicalJson } from "../canonical-json.ts"
import type { IoDurability, Written } from "../durable.ts"
import { CanonicalSummary, featureObject, queryObject } from "./canonical-model.ts"
import { writePieces } from "./json-writer.ts"
import type { ModelSpool } from "./model-spool.ts"
import type { Piece } from "./spool.ts"

export const canonicalModelVersion = 1

export interface CanonicalHashes {
  readonly lineage_sensitive_sha256: string
  readonly query_semantic_sha256: string
}

export interface CanonicalFacts {
  readonly hashes: CanonicalHashes
  readonly summary: ReturnType<CanonicalSummary["toObject"]>
}

/** Digests fed gene by gene: of the list of genes, and of the query payload. */
export class CanonicalDigest {
  readonly #lineage = createHash("sha256").update("[")
  readonly #query = createHash("sha256").update('{"genes":[')
  #comma = ""

  /** Canonical JSON of a gene in both its forms. */
  add(feature: string | Uint8Array, query: string | Uint8Array): void {
    this.#lineage.update(this.#comma).update(feature)
    this.#query.update(this.#comma).update(query)
    this.#comma = ","
  }

  finish(summary: CanonicalSummary): CanonicalFacts {
    const counted = summary.toObject()
    this.#lineage.update("]")
    this.#query.update(`],"schema_version":${canonicalModelVersion},"summary":${canonicalJson(counted)}}`)
    return {
      summary: counted,
      hashes: { lineage_sensitive_sha256: this.#lineage.digest("hex"), query_semantic_sha256: this.#query.digest("hex") }
    }
  }
}

/** What follows the genes of canonical_features.json. */
export const featuresTail = ({ hashes, summary }: CanonicalFacts): string =>
  `],"hashes":${canonicalJson(hashes)},"schema_version":${canonicalModelVersion},"summary":${canonicalJson(summary)}}`

/** What precedes the genes of canonical_summary.json. */
export const summaryHead = ({ hashes }: Pick<CanonicalFacts, "hashes">): string =>
  `{"hashes":${canonicalJson(hashes)},"query_semantic_payload":{"genes":[`

/** What follows them. */
export const summaryTail = ({ summary }: CanonicalFacts): string => {
  const end = `"schema_version":${canonicalModelVersion},"summary":${canonicalJson(summary)}}`
  return `],${end},${end}`
}

export interface CanonicalFiles extends CanonicalFacts {
  readonly features: Written
  readonly summaryFile: Written
}

/** Texts that are handed on at once, in characters: hashing and writing one by one costs more than they do. */
const batched = 1 << 18

/** The genes' texts in canonical order, both forms, some genes together with commas between. The bytes are good until the next are asked for. */
function* canonicalTexts(model: ModelSpool, summary: CanonicalSummary): Generator<{ readonly features: Buffer; readonly queries: string }> {
  let buffer = Buffer.allocUnsafeSlow(4 * batched)
  const encoded = (text: string): Buffer => {
    const most = 3 * text.length
    if (most > buffer.length) buffer = Buffer.allocUnsafeSlow(most)
    return buffer.subarray(0, buffer.write(text))
  }
  let [features, queries] = ["", ""]
  for (const { gene, lineage } of model.canonicalGenes()) {
    summary.add(gene)
    const comma = features === "" ? "" : ","
    features += comma + JSON.stringify(featureObject(gene, lineage))
    queries += comma + JSON.stringify(queryObject(gene))
    if (features.length < batched) continue
    yield { features: encoded(features), queries }
    ;[features, queries] = ["", ""]
  }
  if (features !== "") yield { features: encoded(features), queries }
}

/** Writes both files; they must not exist. The second waits in the spool, since it begins with digests of both. */
export const writeCanonical = (
  model: ModelSpool,
  paths: { readonly features: string; readonly summary: string }
): Effect.Effect<CanonicalFiles, IoDurability> =>
  Effect.gen(function* () {
    const digest = new CanonicalDigest()
    const counted = new CanonicalSummary()
    const waiting: Array<Piece> = []
    const facts: Array<CanonicalFacts> = []
    function* features() {
      let comma = '{"genes":['
      for (const { features, queries } of canonicalTexts(model, counted)) {
        digest.add(features, queries)
        const at = model.spool.end
        model.spool.write(queries)
        waiting.push(model.spool.since(at))
        yield comma
        yield features
        comma = ","
      }
      if (comma !== ",") yield comma
      facts.push(digest.finish(counted))
      for (const fact of facts) yield featuresTail(fact)
    }
    const featuresFile = yield* writePieces(paths.features, features())
    const [fact] = facts
    if (fact === undefined) return yield* Effect.die(new Error("the features were not written to their end"))
    function* summary(fact: CanonicalFacts) {
      yield summaryHead(fact)
      for (const [i, piece] of waiting.entries()) {
        if (i > 0) yield ","
        yield* model.spool.chunks(piece)
      }
      yield summaryTail(fact)
    }
    const summaryFile = yield* writePieces(paths.summary, summary(fact))
    return { ...fact, features: featuresFile, summaryFile }
  })
