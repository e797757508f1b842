/** derived/manifest.lock: the digests of the manifest's and the database's final bytes (dataset contract §5.3). */
import { Schema } from "effect"
import { readJsonFile } from "./json-file.ts"

export const ManifestLock = Schema.Struct({ manifest_sha256: Schema.String, sqlite_sha256: Schema.String })
export type ManifestLock = typeof ManifestLock.Type

/** The bytes of the lock: compact JSON, in this order. */
export const manifestLockJson = ({ manifest_sha256, sqlite_sha256 }: ManifestLock): string =>
  JSON.stringify({ manifest_sha256, sqlite_sha256 })

export const readManifestLock = (path: string) => readJsonFile(ManifestLock, path)
