/** `project`: stages × targets × checks, typed so that what cannot work does not compile (engine.md §7). */
import type { Schema } from "effect"
import type { Severity } from "../domain/Finding.ts"
import type { AnyCheck } from "./Check.ts"
import { callerPlace, type Place } from "./Place.ts"
import type { Resources } from "./Resources.ts"
import type { AnyStage, Declared, NameOf } from "./Stage.ts"

type Flat<T> = { [K in keyof T]: T[K] } & {}
type Both<U> = (U extends any ? (x: U) => void : never) extends (x: infer I) => void ? I : never
type CheckName<C> = C extends { readonly check: infer N extends string } ? N : never
type OptionsOf<X> = X extends { readonly def: { readonly options: infer O extends Schema.Top } }
  ? keyof O["Encoded"] extends never
    ? never
    : Partial<O["Encoded"]>
  : never
/** An empty mapped type would accept anything. */
type Closed<T> = [keyof T] extends [never] ? { readonly [k: string]: never } : T
type Options<S extends ReadonlyArray<AnyStage>, C extends ReadonlyArray<AnyCheck>> = Flat<
  { readonly [X in S[number] as OptionsOf<X> extends never ? never : NameOf<X>]?: OptionsOf<X> } & {
    readonly [X in C[number] as OptionsOf<X> extends never ? never : CheckName<X>]?: OptionsOf<X>
  }
>

type FindingsOf<X> = X extends { readonly def: { readonly findings: infer F } } ? keyof F & string : never
type WaiverOn<N extends string, F extends string> = {
  readonly check: N
  readonly finding: F
  /** A place (value or glob); `*` is every place. */
  readonly at: string
  readonly because: string
  /** Last day, inclusive, UTC `YYYY-MM-DD`; absent: for good. */
  readonly until?: string
}
type Waivers<S extends ReadonlyArray<AnyStage>, C extends ReadonlyArray<AnyCheck>> =
  | { [K in keyof S]: FindingsOf<S[K]> extends never ? never : WaiverOn<NameOf<S[K]>, FindingsOf<S[K]>> }[number]
  | { [K in keyof C]: FindingsOf<C[K]> extends never ? never : WaiverOn<CheckName<C[K]>, FindingsOf<C[K]>> }[number]
type Severities<S extends ReadonlyArray<AnyStage>, C extends ReadonlyArray<AnyCheck>> = Flat<
  {
    readonly [X in S[number] as FindingsOf<X> extends never ? never : NameOf<X>]?: { readonly [K in FindingsOf<X>]?: Severity }
  } & {
    readonly [X in C[number] as FindingsOf<X> extends never ? never : CheckName<X>]?: { readonly [K in FindingsOf<X>]?: Severity }
  }
>
type RolesOf<X> = X extends { readonly def: { readonly across: infer A } } ? keyof A & string : never
type Roles<S extends ReadonlyArray<AnyStage>> = { readonly [K in RolesOf<S[number]>]?: string }

type Encoded<X> = X extends { readonly def: { readonly target: infer T extends Schema.Top } } ? T["Encoded"] : never
type Wanted<S extends ReadonlyArray<AnyStage>> = Flat<Both<Encoded<S[number]>>>

type SourceOf<X> = X extends { readonly def: { readonly each: { readonly of: infer S } } } ? NameOf<S> : never
type Gone<X extends AnyStage, S extends ReadonlyArray<AnyStage>> = Exclude<
  NameOf<X["def"]["needs"][number]> | SourceOf<X>,
  NameOf<S[number]>
>
type Others<S extends ReadonlyArray<unknown>, K> = { [J in keyof S]: J extends K ? never : S[J] }[number]
type Clash<X, Y> = {
  [F in keyof Encoded<X> & keyof Encoded<Y>]: [Exclude<Encoded<X>[F], undefined>] extends [Exclude<Encoded<Y>[F], undefined>]
    ? [Exclude<Encoded<Y>[F], undefined>] extends [Exclude<Encoded<X>[F], undefined>]
      ? never
      : F & string
    : F & string
}[keyof Encoded<X> & keyof Encoded<Y>]
type Clashes<X, Ys> = Ys extends infer Y
  ? Clash<X, Y> extends never
    ? never
    : `${NameOf<Y>} wants ${Clash<X, Y>} with another type than ${NameOf<X>}`
  : never

type StageProblem<S extends ReadonlyArray<AnyStage>, K extends keyof S> = S[K] extends AnyStage
  ? [Gone<S[K], S>] extends [never]
    ? NameOf<S[K]> extends NameOf<Others<S, K>>
      ? `two stages are called ${NameOf<S[K]>}`
      : [Clashes<S[K], Others<S, K>>] extends [never]
        ? never
        : Clashes<S[K], Others<S, K>>
    : `${NameOf<S[K]>} needs ${Gone<S[K], S>}, which is not in stages`
  : never
type Stages<S extends ReadonlyArray<AnyStage>> = {
  readonly [K in keyof S]: [StageProblem<S, K>] extends [never] ? S[K] : StageProblem<S, K>
}

type GatesOf<X> = X extends { readonly gates: infer G extends ReadonlyArray<AnyStage> } ? NameOf<G[number]> : never
type CheckProblem<C extends ReadonlyArray<AnyCheck>, K extends keyof C, S extends ReadonlyArray<AnyStage>> = C[K] extends AnyCheck
  ? [Exclude<NameOf<C[K]["def"]["on"]>, NameOf<S[number]>>] extends [never]
    ? [Exclude<GatesOf<C[K]>, NameOf<S[number]>>] extends [never]
      ? CheckName<C[K]> extends CheckName<Others<C, K>> | NameOf<S[number]>
        ? `two definitions are called ${CheckName<C[K]>}`
        : never
      : `${CheckName<C[K]>} gates ${Exclude<GatesOf<C[K]>, NameOf<S[number]>>}, which is not in stages`
    : `${CheckName<C[K]>} is on ${Exclude<NameOf<C[K]["def"]["on"]>, NameOf<S[number]>>}, which is not in stages`
  : never
type Checks<C extends ReadonlyArray<AnyCheck>, S extends ReadonlyArray<AnyStage>> = {
  readonly [K in keyof C]: [CheckProblem<C, K, S>] extends [never] ? C[K] : CheckProblem<C, K, S>
}

/** How a project treats one target. */
export interface Treatment<S extends ReadonlyArray<AnyStage>, C extends ReadonlyArray<AnyCheck>> {
  /** Names the target; needed where the target's kind does not (`dataset()` does). */
  readonly id?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly options?: Closed<Options<S, C>>
  readonly severity?: Closed<Severities<S, C>>
  readonly waive?: ReadonlyArray<Waivers<S, C>>
  readonly across?: Closed<Roles<S>>
  /** What stages and checks take for this target, where that is other than they declare. Changing it reruns nothing. */
  readonly resources?: { readonly [K in NameOf<S[number]> | CheckName<C[number]>]?: Resources }
}

export interface Placed {
  readonly "~placed": { readonly wants: unknown; readonly how: Treatment<any, any> | undefined; readonly at: ReadonlyArray<Place> }
}

export interface Project<S extends ReadonlyArray<AnyStage>, C extends ReadonlyArray<AnyCheck> = []> {
  readonly "~project": "plugin/1"
  readonly name: string
  readonly stages: S
  readonly checks: C
  readonly targets: ReadonlyArray<Placed>
  readonly declaration: Readonly<Record<string, unknown>>
  readonly at: ReadonlyArray<Place>
}

/** The errors that a run of the project may fail with, besides the engine's own `TaskFault`. */
export type ErrorsOf<P extends Project<any, any>> =
  | Declared<P["stages"][number]["def"]["errors"]>
  | Declared<P["checks"][number]["def"]["errors"]>

export const project = <const S extends ReadonlyArray<AnyStage>, const C extends ReadonlyArray<AnyCheck> = []>(declaration: {
  readonly name: string
  readonly stages: S & Stages<S>
  readonly checks?: C & Checks<C, S>
  readonly targets: (target: (wants: Wanted<S>, how?: Treatment<S, C>) => Placed) => ReadonlyArray<Placed>
}): Project<S, C> => {
  const at = callerPlace(project)
  const target = (wants: unknown, how?: Treatment<S, C>): Placed => ({ "~placed": { wants, how, at: callerPlace(target) } })
  const targets = typeof declaration.targets === "function" ? declaration.targets(target) : declaration.targets
  return {
    "~project": "plugin/1",
    name: declaration.name,
    stages: declaration.stages,
    checks: (declaration.checks ?? []) as unknown as C,
    targets,
    declaration: declaration as unknown as Readonly<Record<string, unknown>>,
    at
  }
}
