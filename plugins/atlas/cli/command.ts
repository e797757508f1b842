/** A command as declared, and what it answers. */
import type { Effect, Schema } from "effect"
import type { ToldFinding } from "./documents.ts"
import type { Failed } from "./exit-code.ts"
import type { Flags, Values } from "./flag.ts"
import type { OnProgress } from "./progress.ts"
import type { Telling } from "./text.ts"

/** What came of a command. It is good without a failure and without a finding of severity `error`. */
export interface Answer<Facts> {
  /** All of the document's facts, or on failure those that are known. */
  readonly facts: Partial<Facts>
  readonly findings?: ReadonlyArray<ToldFinding>
  readonly failure?: Failed
  /** The results as people read them, without findings and failures. */
  readonly lines: (telling: Telling) => ReadonlyArray<string>
}

export interface Call<F extends Flags> {
  readonly flags: Values<F>
  readonly words: ReadonlyArray<string>
  /** Tells how many bytes of how many are read; drawn where there is a terminal. */
  readonly progress: OnProgress
  /**
   * Text for stdout before the answer, for results that are too many to hold: waits until it has arrived, false once nobody reads any more.
   * Says nothing with --json and --quiet.
   */
  readonly write: (text: string) => Effect.Effect<boolean>
}

export interface Command<F extends Flags = Flags, Facts extends Schema.Struct<any> = Schema.Struct<any>> {
  /** One or two words. */
  readonly name: string
  /** One line, without a full stop. */
  readonly summary: string
  readonly detail: ReadonlyArray<string>
  /** `count` words, 1 if absent. */
  readonly words?: { readonly name: string; readonly required: boolean; readonly help: string; readonly count?: number }
  readonly flags: F
  /** Whether its flags ask for the document, as --json does. */
  readonly asksForJson?: (flags: Values<F>) => boolean
  /** What is wrong with flags and words together. */
  readonly conflicts?: (flags: Values<F>, words: ReadonlyArray<string>) => ReadonlyArray<string>
  readonly examples: ReadonlyArray<{ readonly line: string; readonly does: string }>
  /** The facts of its document. */
  readonly facts: Facts
  readonly run: (call: Call<F>) => Effect.Effect<Answer<Facts["Type"]>, Failed>
}

export const command = <const F extends Flags, Facts extends Schema.Struct<any>>(declared: Command<F, Facts>): Command<F, Facts> => declared

/** The words that stand for a command in the names of documents: `catalog-validate`. */
export const documentName = (name: string): string => name.replaceAll(" ", "-")
