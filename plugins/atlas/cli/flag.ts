/** A flag as declared: how it is written, what it means, how its text becomes a value. One table serves parsing and help. */
import { type Day, isDay } from "../format/catalog/day.ts"
import { type DatasetId, datasetIdProblems, type DatasetParts, isDatasetId, trimWhiteSpace } from "../format/dataset-id.ts"
import { geneticCodes } from "../format/coding/genetic-codes.ts"
import { colorChoices } from "./style.ts"

/** A value, or what is wrong, as the end of `--flag …`. */
export type Reading<A> = { readonly ok: A } | { readonly wrong: string }

export interface Flag<A> {
  /** How its value is called in help; null for a switch. */
  readonly value: string | null
  readonly required: boolean
  readonly help: string
  /** `given` is undefined if the flag was not given, "" for a switch. */
  readonly read: (given: string | undefined) => Reading<A>
}

export type Flags = Readonly<Record<string, Flag<any>>>

export type Values<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer A> ? A : never }

const plain = (text: string): Reading<string> => (text === "" ? { wrong: "wants a value that is not empty" } : { ok: text })

export const required = <A = string>(
  value: string,
  help: string,
  read: (text: string) => Reading<A> = plain as (text: string) => Reading<A>
): Flag<A> => ({
  value,
  required: true,
  help,
  read: (given) => (given === undefined ? { wrong: "is missing" } : read(given))
})

export const optional = <A = string>(
  value: string,
  help: string,
  read: (text: string) => Reading<A> = plain as (text: string) => Reading<A>
): Flag<A | undefined> => ({
  value,
  required: false,
  help,
  read: (given) => (given === undefined ? { ok: undefined } : read(given))
})

export const on = (help: string): Flag<boolean> => ({ value: null, required: false, help, read: (given) => ({ ok: given !== undefined }) })

/** The first is taken if none is given. */
export const oneOf = <const A extends string>(choices: readonly [A, ...ReadonlyArray<A>], help: string): Flag<A> => ({
  value: choices.join("|"),
  required: false,
  help,
  read: (given) => {
    if (given === undefined) return { ok: choices[0] }
    const choice = choices.find((choice) => choice === given)
    if (choice !== undefined) return { ok: choice }
    const known = choices.length === 1 ? choices[0] : `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`
    return { wrong: `wants ${known}, not ${JSON.stringify(given)}` }
  }
})

const legal: DatasetParts = { release: "1", species: "a", assembly: "a" }

const part =
  (name: keyof DatasetParts) =>
  (text: string): Reading<string> => {
    const clean = trimWhiteSpace(text)
    const [problem] = datasetIdProblems({ ...legal, [name]: clean })
    return problem === undefined ? { ok: clean } : { wrong: `${JSON.stringify(text.slice(0, 100))} is not legal: ${problem}` }
  }

const partHelp = {
  release: "digits, e.g. 110",
  species: "lower-case letters, digits, underscores, e.g. homo_sapiens",
  assembly: "letters, digits, dot, underscore, e.g. GRCh38"
}

/** `MT=2,Pt=11`: sequence names with NCBI's genetic codes. */
export const geneticCodeFlag: Flag<Readonly<Record<string, number>> | undefined> = optional(
  "NAME=TABLE,…",
  "genetic code (NCBI's transl_table) of sequences whose CDS state none",
  (text) => {
    const codes: Array<readonly [string, number]> = []
    for (const pair of text.split(",")) {
      const [, name, table] = /^(.+)=(\d{1,3})$/.exec(pair) ?? []
      if (name === undefined || !geneticCodes.has(Number(table)))
        return { wrong: `wants a sequence and one of NCBI's genetic codes, e.g. MT=2, not ${JSON.stringify(pair.slice(0, 100))}` }
      codes.push([name, Number(table)])
    }
    return { ok: Object.fromEntries(codes) }
  }
)

/** Which dataset: the three parts of its id. */
export const datasetFlags = {
  release: required("R", partHelp.release, part("release")),
  species: required("S", partHelp.species, part("species")),
  assembly: required("A", partHelp.assembly, part("assembly"))
} as const

/** The same where a dataset may be named: all three or none (`partlyNamed`). */
export const optionalDatasetFlags = {
  release: optional("R", "with --species and --assembly: the dataset it must hold", part("release")),
  species: optional("S", "", part("species")),
  assembly: optional("A", "", part("assembly"))
} as const

/** Flags that were read are legal parts. */
export const datasetOf = ({ release, species, assembly }: DatasetParts): DatasetId => {
  const id = { release, species, assembly }
  if (!isDatasetId(id)) throw new Error("flags of a dataset were used without being read")
  return id
}

interface Maybe {
  readonly release: string | undefined
  readonly species: string | undefined
  readonly assembly: string | undefined
}

export const maybeDatasetOf = ({ release, species, assembly }: Maybe): DatasetId | undefined =>
  release === undefined || species === undefined || assembly === undefined ? undefined : datasetOf({ release, species, assembly })

export const partlyNamed = (flags: Maybe): ReadonlyArray<string> => {
  const missing = (["release", "species", "assembly"] as const).filter((name) => flags[name] === undefined)
  return missing.length === 0 || missing.length === 3
    ? []
    : [
        `a dataset is named by --release, --species and --assembly together: ${missing.map((name) => `--${name}`).join(" and ")} ${missing.length === 1 ? "is" : "are"} missing`
      ]
}

/** `sha256:` and 64 lower-case hex digits. */
export const expectFlag = optional("sha256:HEX", "the digest of the whole pack, as its sender tells it", (text) =>
  text.length === 71 && /^sha256:[0-9a-f]{64}$/.test(text)
    ? { ok: text }
    : { wrong: `wants sha256: and 64 lower-case hex digits, not ${JSON.stringify(text.slice(0, 100))}` }
)

/** A day of the calendar, UTC. */
export const dayFlag = (help: string): Flag<Day | undefined> =>
  optional("DATE", help, (text) =>
    isDay(text) ? { ok: text } : { wrong: `wants a day of the calendar, YYYY-MM-DD, not ${JSON.stringify(text.slice(0, 100))}` }
  )

/** The catalog that a change is meant for: its digest, null for none. */
export const expectCatalogFlag: Flag<string | null | undefined> = optional<string | null>(
  "sha256:HEX|none",
  "the digest of the catalog.json that is to be changed; another is left as it is",
  (text) => {
    if (text === "none") return { ok: null }
    return text.length === 71 && /^sha256:[0-9a-f]{64}$/.test(text)
      ? { ok: text.slice("sha256:".length) }
      : { wrong: `wants sha256: and 64 lower-case hex digits, or none, not ${JSON.stringify(text.slice(0, 100))}` }
  }
)

/** Who changes a store and why, for its history. */
export const historyFlags = {
  because: optional("TEXT", "why, for the store's history"),
  actor: optional("NAME", "who does it, for the store's history; the login name if absent")
} as const

/** What every command takes. */
export const globalFlags = {
  json: on("one JSON document on stdout, also on failure"),
  quiet: on("print only what failed"),
  verbose: on("print all findings, errors and places"),
  color: oneOf(colorChoices, "colours; auto looks at the terminal, NO_COLOR, FORCE_COLOR and TERM"),
  help: on("what this command does, with examples"),
  version: on("the version of atlas-dataset")
} as const

export type Globals = Values<typeof globalFlags>
