/** `Check`: a plugin's look at the outputs of one stage. It reports all its findings; the engine judges them. */
import type { Effect, Schema } from "effect"
import type { ErrorClass } from "../domain/Failure.ts"
import { callerPlace, type Place } from "./Place.ts"
import type { Resources } from "./Resources.ts"
import type { AnyStage, Findings, Telling, Verdict } from "./Stage.ts"

export interface AnyCheck {
  readonly check: string
  readonly def: {
    readonly on: any
    readonly options: any
    readonly errors: ReadonlyArray<any>
    readonly findings: any
  }
  readonly gates?: ReadonlyArray<any> | undefined
}

type OutputsOf<S> = S extends { readonly "~out": infer O } ? O : never

/** What a check sees: `subject` are the outputs of the stage it is on. */
export interface CheckTask<Subject, Options, F extends Findings> extends Telling<F> {
  readonly task: string
  readonly labels: Readonly<Record<string, string>>
  readonly subject: Subject
  readonly options: Options
  readonly scratch: string
}

export interface CheckDef<On, Options, Errors, F> {
  readonly on: On
  readonly options: Options
  readonly errors: Errors
  readonly findings: F
}

type OptionsIn<Options> = Options extends Schema.Top ? Partial<Options["Encoded"]> : never

/** A check that was told which stages its failure blocks. */
export interface Gated<Gates> {
  readonly gates: Gates
}

export interface CheckClass<N extends string, Def extends { readonly options: any }> {
  new (): {}
  readonly check: N
  readonly def: Def
  readonly definedAt: ReadonlyArray<Place>
  readonly defaults: unknown
  /** The check with options for every target, and the stages that its failure blocks (`[]`: advice only). */
  readonly with: <Self, const Gates extends ReadonlyArray<AnyStage> | undefined = undefined>(
    this: Self,
    options: OptionsIn<Def["options"]>,
    how?: { readonly gates?: Gates }
  ) => Self & Gated<Gates>
}

const define = (check: string, def: unknown): any => {
  const definedAt = callerPlace(define)
  const Base = class {}
  return Object.assign(Base, {
    check,
    def,
    definedAt,
    defaults: {},
    gates: undefined,
    with(options: unknown, how?: { readonly gates?: unknown }) {
      return { check, def, definedAt, defaults: options, gates: how?.gates }
    }
  })
}

/** Declares a check by name. */
export const Check =
  <const N extends string>(name: N) =>
  <On extends AnyStage, Options extends Schema.Top, const Errors extends ReadonlyArray<ErrorClass>, F extends Findings, E>(
    def: Resources & {
      readonly summary?: string
      readonly on: On
      readonly options: Options
      readonly findings: F
      readonly errors: Errors & Verdict<E, Errors>
      readonly run: (task: CheckTask<OutputsOf<On>, Options["Type"], F>) => Effect.Effect<void, E>
    }
  ): CheckClass<N, CheckDef<On, Options, Errors, F>> =>
    define(name, def)
