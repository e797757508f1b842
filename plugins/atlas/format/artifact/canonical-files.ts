/** canonical_features.json and canonical_summary.json, written piece by piece, and the two digests over them (dataset contract §2.12). */
import { createHash } from "node:crypto"
import { Effect } from "effect"
import { canonicalJson } from "../canonical-json.ts"
import type { IoDurability, Written } from "../durable.ts"
import type { CanonicalSummary } from "./canonical-model.ts"
import { writePieces } from "./json-writer.ts"
import type { ModelSpool } from "./model-spool.ts"

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
  add(feature: string, query: string): void {
    this.next()
    this.#lineage.update(feature)
    this.#query.update(query)
  }

  /** Before a gene, or genes with commas between, whose texts come in pieces. */
  next(): void {
    this.#lineage.update(this.#comma)
    this.#query.update(this.#comma)
    this.#comma = ","
  }

  addFeature(piece: Uint8Array): void {
    this.#lineage.update(piece)
  }

  addQuery(piece: Uint8Array): void {
    this.#query.update(piece)
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

/** Writes both files; they must not exist. */
export const writeCanonical = (
  model: ModelSpool,
  paths: { readonly features: string; readonly summary: string }
): Effect.Effect<CanonicalFiles, IoDurability> =>
  Effect.gen(function* () {
    const texts = model.geneTexts()
    const digest = new CanonicalDigest()
    const facts: Array<CanonicalFacts> = []
    function* features() {
      yield '{"genes":['
      for (const [i, { features, queries }] of texts.entries()) {
        if (i > 0) yield ","
        digest.next()
        for (const chunk of model.chunks(features)) {
          digest.addFeature(chunk)
          yield chunk
        }
        for (const chunk of model.chunks(queries)) digest.addQuery(chunk)
      }
      facts.push(digest.finish(model.summary))
      for (const fact of facts) yield featuresTail(fact)
    }
    const featuresFile = yield* writePieces(paths.features, features())
    const [fact] = facts
    if (fact === undefined) return yield* Effect.die(new Error("the features were not written to their end"))
    function* summary(fact: CanonicalFacts) {
      yield summaryHead(fact)
      for (const [i, { queries }] of texts.entries()) {
        if (i > 0) yield ","
        yield* model.chunks(queries)
      }
      yield summaryTail(fact)
    }
    const summaryFile = yield* writePieces(paths.summary, summary(fact))
    return { ...fact, features: featuresFile, summaryFile }
  })
