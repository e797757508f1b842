/** What genes and transcripts are called in a dataset: their ID as the provider means it, if that stays unique. */
import { type Profile, withoutPrefix } from "../profile/profile.ts"
import { plain } from "../profile/profiles.ts"
import { byPlace } from "./draft.ts"
import type { GeneFacts, Node, TranscriptFacts } from "./feature.ts"

const wantedOf = (node: Node, profile: Profile): string => {
  if (node.role === undefined) return node.id
  const first = node.features?.toSorted(byPlace)[0]
  const own = (first?.facts as GeneFacts | TranscriptFacts | undefined)?.ownId
  return own ?? withoutPrefix(profile, node.role, node.id)
}

/** What genes and transcripts would like to be called, whoever else does. */
export function* wantedIds(nodes: Iterable<Node>, profile: Profile): Generator<string> {
  if (profile === plain) return
  for (const node of nodes) if (node.role !== undefined) yield wantedOf(node, profile)
}

/** By node. Two nodes of one role that would be called alike keep their IDs, which differ; so it is the same for any order of rows. */
export const ownIds = (nodes: Iterable<Node>, profile: Profile): ((node: Node) => string) => {
  if (profile === plain) return (node) => node.id
  const users = { gene: new Map<string, Node>(), transcript: new Map<string, Node>() }
  const shared = { gene: new Set<string>(), transcript: new Set<string>() }
  for (const node of nodes) {
    if (node.role === undefined) continue
    for (const id of new Set([node.id, wantedOf(node, profile)])) {
      const user = users[node.role].get(id)
      if (user === undefined) users[node.role].set(id, node)
      else if (user !== node) shared[node.role].add(id)
    }
  }
  return (node) => {
    const wanted = wantedOf(node, profile)
    return node.role === undefined || shared[node.role].has(wanted) ? node.id : wanted
  }
}
