/** Which provider wrote an annotation, by the evidence of its first rows. */
import { Schema } from "effect"
import type { Gff3Row } from "../gff3/row.ts"
import { kindOf } from "../ontology/category.ts"
import type { Profile } from "./profile.ts"
import { plain, profileNames, profileOf, type ProfileName, profiles } from "./profiles.ts"

/** Rows, and bytes of their text, that are looked at; they are held in memory meanwhile. */
export const Head = { rows: 5000, bytes: 8 * 2 ** 20 } as const

/** `given`: by option or flag, whatever the file says. `rows` of genes, transcripts and CDS among the first ones, `matching` of them as the profile has it. */
export const ProfileEvidence = Schema.Struct({
  name: Schema.Literals(profileNames),
  chosen: Schema.Literals(["given", "evidence"]),
  rows: Schema.Int,
  matching: Schema.Int
})
export type ProfileEvidence = typeof ProfileEvidence.Type

export interface ChosenProfile {
  readonly profile: Profile
  readonly evidence: ProfileEvidence
  /** What the rows say, where another profile was given. */
  readonly suggested: ProfileName | undefined
}

/** The profile that most rows speak for, if at least half do; the earlier of the table among equals. */
export const chooseProfile = (head: ReadonlyArray<Gff3Row>, wanted: ProfileName | "auto" = "auto"): ChosenProfile => {
  const telling = head.filter(({ type }) => ["gene", "transcript", "cds"].includes(kindOf(type).category))
  const matching = new Map(profiles.map((profile) => [profile.name, telling.filter((row) => profile.isOf(row)).length]))
  let best: ProfileName = plain.name as ProfileName
  for (const { name } of profiles) if ((matching.get(name) ?? 0) > (matching.get(best) ?? 0)) best = name
  if ((matching.get(best) ?? 0) * 2 < telling.length) best = plain.name as ProfileName
  const name = wanted === "auto" ? best : wanted
  const evidence = {
    name,
    chosen: wanted === "auto" ? "evidence" : "given",
    rows: telling.length,
    matching: matching.get(name) ?? 0
  } as const
  return { profile: profileOf(name), evidence, suggested: name === best || best === plain.name ? undefined : best }
}
