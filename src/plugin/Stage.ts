/**
 * `Stage`: how one step of a target's life is declared. A stage is a class (`class Ingest extends Stage("ingest")({…}) {}`),
 * so that compiler messages print its short name. The types were worked out in small (docs/decisions): E is inferred from `run`
 * alone and judged on `errors`.
 */
import type { Effect, Schema } from "effect"
import type { ErrorClass, Several } from "../domain/Failure.ts"
import type { AdoptRefused, SubjectUnreadable } from "../domain/Fault.ts"
import type { FindingDeclaration } from "../domain/Finding.ts"
import type { CellChange, CellObservation } from "../domain/TaskDocument.ts"
import type { Command } from "../domain/ProjectDocument.ts"
import type { GivenInputs } from "./Input.ts"
import type { CommandNeedsOf, EachDeclaration, EachVerdict, ItemOf, NeedsOf } from "./Each.ts"
import { callerPlace, type Place } from "./Place.ts"
import type { Resources } from "./Resources.ts"

/** What an output is: a file or folder the stage writes, or a short text it brings about in a cell. */
export type OutputDeclaration = "file" | "folder" | "value"
export type RuntimePart = "node" | "sqlite" | "icu" | "platform"
export type Findings = Record<string, FindingDeclaration>

export interface AnyStage {
  readonly stage: string
  readonly def: {
    readonly needs: ReadonlyArray<any>
    readonly options: any
    readonly errors: ReadonlyArray<any>
    readonly target: any
    readonly findings: any
    readonly across?: any
    readonly each?: any
  }
  readonly "~out": any
}

export type NameOf<S> = S extends { readonly stage: infer N extends string } ? N : never
type OutputsOf<S> = S extends { readonly "~out": infer O } ? O : never
export type Outputs<Needs extends ReadonlyArray<any>> = { readonly [S in Needs[number] as NameOf<S>]: OutputsOf<S> }

type Leaf<E> = E extends Several<infer X> ? X : E
type Tag<E> = E extends { readonly _tag: infer T extends string } ? T : never
type Instance<C> = C extends abstract new (...args: any) => infer E ? E : never
export type Declared<Es extends ReadonlyArray<any>> = Instance<Es[number]>
type Missing<E, Es extends ReadonlyArray<any>> = Exclude<Tag<Leaf<E>>, Tag<Declared<Es>> | SubjectUnreadable["_tag"]>
/** The sentence that stands in tsc's first line when `run` fails with what `errors` does not list. */
export type Verdict<E, Es extends ReadonlyArray<any>> = [Missing<E, Es>] extends [never]
  ? unknown
  : `run fails with ${Missing<E, Es>}: add it to errors`

/** What every stage and check may do while it runs. */
export interface Telling<F extends Findings> {
  /** Tells a finding at a place of the subject. */
  readonly report: (finding: keyof F & string, at: { readonly at: string; readonly message: string }) => Effect.Effect<void>
  /** `done` of `total` in `unit` (bytes unless said); rate-limited by the host. */
  readonly progress: (now: {
    readonly label?: string
    readonly done: number
    readonly total?: number
    readonly unit?: string
  }) => Effect.Effect<void>
  /**
   * Tells a file or folder that is read beside the inputs, before it is read; relative paths start at the config's folder. It counts
   * from then on as an input does, its absence too.
   */
  readonly discovered: (path: string) => Effect.Effect<void>
  /** Reads a file and tells it as `discovered`; undefined if it is not there. */
  readonly read: (path: string) => Effect.Effect<Uint8Array | undefined, SubjectUnreadable>
  readonly log: (message: string, level?: "debug" | "info" | "warning" | "error") => Effect.Effect<void>
  /** One line for people, shown beside the task, e.g. `6,381 records`. The last call counts. */
  readonly summary: (line: string) => Effect.Effect<void>
}

/** What a stage sees of its task. All paths are absolute. */
export interface StageTask<Target, Options, Inputs, Needs, Across, Out, Roots, F extends Findings> extends Telling<F> {
  readonly task: string
  readonly target: Target
  readonly labels: Readonly<Record<string, string>>
  readonly inputs: GivenInputs<Inputs>
  readonly options: Options
  readonly needs: Needs
  readonly across: Across
  /** Where to write: staging places that the engine moves to the final ones. */
  readonly outputs: { readonly [K in keyof Out as Out[K] extends "value" ? never : K]: string }
  readonly scratch: string
  readonly roots: { readonly [K in keyof Roots]: string }
  readonly environment: Readonly<Record<string, string | undefined>>
  /** For the owner of a cell: what to bring about, and what was seen there before (compare and swap). */
  readonly cell: { readonly desired: string; readonly live: CellObservation }
}

/** A target as a grouping stage sees it. */
export interface Member {
  readonly target: string
  readonly labels: Readonly<Record<string, string>>
}

export interface Grouping {
  readonly by: ReadonlyArray<string>
  /** The member whose outputs the group's task needs. */
  readonly pick: (members: readonly [Member, ...ReadonlyArray<Member>]) => Member
}

type AcrossOutputs<Across> = { readonly [K in keyof Across]: OutputsOf<Across[K]> | null }

/**
 * What was seen of a cell, and the absolute paths that prove it: while the stat rows of all of them are unchanged (of what is not there
 * too), the observation is not made again. Without `witnesses` it is made each time.
 */
export type Observed = CellObservation & { readonly witnesses?: ReadonlyArray<string> }

/** How a stage owns a shared place (engine.md §3). Values are compared as text. */
export interface CellDeclaration<Target, Options, Needs, Roots, E> {
  /** Names the place; two tasks of a project must not own one cell. */
  readonly id: (at: {
    readonly target: Target
    readonly options: Options
    readonly labels: Readonly<Record<string, string>>
    readonly roots: { readonly [K in keyof Roots]: string }
  }) => string
  readonly immutable: boolean
  /** What should be there, from the needs' outputs. */
  readonly desired: (at: CellAt<Target, Options, Needs, Roots>) => Effect.Effect<string, E>
  /** What is there. Reads only. */
  readonly observe: (at: Omit<CellAt<Target, Options, Needs, Roots>, "needs">) => Effect.Effect<Observed, E>
  /** Who changed it last, or null if nothing tells. Asked only where live is damaged or not what is desired. Reads only. */
  readonly changed?: (
    at: Omit<CellAt<Target, Options, Needs, Roots>, "needs">,
    live: CellObservation
  ) => Effect.Effect<CellChange | null, E>
}
export interface CellAt<Target, Options, Needs, Roots> {
  readonly target: Target
  readonly labels: Readonly<Record<string, string>>
  readonly options: Options
  readonly needs: Needs
  readonly roots: { readonly [K in keyof Roots]: string }
}

/** Where a stage's command takes its words from: tokens that stand for paths not known yet. */
export interface CommandAt<Target, Options, Inputs, Needs, Out> {
  readonly target: Target
  readonly options: Options
  /** `undefined` for an input that the target does not have. */
  readonly inputs: { readonly [K in keyof Inputs]: string | Extract<Inputs[K], undefined> }
  readonly needs: Needs
  readonly outputs: { readonly [K in keyof Out]: string }
  /** Where the program has to tell what it read, if the command has `discovered`. */
  readonly discovered: string
}

interface Common<
  N extends string,
  Needs extends ReadonlyArray<AnyStage>,
  Target extends Schema.Top,
  Options extends Schema.Top,
  Out,
  F,
  Inputs,
  Roots,
  Across,
  Each = undefined
> extends Resources {
  readonly summary?: string
  /**
   * One task for each file or folder in an output of another stage, found when that has run. The task sees it as `item`; of that
   * stage it depends on this entry alone, and on its other outputs if it is among `needs` too.
   */
  readonly each?: Each & EachVerdict<N, Each>
  /** The fields of a target that this stage reads. */
  readonly target: Target
  readonly needs: Needs
  readonly options: Options
  /** Paths of input files by name, or `input`, `optional`, `glob`; `undefined` for one that the target does not have. */
  readonly inputs: (target: Target["Type"]) => Inputs
  readonly outputs: Out
  /** Final places of files and folders, relative to the project; `.atlas/outputs/…` if absent. */
  readonly paths?: (
    at: {
      readonly target: Target["Type"]
      readonly labels: Readonly<Record<string, string>>
      readonly roots: { readonly [K in keyof Roots]: string }
    } & ItemOf<Each>
  ) => { readonly [K in keyof Out]?: string }
  readonly findings: F
  /** Shared folders that it writes to or reads, with their default places; `.in({…})` moves them. */
  readonly roots?: Roots
  /** Roles played by other targets: a stage whose outputs this one reads there, or null. */
  readonly across?: Across
  /** One task a group instead of one a target. */
  readonly group?: Grouping
  /** Names of the variables that it is given; each value is part of the evidence, and kept. */
  readonly environment?: ReadonlyArray<string>
  /** Names of variables that it is given too, e.g. a token: no part of the evidence, never kept, hidden in what it tells. */
  readonly secrets?: ReadonlyArray<string>
  /** Programs it runs, found on PATH; part of the evidence by path and digest. */
  readonly tools?: ReadonlyArray<string>
  /** Parts of the runtime that the outputs depend on, e.g. a database's file format. */
  readonly runtime?: ReadonlyArray<RuntimePart>
  readonly "~name"?: N
}

export interface StageClass<N extends string, Def, Out> {
  new (): {}
  readonly stage: N
  readonly def: Def
  readonly "~out": { readonly [K in keyof Out]: string }
  /** Names of the outputs that are folders. */
  readonly "~folders": { [K in keyof Out]: Out[K] extends "folder" ? K : never }[keyof Out]
  readonly definedAt: ReadonlyArray<Place>
  readonly places: Readonly<Record<string, string>>
  readonly defaults: unknown
  /** The same stage with its shared folders elsewhere. */
  readonly in: <Self>(this: Self, roots: Readonly<Record<string, string>>) => Self
  /** The same stage with options for every target. */
  readonly with: <Self>(this: Self, options: DefOptions<Def>) => Self
  /**
   * The same stage, whose results may be adopted (`atlas-run adopt`) where `proof` succeeds: outputs that are there already, or a cell's live
   * value. It writes nothing, gives the outputs that are values, and is no part of what `run` depends on. Without it outputs are never
   * adopted, and a cell on a person's word.
   */
  readonly provenBy: <Self>(
    this: Self,
    proof: (
      task: Proof<Def, Out>
    ) => Effect.Effect<
      { readonly [K in keyof Out as Out[K] extends "value" ? K : never]: string } | void,
      DefErrors<Def> | AdoptRefused | SubjectUnreadable
    >
  ) => Self
}
type DefErrors<Def> = Def extends { readonly errors: infer Es extends ReadonlyArray<any> } ? Declared<Es> : never
type DefTarget<Def> = Def extends { readonly target: infer T extends Schema.Top } ? T["Type"] : unknown

/** What a proof sees of its task. All paths are absolute. */
export interface Proof<Def, Out> {
  readonly task: string
  readonly target: DefTarget<Def>
  readonly labels: Readonly<Record<string, string>>
  readonly inputs: Readonly<Record<string, string | undefined>>
  /** Files of inputs that are globs. */
  readonly globs: Readonly<Record<string, ReadonlyArray<string>>>
  readonly options: Def extends { readonly options: infer O extends Schema.Top } ? O["Type"] : unknown
  readonly needs: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The final places. */
  readonly outputs: { readonly [K in keyof Out as Out[K] extends "value" ? never : K]: string }
  readonly scratch: string
  readonly roots: Readonly<Record<string, string>>
  readonly cell: { readonly desired: string; readonly live: CellObservation }
}
type DefOptions<Def> = Def extends { readonly options: infer O extends Schema.Top } ? Partial<O["Encoded"]> : never

const place = (base: any, change: { places?: Readonly<Record<string, string>>; defaults?: unknown; proof?: unknown }): any => {
  const placed: any = {
    stage: base.stage,
    def: base.def,
    proof: change.proof ?? base.proof,
    definedAt: base.definedAt,
    places: { ...base.places, ...change.places },
    defaults: change.defaults === undefined ? base.defaults : change.defaults
  }
  placed.in = (roots: Readonly<Record<string, string>>) => place(placed, { places: roots })
  placed.with = (options: unknown) => place(placed, { defaults: options })
  placed.provenBy = (proof: unknown) => place(placed, { proof })
  return placed
}

const define = (stage: string, def: any): any => {
  const definedAt = callerPlace(define)
  const Base = class {}
  return Object.assign(Base, {
    stage,
    def,
    definedAt,
    places: def.roots ?? {},
    defaults: {},
    in(this: any, roots: Readonly<Record<string, string>>) {
      return place(this, { places: roots })
    },
    with(this: any, options: unknown) {
      return place(this, { defaults: options })
    },
    provenBy(this: any, proof: unknown) {
      return place(this, { proof })
    }
  })
}

/** Declares a stage by name. */
export const Stage =
  <const N extends string>(name: N) =>
  <
    const Needs extends ReadonlyArray<AnyStage>,
    Target extends Schema.Top,
    Options extends Schema.Top,
    Out extends Record<string, OutputDeclaration>,
    const Errors extends ReadonlyArray<ErrorClass>,
    F extends Findings,
    Inputs,
    E,
    const Roots extends Readonly<Record<string, string>> = {},
    Across extends Readonly<Record<string, AnyStage>> = {},
    const Each extends EachDeclaration | undefined = undefined
  >(
    def: Common<N, Needs, Target, Options, Out, F, Inputs, Roots, Across, Each> & {
      readonly errors: Errors & Verdict<E, Errors>
      readonly cell?: CellDeclaration<Target["Type"], Options["Type"], NeedsOf<Needs, undefined>, Roots, Declared<Errors>>
      readonly run: (
        task: StageTask<Target["Type"], Options["Type"], Inputs, NeedsOf<Needs, Each>, AcrossOutputs<Across>, Out, Roots, F> & ItemOf<Each>
      ) => Effect.Effect<{ readonly [K in keyof Out]: string } | void, E>
    }
  ): StageClass<
    N,
    {
      readonly needs: Needs
      readonly options: Options
      readonly errors: Errors
      readonly target: Target
      readonly findings: F
      readonly roots: Roots
      readonly across: Across
      readonly each: Each
    },
    Out
  > =>
    define(name, def)

/** Declares a stage that is a program: plain data, run by the engine's own spawner. `plugins/command` is its friendly face. */
export const CommandStage =
  <const N extends string>(name: N) =>
  <
    const Needs extends ReadonlyArray<AnyStage>,
    Target extends Schema.Top,
    Options extends Schema.Top,
    Out extends Record<string, "file" | "folder">,
    Inputs,
    const Roots extends Readonly<Record<string, string>> = {},
    const Each extends EachDeclaration | undefined = undefined
  >(
    def: Common<N, Needs, Target, Options, Out, {}, Inputs, Roots, {}, Each> & {
      readonly command: (at: CommandAt<Target["Type"], Options["Type"], Inputs, CommandNeedsOf<Needs, Each>, Out> & ItemOf<Each>) => Command
    }
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
  > =>
    define(name, { ...def, errors: [] })
