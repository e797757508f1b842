/** `Content`: what of an input counts. A way to digest files so that bytes that mean the same come to the same. */
import type { Effect } from "effect"
import { callerPlace, type Place } from "./Place.ts"

/** What a content is given: `path` is absolute, `name` how the stage calls the input. */
export interface ContentFile {
  readonly path: string
  readonly name: string
}

export interface AnyContent {
  readonly content: string
  readonly def: {
    readonly summary?: string
    readonly digest: (file: ContentFile) => Effect.Effect<string, unknown>
  }
  readonly definedAt: ReadonlyArray<Place>
}

export interface ContentClass<N extends string> extends AnyContent {
  new (): {}
  readonly content: N
}

/** `gzip`: the bytes that were compressed; a file that is not compressed is itself. `bytes`: all bytes, as if nothing was said. */
export type ContentKind = AnyContent | "gzip" | "bytes"

const define = (content: string, def: unknown): any => {
  const definedAt = callerPlace(define)
  const Base = class {}
  return Object.assign(Base, { content, def, definedAt })
}

/**
 * Declares a content by name: `class Table extends Content("table")({ digest: ({ path }) => … }) {}`. `digest` gives any text; files of
 * one text count as the same. It only reads the file. Where it fails the file counts by its bytes.
 */
export const Content =
  <const N extends string>(name: N) =>
  <E>(def: { readonly summary?: string; readonly digest: (file: ContentFile) => Effect.Effect<string, E> }): ContentClass<N> =>
    define(name, def)
