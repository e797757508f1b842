/** A command as declared, and what its program is given. */
import type { Effect } from "effect"
import type { Style } from "../core/Style.ts"
import type { Terminal } from "../report/Terminal.ts"
import type { Flags, Globals, Values } from "./Flag.ts"
import type { Projects } from "./Projects.ts"

/** Any failure of a command: a tagged error, which may know its exit code, or several of them. */
export interface Failed {
  readonly _tag: string
  readonly message: string
}

export interface Call<F extends Flags> {
  readonly flags: Values<F>
  readonly globals: Globals
  readonly words: ReadonlyArray<string>
  /** How results are painted on stdout, and progress on stderr. */
  readonly style: Style
  readonly errorStyle: Style
}

/** Succeeds with the exit code. */
export type Program = Effect.Effect<number, Failed, Terminal | Projects>

export interface Command<F extends Flags = Flags> {
  readonly name: string
  /** One line, without a full stop. */
  readonly summary: string
  /** Paragraphs of help. */
  readonly detail: ReadonlyArray<string>
  readonly words: { readonly name: string; readonly least: number; readonly most: number; readonly help: string }
  readonly flags: F
  readonly examples: ReadonlyArray<{ readonly line: string; readonly does: string }>
  readonly run: (call: Call<F>) => Program
}

export const command = <const F extends Flags>(declared: Command<F>): Command<F> => declared

export const selectors = { name: "[SELECTOR…]", least: 0, most: Infinity, help: "what to look at; without any, the whole project" } as const
