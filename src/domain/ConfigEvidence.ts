/**
 * `config-evidence/1`: all that was looked at while a config was evaluated. While none of it differs the project document
 * stands, and nothing has to be evaluated (engine.md §5). Paths are absolute; digests are sha256 in hex.
 */
import { Schema } from "effect"

/** What evaluates: another one may evaluate to something else. */
export const EvaluatorBuild = Schema.Struct({
  node: Schema.String,
  platform: Schema.String,
  arch: Schema.String,
  /** `NAME@VERSION` of the engine. */
  engine: Schema.String,
  contract: Schema.String
})
export type EvaluatorBuild = typeof EvaluatorBuild.Type

/** A module by its real path, with the digest of the very source that ran. */
export const LoadedModule = Schema.Struct({ path: Schema.String, sha256: Schema.String })
export type LoadedModule = typeof LoadedModule.Type

/** One import: `to` is a real path, `node:…`, another URL, or null where nothing was found (and the importer lived with it). */
export const ModuleEdge = Schema.Struct({ from: Schema.String, specifier: Schema.String, to: Schema.NullOr(Schema.String) })
export type ModuleEdge = typeof ModuleEdge.Type

/**
 * How a bare specifier's package was found from `folder`: `absent` are the nearer places, nearest first, where it was not; `link` is
 * where it was, `real` where that leads. Both null where no folder above has it.
 */
export const PackageLookup = Schema.Struct({
  folder: Schema.String,
  name: Schema.String,
  absent: Schema.Array(Schema.String),
  link: Schema.NullOr(Schema.String),
  real: Schema.NullOr(Schema.String)
})
export type PackageLookup = typeof PackageLookup.Type

/** A package that modules were loaded from; `folder` is real. */
export const LoadedPackage = Schema.Struct({ name: Schema.String, version: Schema.String, folder: Schema.String })
export type LoadedPackage = typeof LoadedPackage.Type

/**
 * What was asked of a path, links followed. `is`: `absent`, `sha256:…` (read), `file` or `folder` (only that it is there),
 * `file of N bytes` (stat), `names:…` (folder listed), `link:…` (the text of a link), `real:…` (where it leads).
 */
export const SeenPath = Schema.Struct({ path: Schema.String, is: Schema.String })
export type SeenPath = typeof SeenPath.Type

/** `value` is salted and hashed; null where it was not set. */
export const SeenFact = Schema.Struct({ name: Schema.String, value: Schema.NullOr(Schema.String) })
export type SeenFact = typeof SeenFact.Type

export const ConfigEvidence = Schema.Struct({
  atlas: Schema.Literal("config-evidence/1"),
  /** The config as it was asked for (`--config`), links not followed. */
  config: Schema.String,
  build: EvaluatorBuild,
  /** For the digests of `environment` and `machine`. */
  salt: Schema.String,
  modules: Schema.Array(LoadedModule),
  edges: Schema.Array(ModuleEdge),
  /** Modules that had been loaded before anything was watched: what they import is not among `edges`. */
  unwatched: Schema.Array(Schema.String),
  packages: Schema.Array(LoadedPackage),
  lookups: Schema.Array(PackageLookup),
  paths: Schema.Array(SeenPath),
  /** Variables that were read. */
  environment: Schema.Array(SeenFact),
  /** Digest of the names of all variables, where they were listed. */
  environmentNames: Schema.NullOr(Schema.String),
  /** Facts of the machine that were asked for, e.g. `cwd`, `hostname`. */
  machine: Schema.Array(SeenFact)
})
export type ConfigEvidence = typeof ConfigEvidence.Type

/** One difference between the evidence and now: `message` is a sentence that names it. */
export interface EvidenceChange {
  readonly kind: "build" | "config" | "module" | "package" | "path" | "environment" | "machine"
  readonly subject: string
  readonly message: string
}
