/** The life of datasets as the stages of a project. */
import { Alias, proveAlias } from "./stages/alias.ts"
import { Ingest } from "./stages/ingest.ts"
import { Pack } from "./stages/pack.ts"
import { Promote } from "./stages/promote.ts"
import { proveIngest } from "./stages/prove-ingest.ts"
import { Publish } from "./stages/publish.ts"
import { Validate } from "./stages/validate.ts"
import { Verify } from "./stages/verify.ts"
import { VerifyPack } from "./stages/verify-pack.ts"

export interface LifeRoots {
  /** Build roots: private, rebuilt at will. */
  readonly build?: string
  /** The serving store: immutable datasets and their catalog. */
  readonly store?: string
  readonly packs?: string
}

/** ingest → validate, verify → publish → promote → alias, and publish → pack → verify-pack. */
export const life = ({ build = "build", store = "serving-store", packs = "packs" }: LifeRoots = {}) => {
  const roots = { build, store, packs }
  const stages = [
    Ingest.in(roots).provenBy(proveIngest),
    Validate.in(roots),
    Verify.in(roots),
    Publish.in(roots),
    Promote.in(roots),
    Alias.in(roots).provenBy(proveAlias),
    Pack.in(roots),
    VerifyPack
  ] as const
  return { stages }
}

export const atlas = { life }
