/** The reference's pack of `mini`, cut up by offsets of our own. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { type Change, ioDurability } from "../../../../../plugins/atlas/format/durable.ts"
import { packHeader, type PackMemberName, paddingOf } from "../../../../../plugins/atlas/format/pack/header.ts"
import { goldenFile, memoryFolder } from "../store/golden-root.ts"

export const golden = goldenFile("mini/pack.tar") ?? Buffer.alloc(0)
export const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex")

const scratch = memoryFolder()
let files = 0

/** A file with these bytes. */
export const written = (bytes: Buffer): string => {
  const path = join(scratch, `${files++}.tar`)
  fs.writeFileSync(path, bytes)
  return path
}

/** Members of a pack as any tar reader would cut them out, by offsets of our own. */
export const membersOf = (
  bytes: Buffer
): ReadonlyArray<{ readonly name: PackMemberName; readonly header: Buffer; readonly body: Buffer }> => {
  const members = []
  for (let at = 0; bytes[at] !== 0;) {
    const header = bytes.subarray(at, at + 512)
    const size = Number.parseInt(header.subarray(124, 135).toString("latin1"), 8)
    const name = header.subarray(0, header.indexOf(0)).toString("latin1") as PackMemberName
    members.push({ name, header, body: bytes.subarray(at + 512, at + 512 + size) })
    at += 512 + Math.ceil(size / 512) * 512
  }
  return members
}

export const failRename = (change: Change, path: string) =>
  change === "rename" ? Effect.fail(ioDurability(change, path, { code: "ENOSPC" })) : Effect.void

export const memberBytes = (name: string, body: Buffer, header = packHeader(name as PackMemberName, body.length)) =>
  Buffer.concat([header, body, Buffer.alloc(paddingOf(body.length))])

export const ended = (...members: ReadonlyArray<Buffer>) => Buffer.concat([...members, Buffer.alloc(1024)])

/** A pack around another manifest or database, whose lock fits: a self-consistent forgery. */
export const forged = (change: { readonly manifest?: Buffer; readonly sqlite?: Buffer; readonly lock?: (lock: string) => string }) => {
  const [manifest, sqlite] = membersOf(golden).map(({ body }) => body)
  const m = change.manifest ?? manifest!
  const s = change.sqlite ?? sqlite!
  const lock = `{"manifest_sha256":"${sha256(m)}","sqlite_sha256":"${sha256(s)}"}`
  return ended(
    memberBytes("manifest.json", m),
    memberBytes("gene_summary.sqlite", s),
    memberBytes("manifest.lock", Buffer.from(change.lock?.(lock) ?? lock))
  )
}

const hash = (value: object) => sha256(Buffer.from(JSON.stringify(value)))

/** A pack around another database, whose manifest fits it too. */
export const aroundDatabase = (sqlite: Buffer) => {
  const old = sha256(membersOf(golden)[1]!.body)
  const manifest = membersOf(golden)[0]!.body.toString("utf8").replaceAll(old, sha256(sqlite))
  const identity = JSON.parse(manifest) as { identity: Record<string, string> }
  const { canonical_metadata_sha256: _, ...parts } = identity.identity
  parts["artifact_fingerprint_sha256"] = hash({ sqlite_sha256: sha256(sqlite) })
  const metadata = hash(Object.fromEntries(Object.entries(parts).toSorted(([a], [b]) => (a < b ? -1 : 1))))
  const text = manifest
    .replace(identity.identity["artifact_fingerprint_sha256"]!, parts["artifact_fingerprint_sha256"])
    .replace(identity.identity["canonical_metadata_sha256"]!, metadata)
  return forged({ sqlite, manifest: Buffer.from(text) })
}
