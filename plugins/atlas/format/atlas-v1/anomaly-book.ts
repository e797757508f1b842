/** Collects anomalies while features are extracted (dataset contract §2.6, §2.7). */
import { compareCodePoints } from "../canonical-json.ts"
import { anomalyItems } from "../artifact/anomalies.ts"
import type { Anomalies, Rejection } from "../model/gene-model.ts"
import { sorted } from "./text.ts"
import type { Row } from "./rows.ts"

type ListName = Exclude<keyof Anomalies, "rejections">

const listNames = [
  "missing_parents",
  "missing_transcript_parents",
  "multiple_parent_transcripts",
  "unknown_contigs",
  "overlapping_ids",
  "duplicate_gene_ids",
  "overlapping_gene_ids_across_contigs",
  "orphan_transcripts",
  "parent_cycles",
  "attribute_fallbacks",
  "unknown_feature_types",
  "missing_required_fields",
  "scientific_ambiguities"
] as const satisfies ReadonlyArray<ListName>

const compareRejections = (a: Rejection, b: Rejection): number =>
  a.line - b.line || compareCodePoints(a.code, b.code) || compareCodePoints(a.sample, b.sample)

export class AnomalyBook {
  readonly #lists = new Map<ListName, Set<string>>(listNames.map((name) => [name, new Set()]))
  readonly #rejections = new Map<string, Rejection>()

  add(name: ListName, text: string): void {
    this.#lists.get(name)?.add(text)
  }

  reject(code: string, { line, raw }: Pick<Row, "line" | "raw">): void {
    this.#rejections.set(`${line}\t${code}\t${raw}`, { line, code, sample: raw })
  }

  /** Every list sorted bytewise, without repeats. */
  anomalies(): Anomalies {
    const list = (name: ListName) => sorted(this.#lists.get(name) ?? [])
    const lists = Object.fromEntries(listNames.map((name) => [name, list(name)])) as Record<ListName, ReadonlyArray<string>>
    return { ...lists, rejections: [...this.#rejections.values()].sort(compareRejections) }
  }
}

/** How many anomalies the option `strict` counts, and whether it refuses: other classes than warnings refuse, but are not counted (§2.6). */
export const warnings = (anomalies: Anomalies): { readonly refused: boolean; readonly count: number } => {
  const items = anomalyItems(anomalies).filter((item) => item.class !== "rejections" && item.class !== "scientific_ambiguities")
  return {
    refused: items.length > 0,
    count: anomalyItems(anomalies)
      .filter((item) => item.severity === "WARN")
      .reduce((sum, item) => sum + item.count, 0)
  }
}
