/** Whether what a config's evaluation looked at is still as it was (engine.md §5): then its project document stands. */
import * as fs from "node:fs"
import { dirname } from "node:path"
import { Effect } from "effect"
import { compareText } from "../../core/Cause.ts"
import type { ConfigEvidence, EvaluatorBuild, EvidenceChange, PackageLookup, SeenFact, SeenPath } from "../../domain/ConfigEvidence.ts"
import { evaluatedVariables } from "../../host/Environment.ts"
import { evaluatorBuild } from "../../host/trace/Build.ts"
import { namesDigest, saltedDigest } from "../../host/trace/Digest.ts"
import { factNow } from "../../host/trace/Facts.ts"
import { absent, type FileDigestsShape, type StatRow } from "../../ports/FileDigests.ts"

/** What a config would be evaluated with now. */
export interface Evaluating {
  /** Absolute, as asked for. */
  readonly config: string
  readonly build: EvaluatorBuild
  /** As the evaluation would see it. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Its working folder. */
  readonly folder: string
}

/** For an evaluation by a host process. `source` is the `src` of this package. */
export const evaluatingNow = (config: string, source: string): Evaluating => ({
  config,
  build: evaluatorBuild(dirname(source)),
  environment: evaluatedVariables(),
  folder: dirname(config)
})

export type Current = { readonly current: true } | { readonly current: false; readonly causes: ReadonlyArray<EvidenceChange> }

const changed = (kind: EvidenceChange["kind"], subject: string, message: string): EvidenceChange => ({ kind, subject, message })

const buildNames: Readonly<Record<keyof EvaluatorBuild, string>> = {
  node: "Node",
  platform: "the platform",
  arch: "the architecture",
  engine: "the engine",
  contract: "the plugin contract"
}

const buildChanges = (then: EvaluatorBuild, now: EvaluatorBuild): ReadonlyArray<EvidenceChange> =>
  (Object.keys(buildNames) as ReadonlyArray<keyof EvaluatorBuild>)
    .filter((part) => then[part] !== now[part])
    .map((part) => changed("build", part, `${buildNames[part]} was ${then[part]}, it is ${now[part]}`))

const realOf = (path: string): string | null => {
  try {
    return fs.realpathSync(path)
  } catch {
    return null
  }
}

const isFolder = (path: string): boolean => {
  try {
    return fs.statSync(path).isDirectory()
  } catch {
    return false
  }
}

const lookupChange = ({ name, absent: nearer, link, real }: PackageLookup): EvidenceChange | null => {
  const found = nearer.find(isFolder)
  if (found !== undefined) return changed("package", name, `a nearer ${name} appeared: ${found}`)
  if (link === null || realOf(link) === real) return null
  const now = realOf(link)
  return changed("package", name, now === null ? `${link} is gone` : `${link} leads to ${now}, it led to ${real}`)
}

const factChanges = (
  kind: "environment" | "machine",
  seen: ReadonlyArray<SeenFact>,
  salt: string,
  now: (name: string) => string | null | undefined
): ReadonlyArray<EvidenceChange> =>
  seen.flatMap(({ name, value }) => {
    const is = now(name) ?? null
    if ((is === null ? null : saltedDigest(salt, name, is)) === value) return []
    return [changed(kind, name, `${name} ${value === null ? "is set now" : is === null ? "is not set any more" : "has another value"}`)]
  })

/** What a look that needs no content gives now. */
const cheapAnswer = ({ path, is }: SeenPath): string => {
  try {
    if (is.startsWith("real:")) return `real:${fs.realpathSync(path)}`
    if (is.startsWith("link:")) return `link:${fs.readlinkSync(path)}`
    const stat = fs.statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return "absent"
    if (stat.isDirectory()) return is.startsWith("names:") ? namesDigest(fs.readdirSync(path)) : "folder"
    return is === "file" || !stat.isFile() ? "file" : is.startsWith("file of ") ? `file of ${stat.size} bytes` : "file"
  } catch {
    return "absent"
  }
}

const contentOf = (path: string, digests: FileDigestsShape): Effect.Effect<string> =>
  digests.file(path).pipe(
    Effect.map((digest) => (digest === absent ? "absent" : `sha256:${digest.sha256}`)),
    // what cannot be read now was read then
    Effect.catch((error) => Effect.succeed(error.message))
  )

const told = (path: string, was: string, is: string): string =>
  is === "absent"
    ? `${path} is gone`
    : was === "absent"
      ? `${path} appeared`
      : was.startsWith("real:")
        ? `${path} leads to ${is.slice(5)}`
        : `${path} changed`

/** Compares all of it; every difference is told. Reads only, files by way of `digests`. */
export const stillCurrent = (evidence: ConfigEvidence, digests: FileDigestsShape, now: Evaluating): Effect.Effect<Current> =>
  Effect.gen(function* () {
    const causes: Array<EvidenceChange> = [...buildChanges(evidence.build, now.build)]
    if (evidence.config !== now.config) causes.push(changed("config", now.config, `the config was ${evidence.config}, it is ${now.config}`))
    for (const lookup of evidence.lookups) {
      const change = lookupChange(lookup)
      if (change !== null) causes.push(change)
    }
    for (const { path, sha256 } of evidence.modules) {
      const is = yield* contentOf(path, digests)
      if (is !== `sha256:${sha256}`) causes.push(changed("module", path, told(path, sha256, is)))
    }
    for (const path of evidence.unwatched) causes.push(changed("module", path, `what ${path} imports is not known`))
    for (const seen of evidence.paths) {
      const is = seen.is.startsWith("sha256:") ? yield* contentOf(seen.path, digests) : cheapAnswer(seen)
      if (is !== seen.is) causes.push(changed("path", seen.path, told(seen.path, seen.is, is)))
    }
    causes.push(...factChanges("environment", evidence.environment, evidence.salt, (name) => now.environment[name]))
    if (evidence.environmentNames !== null && evidence.environmentNames !== namesDigest(Object.keys(now.environment)))
      causes.push(changed("environment", "names", "other variables are set"))
    causes.push(
      ...factChanges("machine", evidence.machine, evidence.salt, (name) => (name === "cwd" ? JSON.stringify(now.folder) : factNow(name)))
    )
    return causes.length === 0 ? { current: true } : { current: false, causes: unique(causes) }
  })

const unique = (causes: ReadonlyArray<EvidenceChange>): ReadonlyArray<EvidenceChange> => [
  ...new Map(causes.map((cause) => [cause.message, cause])).values()
]

/**
 * What the fast path has to find. `file`: its stat row (links followed); null if the row proves nothing yet (racy rule), so that the
 * full path must look. `absent`: nothing. `same`: `path` and `real` are one file or folder. `folder`: a stat row as for `file`, or
 * names with that digest. `other`: only the full path can tell, `is` as in the evidence.
 */
export type Expected =
  | { readonly path: string; readonly is: "file"; readonly row: StatRow | null }
  | { readonly path: string; readonly is: "absent" }
  | { readonly path: string; readonly is: "same"; readonly real: string }
  | { readonly path: string; readonly is: "folder"; readonly names: string }
  | { readonly path: string; readonly is: "other"; readonly answer: string }

/** Stat rows that stand for the evidence's files, modules and folders while nothing moved; environment and machine are not among them. */
export const expectedRows = (evidence: ConfigEvidence, digests: FileDigestsShape): ReadonlyArray<Expected> => {
  const rows = new Map<string, Expected>()
  const add = (expected: Expected): void => void rows.set(`${expected.path}\0${expected.is}`, expected)
  const file = (path: string, sha256: string): void => {
    const known = digests.known(path)
    add({ path, is: "file", row: known !== null && known !== absent && known.sha256 === sha256 ? known.stat : null })
  }
  for (const { path, sha256 } of evidence.modules) file(path, sha256)
  for (const { absent: nearer, link, real } of evidence.lookups) {
    for (const path of nearer) add({ path, is: "absent" })
    if (link !== null && real !== null && link !== real) add({ path: link, is: "same", real })
  }
  for (const { path, is } of evidence.paths) {
    if (is === "absent") add({ path, is })
    else if (is.startsWith("sha256:")) file(path, is.slice("sha256:".length))
    else if (is.startsWith("real:")) add({ path, is: "same", real: is.slice("real:".length) })
    else if (is.startsWith("names:")) add({ path, is: "folder", names: is })
    else add({ path, is: "other", answer: is })
  }
  return [...rows.values()].sort((a, b) => compareText(a.path, b.path))
}
