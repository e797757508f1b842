/** Which dataset: release, species, assembly (dataset contract §1.1), its printed forms and its orders. */
import { type Brand, Effect, Schema } from "effect"
import { type ErrorDocs, Told } from "atlas-run/plugin"

/** The JSON form: exactly these three strings, not judged. */
export const DatasetParts = Schema.Struct({ release: Schema.String, species: Schema.String, assembly: Schema.String })
export type DatasetParts = typeof DatasetParts.Type

/** Parts that keep the rules of §1.1. Made by `datasetId` alone. */
export type DatasetId = DatasetParts & Brand.Brand<"DatasetId">

/** Longest parts, in bytes. */
export const datasetIdLimits = { release: 16, species: 64, assembly: 64 } as const

export class DatasetIdInvalid extends Schema.TaggedError<DatasetIdInvalid>()("DatasetIdInvalid", {
  ...Told,
  problems: Schema.Array(Schema.String)
}) {
  static readonly docs: ErrorDocs = {
    summary: "A dataset's release, species or assembly is not a legal name",
    hint: "release: digits, at most 16; species: a-z, 0-9 and single inner underscores, at most 64; assembly: A-Z, a-z, 0-9, dot, underscore, at most 64",
    example: "dataset `110/Homo-sapiens/GRCh38` is not legal: species must match [a-z0-9_]+ in snake_case"
  }
}

// Unicode White_Space, which is not what String.prototype.trim strips (that takes U+FEFF and leaves U+0085).
const isWhiteSpace = (code: number): boolean =>
  (code >= 9 && code <= 13) ||
  code === 0x20 ||
  code === 0x85 ||
  code === 0xa0 ||
  code === 0x1680 ||
  (code >= 0x2000 && code <= 0x200a) ||
  code === 0x2028 ||
  code === 0x2029 ||
  code === 0x202f ||
  code === 0x205f ||
  code === 0x3000

/** Strips Unicode White_Space at both ends. */
export const trimWhiteSpace = (text: string): string => {
  let from = 0
  let to = text.length
  while (from < to && isWhiteSpace(text.charCodeAt(from))) from++
  while (to > from && isWhiteSpace(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

const partProblem = (text: string, part: keyof DatasetParts, letters: RegExp, rule: string): string | undefined => {
  if (text === "") return `${part} must not be empty`
  // A legal character is one byte, so a text longer than the limit in characters is so in bytes, and no long text meets the pattern.
  if (text.length > datasetIdLimits[part]) return `${part} exceeds max length ${datasetIdLimits[part]}`
  return letters.test(text) ? undefined : rule
}

const problemsOf = ({ release, species, assembly }: DatasetParts): ReadonlyArray<string> => {
  const problems = [
    partProblem(release, "release", /^[0-9]+$/, "release must be numeric string (e.g. 110)"),
    partProblem(species, "species", /^[a-z0-9_]+$/, "species must match [a-z0-9_]+ in snake_case"),
    partProblem(assembly, "assembly", /^[A-Za-z0-9._]+$/, "assembly must match [A-Za-z0-9._]+")
  ]
  if (problems[1] === undefined && /^_|_$|__/.test(species)) problems[1] = "species must not start/end with '_' or contain '__'"
  if (problems[2] === undefined && /^\.{1,2}$/.test(assembly)) problems[2] = "assembly must not be `.` or `..`"
  return problems.filter((p) => p !== undefined)
}

const trimmed = (parts: DatasetParts): DatasetParts => ({
  release: trimWhiteSpace(parts.release),
  species: trimWhiteSpace(parts.species),
  assembly: trimWhiteSpace(parts.assembly)
})

/** What is wrong with the parts as they are, untrimmed; empty for a legal id. */
export const datasetIdProblems = (parts: DatasetParts): ReadonlyArray<string> => problemsOf(parts)

/** Whether the parts are legal as they are. */
export const isDatasetId = (parts: DatasetParts): parts is DatasetId => problemsOf(parts).length === 0

const invalid = (text: string, problems: ReadonlyArray<string>) =>
  new DatasetIdInvalid({ message: `dataset \`${text.slice(0, 200)}\` is not legal: ${problems.join("; ")}`, problems })

/** Trims and judges the parts; fails with all problems at once. */
export const datasetId = (parts: DatasetParts): Effect.Effect<DatasetId, DatasetIdInvalid> =>
  Effect.suspend(() => {
    const clean = trimmed(parts)
    return isDatasetId(clean) ? Effect.succeed(clean) : Effect.fail(invalid(canonicalId(parts), problemsOf(clean)))
  })

/** Parses `110/homo_sapiens/GRCh38`. */
export const parseDatasetId = (text: string): Effect.Effect<DatasetId, DatasetIdInvalid> =>
  Effect.suspend(() => {
    const [release, species, assembly, ...rest] = text.split("/", 4)
    return release === undefined || species === undefined || assembly === undefined || rest.length > 0
      ? Effect.fail(invalid(text, ["a dataset is written release/species/assembly"]))
      : datasetId({ release, species, assembly })
  })

/** `110/homo_sapiens/GRCh38`: the canonical string, also `release_id`. */
export const canonicalId = (id: DatasetParts): string => `${id.release}/${id.species}/${id.assembly}`

/** `release=110&species=homo_sapiens&assembly=GRCh38`: what gc pins name. */
export const datasetKey = (id: DatasetParts): string => `release=${id.release}&species=${id.species}&assembly=${id.assembly}`

/** `release=110/species=homo_sapiens/assembly=GRCh38`: the folder below a build or store root. */
export const datasetFolder = (id: DatasetId): string => `release=${id.release}/species=${id.species}/assembly=${id.assembly}`

/** The parts that a folder's last three segments claim; undefined where they are not of the form. Not judged. */
export const partsOfFolder = (path: string): DatasetParts | undefined => {
  const segments = path.split("/").filter((s) => s !== "")
  const value = (fromEnd: number, key: string) => {
    const segment = segments.at(-fromEnd)
    return segment?.startsWith(key) === true ? segment.slice(key.length) : undefined
  }
  const [release, species, assembly] = [value(3, "release="), value(2, "species="), value(1, "assembly=")]
  return release === undefined || species === undefined || assembly === undefined ? undefined : { release, species, assembly }
}

export const sameDataset = (a: DatasetParts, b: DatasetParts): boolean => canonicalId(a) === canonicalId(b)

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Catalog order (§1.1): release, species, assembly bytewise, so "99" follows "110". */
export const compareDatasets = (a: DatasetId, b: DatasetId): number =>
  order(a.release, b.release) || order(a.species, b.species) || order(a.assembly, b.assembly)

/** Releases as numbers: 9 before 10; equal numbers of different spelling (`09`, `9`) bytewise. */
export const compareReleases = (a: DatasetId["release"], b: DatasetId["release"]): number => {
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")]
  return x.length - y.length || order(x, y) || order(a, b)
}
