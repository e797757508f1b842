/** What changed between two closures of a definition, told by module, declaration and how it is reached. */
import { type Cause, compareText, sortCauses } from "../../core/Cause.ts"
import type { ClosureEntry, CodeClosure } from "../../domain/CodeClosure.ts"

export interface ClosureChange {
  readonly change: "changed" | "appeared" | "gone"
  readonly kind: ClosureEntry["kind"]
  readonly subject: string
  readonly old: string | null
  readonly new: string | null
  /** Declarations that are another, new or gone; empty for packages and needs. */
  readonly parts: ReadonlyArray<string>
  /** From where the definition stands to the subject: modules, marked `(re-export)` if they only pass on, and each `import() at line N` that cannot be told. */
  readonly reached: ReadonlyArray<string>
}

const keyOf = ({ kind, subject }: ClosureEntry): string => `${kind}\0${subject}`

const reachedBy = (closure: CodeClosure, entry: ClosureEntry): ReadonlyArray<string> => {
  const bySubject = new Map(closure.entries.map((one) => [one.subject, one]))
  const way = [entry.subject]
  const met = new Set(way)
  for (let at: ClosureEntry | undefined = entry; at !== undefined;) {
    way.unshift(...at.through.map((subject) => (subject.startsWith("import() ") ? subject : `${subject} (re-export)`)))
    if (at.via === null || met.has(at.via)) break
    met.add(at.via)
    way.unshift(at.via)
    at = bySubject.get(at.via)
  }
  return way
}

const partsApart = (old: ClosureEntry | undefined, now: ClosureEntry | undefined): ReadonlyArray<string> => {
  const left = new Map(old?.parts.map(({ name, digest }) => [name, digest]))
  const right = new Map(now?.parts.map(({ name, digest }) => [name, digest]))
  return [...new Set([...left.keys(), ...right.keys()])].filter((name) => left.get(name) !== right.get(name)).sort(compareText)
}

/** Sorted by subject; empty exactly if the digests are equal. `old` null where it is not known any more: then nothing can be told. */
export const describeChange = (old: CodeClosure | null, now: CodeClosure): ReadonlyArray<ClosureChange> => {
  if (old === null || old.digest === now.digest) return []
  const before = new Map(old.entries.map((entry) => [keyOf(entry), entry]))
  const after = new Map(now.entries.map((entry) => [keyOf(entry), entry]))
  const changes: Array<ClosureChange> = []
  for (const key of [...new Set([...before.keys(), ...after.keys()])].sort(compareText)) {
    const was = before.get(key)
    const is = after.get(key)
    if (was?.value === is?.value) continue
    const entry = (is ?? was) as ClosureEntry
    changes.push({
      change: was === undefined ? "appeared" : is === undefined ? "gone" : "changed",
      kind: entry.kind,
      subject: entry.subject,
      old: was?.value ?? null,
      new: is?.value ?? null,
      parts: was === undefined || is === undefined ? [] : partsApart(was, is),
      reached: reachedBy(is === undefined ? old : now, entry)
    })
  }
  return changes.sort((a, b) => compareText(a.subject, b.subject) || compareText(a.kind, b.kind))
}

/** `verify in plugins/atlas/format/verify.ts`. */
const named = ({ kind, subject, parts }: ClosureChange): string =>
  kind === "need"
    ? `outputs of ${subject}`
    : kind === "package"
      ? `package ${subject}`
      : parts.length === 0
        ? subject
        : `${parts.join(", ")} in ${subject}`

const short = (value: string | null): string | null => value?.replace(/sha256:([0-9a-f]{8})[0-9a-f]*/g, "sha256 $1") ?? null

/** Causes in place of the one that says that the code row differs: one a module, with how it is reached. */
export const causesOf = (changes: ReadonlyArray<ClosureChange>): ReadonlyArray<Cause> =>
  sortCauses(
    changes.map((change) => ({
      kind: "code-changed" as const,
      subject: change.reached.length < 2 ? named(change) : `${named(change)} (${change.reached.join(" → ")})`,
      old: short(change.old),
      new: short(change.new),
      from: null
    }))
  )
