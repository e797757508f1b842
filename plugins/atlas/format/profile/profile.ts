/** How a provider of annotations writes ids, names and biotypes: the rules that the specification leaves open. */
import type { Attributes, Gff3Row } from "../gff3/row.ts"

export type ProfiledKind = "gene" | "transcript" | "cds"

export interface Profile {
  readonly name: string
  /** Who writes so; for people. */
  readonly provider: string
  /** Whether a row of a gene, transcript or CDS is written as this provider does and others do not. */
  readonly isOf: (row: Pick<Gff3Row, "source" | "attributes">) => boolean
  /** Taken off an ID's front, by kind: they only say what the row is. */
  readonly prefixes: Readonly<Record<ProfiledKind, ReadonlyArray<string>>>
  /** The id of a row whose ID is no stable name but a number within the file, or marked as of another kind. Undefined: the ID will do. */
  readonly ownId?: (kind: "gene" | "transcript", attributes: Attributes) => string | undefined
  /** Attributes that name a gene for people; the first that has a value. After these and those below come those of `plain`. */
  readonly names: ReadonlyArray<string>
  readonly geneBiotypes: ReadonlyArray<string>
  readonly transcriptBiotypes: ReadonlyArray<string>
}

/** An ID without the prefix that its provider puts before it. */
export const withoutPrefix = (profile: Profile, kind: ProfiledKind, id: string): string => {
  for (const prefix of profile.prefixes[kind]) if (id.length > prefix.length && id.startsWith(prefix)) return id.slice(prefix.length)
  return id
}

/** The attributes that a profile looks at, as reading wants them. */
export interface AttributeRules {
  readonly names: ReadonlyArray<string>
  readonly geneBiotypes: ReadonlyArray<string>
  readonly transcriptBiotypes: ReadonlyArray<string>
  readonly ownId: NonNullable<Profile["ownId"]>
}

export const rulesOf = (profile: Profile, plain: Profile): AttributeRules => {
  const keys = (which: "names" | "geneBiotypes" | "transcriptBiotypes") => [...new Set([...profile[which], ...plain[which]])]
  return {
    names: keys("names"),
    geneBiotypes: keys("geneBiotypes"),
    transcriptBiotypes: keys("transcriptBiotypes"),
    ownId: profile.ownId ?? (() => undefined)
  }
}
