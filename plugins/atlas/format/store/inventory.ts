/** derived/store_inventory.json: every other file of a published dataset, so that a damaged, missing or extra one can be named. */
import { Schema } from "effect"
import type { FileDigest } from "../artifact/sha256.ts"
import { canonicalJson, compareCodePoints } from "../canonical-json.ts"
import { type DatasetId, DatasetParts } from "../dataset-id.ts"

export const inventoryPath = "derived/store_inventory.json"

/** The marker that the reference's publish refuses to overwrite (dataset contract §5.3). */
export const immutablePath = "derived/immutable.release.json"

/** `path` is relative to the dataset's folder; sorted by path. */
export const StoreInventory = Schema.Struct({
  atlas: Schema.Literal("store-inventory/1"),
  dataset: DatasetParts,
  files: Schema.Array(Schema.Struct({ path: Schema.String, sha256: Schema.String, bytes: Schema.Int }))
})
export type StoreInventory = typeof StoreInventory.Type

/** A file of a published dataset. */
export interface PublishedFile extends FileDigest {
  readonly path: string
}

export const storeInventory = (dataset: DatasetId, files: ReadonlyArray<PublishedFile>): string =>
  canonicalJson({
    atlas: "store-inventory/1",
    dataset,
    files: files.toSorted((a, b) => compareCodePoints(a.path, b.path)).map(({ path, sha256, bytes }) => ({ path, sha256, bytes }))
  })

export const immutableRelease = (dataset: DatasetId, manifestSha256: string, sqliteSha256: string): string =>
  canonicalJson({
    schema_version: 1,
    immutability: "published",
    dataset,
    manifest_sha256: manifestSha256,
    sqlite_sha256: sqliteSha256
  })
