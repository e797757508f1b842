/** The two digests at the head of canonical_summary.json; the file may be far larger than what is read of it. */
import { Effect } from "effect"
import { canonicalJson } from "../canonical-json.ts"
import type { CanonicalHashes } from "./canonical-files.ts"
import { type ArtifactUnreadable, unreadable, withFile } from "./sha256.ts"

const zeros = "0".repeat(64)
const head = (hashes: CanonicalHashes) => `{"hashes":${canonicalJson(hashes)},`
const headBytes = head({ lineage_sensitive_sha256: zeros, query_semantic_sha256: zeros }).length

/** Undefined where the file does not begin as a canonical summary does. */
export const readCanonicalHashes = (path: string): Effect.Effect<CanonicalHashes | undefined, ArtifactUnreadable> =>
  withFile(path, (file) =>
    Effect.tryPromise({
      try: async () => {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
        const text = buffer.toString("latin1", 0, bytesRead)
        const [lineage, query] = [...text.matchAll(/"([0-9a-f]{64})"/g)].map((match) => match[1])
        if (lineage === undefined || query === undefined) return undefined
        const hashes = { lineage_sensitive_sha256: lineage, query_semantic_sha256: query }
        return head(hashes) === text ? hashes : undefined
      },
      catch: unreadable(path)
    })
  )
