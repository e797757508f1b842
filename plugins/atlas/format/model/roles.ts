/** Which IDs are genes and transcripts: by type, and where the type says nothing, by what hangs where. */
import type { Node } from "./feature.ts"
import type { FeatureGraph } from "./feature-graph.ts"

/** Gives every node its role. Known types first; then a type that is no gene-model term is
 *  a transcript if it lies under a gene and has exons or CDS, and an unknown type is a gene if transcripts lie under it. */
export const assignRoles = (graph: FeatureGraph): void => {
  const { nodes, parts } = graph
  for (const part of parts) for (const parent of part.parents) parent.hasParts = true
  const candidates: Array<Node> = []
  for (const node of nodes.values()) {
    const category = node.type?.kind.category
    if (category === "gene") node.role = "gene"
    else if (category === "transcript") node.role = "transcript"
    else if (node.features !== undefined) candidates.push(node)
  }
  for (const node of candidates) if (node.hasParts && node.parents.some((p) => p.role === "gene")) node.role = "transcript"
  for (const node of nodes.values()) if (node.role === "transcript") for (const parent of node.parents) parent.hasTranscripts = true
  // Transcripts may also lie under a transcript (a miRNA under its precursor), so only what has no role becomes a gene.
  for (const node of candidates)
    if (node.role === undefined && node.hasTranscripts && node.type?.kind.category === "unknown") node.role = "gene"
}

/** The nearest nodes with one of these roles, upwards from these, nearest first; no recursion. */
export const nearest = (from: ReadonlyArray<Node>, wanted: (node: Node) => boolean): ReadonlyArray<Node> => {
  const [only] = from
  if (from.length === 1 && only !== undefined && wanted(only)) return from
  const found: Array<Node> = []
  const seen = new Set(from)
  for (const node of seen) {
    if (wanted(node)) found.push(node)
    else for (const parent of node.parents) seen.add(parent)
  }
  return found
}
