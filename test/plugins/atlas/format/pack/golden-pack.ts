/** The reference's pack of `mini`, cut up by offsets of our own. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { type Change, ioDurability } from "../../../../../plugins/atlas/format/durable.ts"
import type { PackMemberName } from "../../../../../plugins/atlas/format/pack/header.ts"
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
