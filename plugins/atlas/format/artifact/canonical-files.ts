/** canonical_features.json and canonical_summary.json, written gene by gene, and the two digests over them (dataset contract §2.12). */
import { createHash } from "node:crypto"
import { Effect } from "effect"
import { canonicalJson } from "../canonical-json.ts"
import type { IoDurability, Written } from "../durable.ts"
import type { GeneModel } from "../model/gene-model.ts"
import { CanonicalSummary, featureObject, nestedGenes, queryObject } from "./canonical-model.ts"
import { geneLineage } from "./gene-lineage.ts"
import { writePieces } from "./json-writer.ts"

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
    this.#lineage.update(this.#comma + feature)
    this.#query.update(this.#comma + query)
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

/** Texts with commas between. */
function* listed(items: Iterable<string>): Generator<string> {
  let comma = ""
  for (const item of items) {
    yield comma + item
    comma = ","
  }
}

function* queries(model: GeneModel): Generator<string> {
  for (const gene of nestedGenes(model)) yield JSON.stringify(queryObject(gene))
}

export interface CanonicalFiles extends CanonicalFacts {
  readonly features: Written
  readonly summaryFile: Written
}

/** Writes both files; they must not exist. */
export const writeCanonical = (
  model: GeneModel,
  paths: { readonly features: string; readonly summary: string }
): Effect.Effect<CanonicalFiles, IoDurability> =>
  Effect.gen(function* () {
    const digest = new CanonicalDigest()
    const counts = new CanonicalSummary()
    const facts: Array<CanonicalFacts> = []
    function* genes() {
      for (const gene of nestedGenes(model)) {
        const feature = JSON.stringify(featureObject(gene, geneLineage(gene, model.lineage)))
        digest.add(feature, JSON.stringify(queryObject(gene)))
        counts.add(gene)
        yield feature
      }
    }
    function* features() {
      yield '{"genes":['
      yield* listed(genes())
      facts.push(digest.finish(counts))
      for (const fact of facts) yield featuresTail(fact)
    }
    const featuresFile = yield* writePieces(paths.features, features())
    const [fact] = facts
    if (fact === undefined) return yield* Effect.die(new Error("the features were not written to their end"))
    function* summary(fact: CanonicalFacts) {
      yield summaryHead(fact)
      yield* listed(queries(model))
      yield summaryTail(fact)
    }
    const summaryFile = yield* writePieces(paths.summary, summary(fact))
    return { ...fact, features: featuresFile, summaryFile }
  })
