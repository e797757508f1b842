/** Inputs that are more than one path: files that fit a glob, a file that may be absent, a file of which not every byte counts. */
import type { ContentKind } from "./Content.ts"

interface Counting {
  /** Which bytes count; all if absent. */
  readonly content?: ContentKind
}

export interface InputFile extends Counting {
  readonly "~input": "file"
  readonly path: string
}

export interface InputOptional extends Counting {
  readonly "~input": "optional"
  readonly path: string
}

export interface InputGlob extends Counting {
  readonly "~input": "glob"
  readonly patterns: ReadonlyArray<string>
  readonly min: number
}

export type InputDeclaration = string | InputFile | InputOptional | InputGlob

/** What a stage is given for what it declared: paths are absolute. */
export type Given<I> = I extends { readonly "~input": "glob" }
  ? ReadonlyArray<string>
  : I extends { readonly "~input": "optional" }
    ? string | undefined
    : I extends { readonly "~input": "file" }
      ? string
      : I

export type GivenInputs<Inputs> = { readonly [K in keyof Inputs]: Given<Inputs[K]> }

/** A file, with what of it counts. */
export const input = (path: string, how: { readonly content?: ContentKind } = {}): InputFile => ({ "~input": "file", path, ...how })

/** A file that may be absent: the task runs without it, and again when it appears. */
export const optional = (path: string, how: { readonly content?: ContentKind } = {}): InputOptional => ({
  "~input": "optional",
  path,
  ...how
})

/**
 * All files that fit one of the patterns and none that begins with `!`, looked for each time anew. `min` is how many there must be, 0 if
 * absent: fewer fail the task before it runs.
 */
export const glob = (
  patterns: string | ReadonlyArray<string>,
  how: { readonly min?: number; readonly content?: ContentKind } = {}
): InputGlob => {
  const { min = 0, ...rest } = how
  return { "~input": "glob", patterns: typeof patterns === "string" ? [patterns] : patterns, min, ...rest }
}
