/** `each`: one task for each entry of a folder that an earlier stage makes, and what that changes for those who need it. */
import type { AnyStage, NameOf, Outputs } from "./Stage.ts"

/** `{ of: Split, output: "parts" }`: one task for each file or folder in the `parts` that `Split` makes. */
export interface EachDeclaration {
  readonly of: AnyStage
  readonly output: string
}

/** The entry that a task of a fan-out is about; `path` is absolute. */
export interface Item {
  readonly name: string
  readonly path: string
}

/** What a task sees more of if it is one of a fan-out. */
export type ItemOf<Each> = [Each] extends [undefined] ? unknown : { readonly item: Item }

type FoldersOf<S> = S extends { readonly "~folders": infer F extends string } ? F : never

/** The sentence that stands in tsc's first line when `output` is no folder of that stage. */
export type EachVerdict<N extends string, Each> = Each extends { readonly of: infer S; readonly output: infer O extends string }
  ? [O] extends [FoldersOf<S>]
    ? unknown
    : `${N} is each of ${NameOf<S>}.${O}, which is no folder that ${NameOf<S>} makes`
  : unknown

type OutputsOf<S> = S extends { readonly "~out": infer O } ? O : never
type EachOf<S> = S extends { readonly def: { readonly each: infer E extends EachDeclaration } } ? E : never
/** Source and folder of a fan-out, as one name. */
type SourceOf<E> = E extends { readonly of: infer S; readonly output: infer O extends string } ? `${NameOf<S>}.${O}` : never
type IsSource<S, Each> = Each extends { readonly of: infer P } ? (NameOf<S> extends NameOf<P> ? true : false) : false
type Fanned<Needs extends ReadonlyArray<any>> = EachOf<Needs[number]>

/** A need on another fan-out is a record of all its items; one on the same source is the task of the same item. */
type NeedOf<S, Each> =
  IsSource<S, Each> extends true
    ? Each extends { readonly output: infer O extends PropertyKey }
      ? Omit<OutputsOf<S>, O>
      : never
    : [EachOf<S>] extends [never]
      ? OutputsOf<S>
      : [SourceOf<EachOf<S>>] extends [SourceOf<Each>]
        ? OutputsOf<S>
        : Readonly<Record<string, OutputsOf<S>>>

/** The outputs of needs by stage. */
export type NeedsOf<Needs extends ReadonlyArray<any>, Each> = [Fanned<Needs>] extends [never]
  ? [Each] extends [undefined]
    ? Outputs<Needs>
    : { readonly [S in Needs[number] as NameOf<S>]: NeedOf<S, Each> }
  : { readonly [S in Needs[number] as NameOf<S>]: NeedOf<S, Each> }

/** The same in words of a command: an output of all items is one text, which as a whole word becomes one word for each item. */
export type CommandNeedsOf<Needs extends ReadonlyArray<any>, Each> = [Each] extends [undefined]
  ? Outputs<Needs>
  : {
      readonly [S in Needs[number] as NameOf<S>]: IsSource<S, Each> extends true
        ? Each extends { readonly output: infer O extends PropertyKey }
          ? Omit<OutputsOf<S>, O>
          : never
        : OutputsOf<S>
    }
