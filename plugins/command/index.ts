/** `Command`: any program as a stage. Words are arguments, never parsed; a shell reads only what is given as `shell`. */
import { Schema } from "effect"
import { type AnyStage, type CommandAt, CommandStage, type Outputs, type StageClass } from "atlas-run/plugin"
import { shellWords } from "./shell.ts"

type Files = Record<string, "file" | "folder">
type At<Target extends Schema.Top, Options extends Schema.Top, Inputs, Needs extends ReadonlyArray<AnyStage>, Out> = CommandAt<
  Target["Type"],
  Options["Type"],
  Inputs,
  Outputs<Needs>,
  Out
>
type FilesOf<Out> = { [K in keyof Out]: Out[K] extends "file" ? K : never }[keyof Out] & string

/** What runs: a list of words, the program first, or one text for `sh`. */
type Runs<A> =
  | { readonly words: (at: A) => ReadonlyArray<string>; readonly shell?: never }
  | { readonly shell: (at: A) => string; readonly words?: never }

interface Declaration<Target extends Schema.Top, Out, Needs, Options, Inputs, Roots> {
  readonly summary?: string
  /** The fields of a target that the program's words are made of; none if absent. */
  readonly target?: Target
  readonly needs?: Needs
  readonly options?: Options
  /** Input files by name, relative to the project; `undefined` for one that a target does not have. */
  readonly inputs?: (target: Target["Type"]) => Inputs
  /** What the program writes: its places come as `outputs`. */
  readonly outputs: Out
  /** Final places of the outputs, relative to the project; `.atlas/outputs/…` if absent. */
  readonly paths?: (at: {
    readonly target: Target["Type"]
    readonly labels: Readonly<Record<string, string>>
    readonly roots: { readonly [K in keyof Roots]: string }
  }) => { readonly [K in keyof Out]?: string }
  readonly roots?: Roots
  /** Programs that it starts besides the first word. */
  readonly tools?: ReadonlyArray<string>
  /** Names of the variables that it sees, besides PATH; each value is part of the evidence. */
  readonly environment?: ReadonlyArray<string>
  readonly timeoutMs?: number
  /** The output that receives what it prints on stdout. */
  readonly stdout?: FilesOf<Out>
}

/** Declares a program as a stage: `class Index extends Command("index")({…}) {}`. */
export const Command =
  <const N extends string>(name: N) =>
  <
    Out extends Files,
    Target extends Schema.Top = Schema.Struct<{}>,
    const Needs extends ReadonlyArray<AnyStage> = readonly [],
    Options extends Schema.Top = Schema.Struct<{}>,
    Inputs extends Readonly<Record<string, string | undefined>> = {},
    const Roots extends Readonly<Record<string, string>> = {}
  >(
    declaration: Declaration<Target, Out, Needs, Options, Inputs, Roots> & Runs<At<Target, Options, Inputs, Needs, Out>>
  ): StageClass<
    N,
    {
      readonly needs: Needs
      readonly options: Options
      readonly errors: readonly []
      readonly target: Target
      readonly findings: {}
      readonly roots: Roots
      readonly across: {}
    },
    Out
  > => {
    const { words, shell, stdout, target, needs, options, inputs, ...rest } = declaration
    return CommandStage(name)<Needs, Target, Options, Out, Inputs, Roots>({
      ...rest,
      // an absent field has its type parameter's default as type
      target: (target ?? Schema.Struct({})) as Target,
      needs: (needs ?? []) as unknown as Needs,
      options: (options ?? Schema.Struct({})) as Options,
      inputs: inputs ?? (() => ({}) as Inputs),
      findings: {},
      command: (at) => {
        if (words !== undefined && shell !== undefined) throw new Error("give either words or shell, not both")
        const argv = words === undefined ? (shell === undefined ? [] : shellWords(shell(at))) : words(at)
        return { argv, shell: false, stdout: stdout ?? null }
      }
    })
  }
