/** `Command`: any program as a stage. Words are arguments, never parsed; a shell reads only what is given as `shell`. */
import { Schema } from "effect"
import {
  type AnyStage,
  type CommandAt,
  type CommandNeedsOf,
  CommandStage,
  type EachDeclaration,
  type EachVerdict,
  type InputDeclaration,
  type ItemOf,
  type Resources,
  type StageClass
} from "atlas-run/plugin"
import { shellWords } from "./shell.ts"

type Files = Record<string, "file" | "folder">
type At<Target extends Schema.Top, Options extends Schema.Top, Inputs, Needs extends ReadonlyArray<AnyStage>, Out, Each> = CommandAt<
  Target["Type"],
  Options["Type"],
  Inputs,
  CommandNeedsOf<Needs, Each>,
  Out
> &
  ItemOf<Each>
type FilesOf<Out> = { [K in keyof Out]: Out[K] extends "file" ? K : never }[keyof Out] & string

/** What runs: a list of words, the program first, or one text for `sh`. */
type Runs<A> =
  | { readonly words: (at: A) => ReadonlyArray<string>; readonly shell?: never }
  | { readonly shell: (at: A) => string; readonly words?: never }

interface Declaration<N extends string, Target extends Schema.Top, Out, Needs, Options, Inputs, Roots, Each> extends Resources {
  readonly summary?: string
  /** One run of the program for each file or folder in an output of another stage; it comes as `item`. */
  readonly each?: Each & EachVerdict<N, Each>
  /** The fields of a target that the program's words are made of; none if absent. */
  readonly target?: Target
  readonly needs?: Needs
  readonly options?: Options
  /**
   * Input files by name, relative to the project, or `input`, `optional`, `glob`; `undefined` for one that a target does not have. Files
   * of a glob are so many words where theirs stands alone; a word with an optional one is left out if that is absent.
   */
  readonly inputs?: (target: Target["Type"]) => Inputs
  /** What the program writes: its places come as `outputs`. */
  readonly outputs: Out
  /** Final places of the outputs, relative to the project; `.atlas/outputs/…` if absent. */
  readonly paths?: (
    at: {
      readonly target: Target["Type"]
      readonly labels: Readonly<Record<string, string>>
      readonly roots: { readonly [K in keyof Roots]: string }
    } & ItemOf<Each>
  ) => { readonly [K in keyof Out]?: string }
  readonly roots?: Roots
  /** Programs that it starts besides the first word. */
  readonly tools?: ReadonlyArray<string>
  /** Names of the variables that it sees, besides PATH; each value is part of the evidence. */
  readonly environment?: ReadonlyArray<string>
  /** Names of variables that it sees too, e.g. a token: no part of the evidence, never kept, hidden in what it prints. */
  readonly secrets?: ReadonlyArray<string>
  /** It writes a list of the files that it read to the path `discovered`: one a line, or rules for make as compilers write them. */
  readonly discovered?: "lines" | "make"
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
    Inputs extends Readonly<Record<string, InputDeclaration | undefined>> = {},
    const Roots extends Readonly<Record<string, string>> = {},
    const Each extends EachDeclaration | undefined = undefined
  >(
    declaration: Declaration<N, Target, Out, Needs, Options, Inputs, Roots, Each> & Runs<At<Target, Options, Inputs, Needs, Out, Each>>
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
      readonly each: Each
    },
    Out
  > => {
    const { words, shell, stdout, discovered, target, needs, options, inputs, ...rest } = declaration
    return CommandStage(name)<Needs, Target, Options, Out, Inputs, Roots, Each>({
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
        return { argv, shell: false, stdout: stdout ?? null, ...(discovered === undefined ? {} : { discovered }) }
      }
    })
  }
