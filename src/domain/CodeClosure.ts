/**
 * `code-closure/1`: the code that a definition's result depends on, by bindings, as `why` tells it (docs/explanation/code-closure.md).
 * Its digest is one row of every task of the definition.
 */
import { Schema } from "effect"

/** A top-level declaration that is used; what runs when the module is loaded is called by its line, `line 12`. */
export const ClosurePart = Schema.Struct({ name: Schema.String, digest: Schema.String })
export type ClosurePart = typeof ClosurePart.Type

export const ClosureEntry = Schema.Struct({
  /** A need counts by its outputs, a package by what was loaded of it. */
  kind: Schema.Literals(["module", "package", "need"]),
  /** Module: its path below the config's folder, or below its package's name. */
  subject: Schema.String,
  value: Schema.String,
  /** Subject of the module that uses it; null for where the definition stands. */
  via: Schema.NullOr(Schema.String),
  /** Modules on the way from `via` that only pass it on. */
  through: Schema.Array(Schema.String),
  parts: Schema.Array(ClosurePart)
})
export type ClosureEntry = typeof ClosureEntry.Type

export const CodeClosure = Schema.Struct({
  atlas: Schema.Literal("code-closure/1"),
  definition: Schema.String,
  /** sha256 over kinds, subjects and values. */
  digest: Schema.String,
  /** Places (`MODULE:LINE`) that import what cannot be told without running them: then all modules of the config count. */
  opaque: Schema.Array(Schema.String),
  /** Sorted by subject, then kind. */
  entries: Schema.Array(ClosureEntry)
})
export type CodeClosure = typeof CodeClosure.Type
