/** What can be wrong with a pack. Each names the place by byte offset (from 0) in the pack. */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"
import { ArtifactUnreadable } from "../artifact/sha256.ts"
import { IoDurability } from "../durable.ts"

const damagedHint = "the pack was damaged or made by another program: get it again, or pack the dataset again"

export class PackCompressed extends Schema.TaggedError<PackCompressed>()("PackCompressed", { ...Told, format: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A pack is compressed; a pack is a plain archive",
    hint: "decompress it first, e.g. `gunzip dataset.tar.gz`, and verify the result",
    example: "dataset.tar.gz is compressed with gzip"
  }
}

export class PackHeader extends Schema.TaggedError<PackHeader>()("PackHeader", { ...Told, member: Schema.String, offset: Schema.Int }) {
  static readonly docs: ErrorDocs = {
    summary: "A member's header is not the one this format has; `offset` counts from the header's first byte",
    hint: damagedHint,
    example: "the header of manifest.json differs at its byte 100 from the one a pack has"
  }
}

export class PackMember extends Schema.TaggedError<PackMember>()("PackMember", { ...Told, expected: Schema.String, found: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A pack holds something else than its three members, or lacks one",
    hint: damagedHint,
    example: "`notes.txt` stands where the pack must end"
  }
}

export class PackOrder extends Schema.TaggedError<PackOrder>()("PackOrder", { ...Told, expected: Schema.String, found: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A pack's members are repeated or not in their order: manifest.json, gene_summary.sqlite, manifest.lock",
    hint: damagedHint,
    example: "`manifest.lock` stands where gene_summary.sqlite must"
  }
}

export class PackTruncated extends Schema.TaggedError<PackTruncated>()("PackTruncated", {
  ...Told,
  needed: Schema.Int,
  bytes: Schema.Int
}) {
  static readonly docs: ErrorDocs = {
    summary: "A pack ends early; `needed` is the least size it must have, `bytes` what it has",
    hint: "the copy or download was cut short: get it again",
    example: "the pack ends within gene_summary.sqlite: 183808 bytes needed, 100000 there"
  }
}

export class PackPadding extends Schema.TaggedError<PackPadding>()("PackPadding", { ...Told, member: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "The bytes that fill up a member's last block are not zero",
    hint: damagedHint,
    example: "the padding after manifest.json is not zero"
  }
}

export class PackTrailing extends Schema.TaggedError<PackTrailing>()("PackTrailing", { ...Told, bytes: Schema.Int }) {
  static readonly docs: ErrorDocs = {
    summary: "Something stands at or after the end of a pack",
    hint: damagedHint,
    example: "1 byte follows the end of the pack"
  }
}

export class PackTooLarge extends Schema.TaggedError<PackTooLarge>()("PackTooLarge", {
  ...Told,
  member: Schema.String,
  bytes: Schema.Number,
  limit: Schema.Number
}) {
  static readonly docs: ErrorDocs = {
    summary: "A member is larger than a pack can hold",
    hint: "a member holds at most 8 GiB - 1, manifest.json at most 16 MiB: share the published folder itself",
    example: "gene_summary.sqlite has 9000000000 bytes, a pack holds at most 8589934591"
  }
}

export class PackLock extends Schema.TaggedError<PackLock>()("PackLock", { ...Told, reason: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A pack's manifest.lock is not of its exact form",
    hint: damagedHint,
    example: "manifest.lock is not of its form: spaces between fields"
  }
}

export class PackChecksum extends Schema.TaggedError<PackChecksum>()("PackChecksum", {
  ...Told,
  member: Schema.String,
  expected: Schema.String,
  actual: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "A member's bytes are not those that manifest.lock names",
    hint: damagedHint,
    example: "gene_summary.sqlite has sha256 1111…, manifest.lock says 2222…"
  }
}

export class PackManifest extends Schema.TaggedError<PackManifest>()("PackManifest", { ...Told, problems: Schema.Array(Schema.String) }) {
  static readonly docs: ErrorDocs = {
    summary: "A pack's dataset manifest is not valid, or not of the database beside it",
    hint: "the pack was made from a dataset that does not verify: verify the dataset and pack it again",
    example: "manifest.json of the pack is not valid: stats.gene_count must be > 0"
  }
}

export class PackDatabase extends Schema.TaggedError<PackDatabase>()("PackDatabase", { ...Told, reason: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A pack's database cannot be read, or holds other than its manifest says",
    hint: "the pack was made from a dataset that does not verify: verify the dataset and pack it again",
    example: "gene_summary.sqlite of the pack holds 2 genes, its manifest says 3"
  }
}

export class PackDigest extends Schema.TaggedError<PackDigest>()("PackDigest", {
  ...Told,
  expected: Schema.String,
  actual: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "A pack is sound in itself, but not the one that was expected",
    hint: "this is another pack, or it was replaced: ask its sender for the digest, or get it again",
    example: "the pack is sha256:1111…, expected was sha256:2222…"
  }
}

export class PackIdentity extends Schema.TaggedError<PackIdentity>()("PackIdentity", {
  ...Told,
  expected: Schema.String,
  actual: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "A pack is sound in itself, but holds another dataset than was expected",
    hint: "name the dataset that the pack holds, or get the right pack",
    example: "the pack holds 110/homo_sapiens/GRCh38, expected was 111/homo_sapiens/GRCh38"
  }
}

export class PackLevel extends Schema.TaggedError<PackLevel>()("PackLevel", { ...Told, asked: Schema.String, proved: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A pack was not proved to the level that was asked for",
    hint: "`identified` wants an expected digest or dataset; `authentic` is not offered: signatures are not part of this format yet",
    example: "level identified was asked, intact was proved: no expected digest or dataset was given"
  }
}

export class PackSource extends Schema.TaggedError<PackSource>()("PackSource", { ...Told, problems: Schema.Array(Schema.String) }) {
  static readonly docs: ErrorDocs = {
    summary: "A dataset cannot be packed: its manifest, lock and database do not belong together",
    hint: "verify the dataset, and ingest or publish it again",
    example: "the dataset cannot be packed: manifest.lock does not name the bytes of gene_summary.sqlite"
  }
}

export class UnpackTarget extends Schema.TaggedError<UnpackTarget>()("UnpackTarget", { ...Told, path: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "A pack is unpacked into a new or empty folder only",
    hint: "name a folder that does not exist, or empty this one",
    example: "out/ is not empty"
  }
}

export class UnpackDiffers extends Schema.TaggedError<UnpackDiffers>()("UnpackDiffers", { ...Told, member: Schema.String }) {
  static readonly docs: ErrorDocs = {
    summary: "What was unpacked is not what was verified; nothing was put in place",
    hint: "the pack changed meanwhile, or the disk is faulty: unpack again",
    example: "gene_summary.sqlite was not unpacked as it was verified"
  }
}

/** What verifying a pack may fail with. */
export const verifyPackErrors = [
  PackCompressed,
  PackHeader,
  PackMember,
  PackOrder,
  PackTruncated,
  PackPadding,
  PackTrailing,
  PackTooLarge,
  PackLock,
  PackChecksum,
  PackManifest,
  PackDatabase,
  PackDigest,
  PackIdentity,
  PackLevel,
  ArtifactUnreadable,
  IoDurability
] as const
