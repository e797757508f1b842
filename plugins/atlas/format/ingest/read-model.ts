/**
 * The annotation as a gene model: one reading in parts where it is sound and its genes can be told apart; else a reading of the whole, and
 * further ones where a lenient reading leaves rows out.
 */
import { Effect, type Scope } from "effect"
import { crowdedGenes } from "../artifact/crowded-genes.ts"
import { type ModelSpool, type SpooledModel } from "../artifact/model-spool.ts"
import type { ContentError } from "../content/failure.ts"
import { readContent, unreadable } from "../content/read.ts"
import { IoDurability } from "../durable.ts"
import { Gff3Parser } from "../gff3/parser.ts"
import type { FetchOf } from "../model/coding-check.ts"
import type { GeneModel } from "../model/gene-model.ts"
import { OntologyModel, type OntologyModelOptions, type OntologyOutcome } from "../model/ontology-model.ts"
import { SeparableModel, type SeparableOutcome } from "../model/separable-model.ts"
import type { Gff3Row } from "../gff3/row.ts"
import { LineWindow } from "../line-window.ts"
import { RowOrder } from "../model/row-order.ts"
import { type LimitExceeded, limits } from "../limits.ts"
import { type ChosenProfile, chooseProfile, Head } from "../profile/choose.ts"
import type { ProfileName } from "../profile/profiles.ts"
import { columnsOf } from "./columns.ts"
import type { InputError } from "./errors.ts"
import { type Gff3Read, type OnProgress, readGff3 } from "./inputs.ts"
import { Rejected } from "./rejected.ts"

export interface ModelRequest {
  /** As the user named it, and where its plain copy goes. */
  readonly path: string
  readonly copy: string
  readonly contigs: OntologyModelOptions["contigs"]
  readonly lenient: boolean
  /** The provider's rules for ids and names; chosen by the first rows if `auto`. */
  readonly profile: ProfileName | "auto"
  /** NCBI's table by sequence name, for CDS that state none. */
  readonly geneticCodes: ReadonlyMap<string, number>
  readonly onProgress: OnProgress
  /** Of a reading as a whole. */
  readonly onAgain: OnProgress
  /** Each takes the rows of one reading, part by part: in the order of the file, and where that has no parts, in another. */
  readonly spools: readonly [ModelSpool, ModelSpool]
  /** Residues for the look at every CDS; undefined where the genome is not sound. */
  readonly fetch: Effect.Effect<FetchOf | undefined, IoDurability, Scope.Scope>
}

/** `facts` is undefined where the file cannot be read; `outcome` has no model where there are problems. */
export interface ModelRead {
  readonly facts: Gff3Read | undefined
  readonly model: GeneModel | SpooledModel | undefined
  readonly outcome: Pick<OntologyOutcome, "findings" | "seqids"> | undefined
  readonly problems: ReadonlyArray<InputError>
  readonly rejected: Rejected | undefined
  readonly chosen: ChosenProfile
}

/** Readings of one annotation: each leaves out what hung on the rows of the one before. Real ones need three. */
const readings = 16

/** Runs the model's steps, letting others run between them. */
export const finished = (model: OntologyModel, fetch: FetchOf | undefined): Effect.Effect<OntologyOutcome> =>
  Effect.gen(function* () {
    const steps = model.steps(fetch)
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
      yield* Effect.yieldNow
    }
  })

/** A row with a problem defines nothing, so what names it would seem wrong too: that is left out, as far as the rows' IDs are known. */
const strictProblems = ({ problemCount, badIds }: Gff3Read, outcome: OntologyOutcome): ReadonlyArray<InputError> =>
  problemCount === 0
    ? outcome.errors
    : outcome.errors.filter((e) => e._tag !== "Gff3NoGenes" && (e._tag !== "Gff3ParentMissing" || badIds?.has(e.parent) === false))

/** Reads the plain copy once more into a new model, without the rows that are rejected. */
export const readAgain = (
  copy: string,
  model: OntologyModel,
  rejected: Rejected | undefined,
  onProgress?: OnProgress
): Effect.Effect<void, ContentError> => {
  const parser = new Gff3Parser({ onRow: (row) => void (rejected?.has(row) === true || model.add(row)) }, { path: copy })
  return readContent(copy, { onChunk: (chunk) => parser.push(chunk), ...(onProgress === undefined ? {} : { onProgress }) }).pipe(
    Effect.map(() => void parser.end())
  )
}

/** Rows without an end of a part after which their order in the file is given up. */
const patience = 50_000

/** Rows that are read between two moments in which others may run. */
const rowsAtOnce = 10_000

/**
 * Reads the rows of a sound plain copy in an order in which they fall into parts: once to find it, once in it. Undefined where there are none,
 * or the rows contradict each other.
 */
const readInOrder = (
  copy: string,
  model: SeparableModel,
  onProgress: OnProgress
): Effect.Effect<SeparableOutcome | undefined, ContentError> =>
  Effect.gen(function* () {
    const order = new RowOrder()
    const first = new Gff3Parser({ onRow: (row) => order.add(row) }, { path: copy })
    const { bytes: total } = yield* readContent(copy, { onChunk: (chunk) => first.push(chunk), onProgress })
    first.end()
    const lines = new LineWindow(copy)
    const parser = new Gff3Parser({ onRow: (row) => model.add(row) }, { path: copy })
    const rows = Effect.gen(function* () {
      let [rows, bytes] = [0, 0]
      for (const place of order.places()) {
        const line = yield* Effect.try({ try: () => lines.read(place.byte, place.bytes), catch: unreadable(copy) })
        parser.readLine(line, place)
        bytes += place.bytes + 1
        if (++rows % rowsAtOnce !== 0) continue
        onProgress(bytes, total)
        if (model.fails) return undefined
        yield* Effect.yieldNow
      }
      return model.finish()
    })
    return yield* Effect.ensuring(
      rows,
      Effect.sync(() => lines.close())
    )
  })

/** Reads on until nothing is wrong, or nothing is gained. */
export const settled = (
  first: OntologyOutcome,
  rejected: Rejected,
  copy: string,
  newModel: () => OntologyModel,
  fetch: FetchOf | undefined
): Effect.Effect<OntologyOutcome, ContentError> =>
  Effect.gen(function* () {
    let outcome = first
    for (
      let left = readings;
      left > 0 && outcome.wrong !== undefined && rejected.fatal.length === 0 && rejected.learn(outcome.wrong);
      left--
    ) {
      const next = newModel()
      yield* readAgain(copy, next, rejected)
      outcome = yield* finished(next, fetch)
    }
    return outcome
  })

const profiled = (model: GeneModel | undefined, { evidence }: ChosenProfile): GeneModel | undefined =>
  model === undefined ? model : { ...model, profile: evidence }

/** Holds the first rows back until they have told the profile. */
class Reading<M extends Pick<OntologyModel, "add">> {
  readonly #wanted: ProfileName | "auto"
  readonly #newModel: (chosen: ChosenProfile) => M
  readonly #head: Array<Gff3Row> = []
  #begun: { readonly model: M; readonly chosen: ChosenProfile } | undefined

  constructor(wanted: ProfileName | "auto", newModel: (chosen: ChosenProfile) => M) {
    this.#wanted = wanted
    this.#newModel = newModel
  }

  add(row: Gff3Row): void {
    if (this.#begun !== undefined) return this.#begun.model.add(row)
    this.#head.push(row)
    if (this.#head.length >= Head.rows || row.byte - (this.#head[0]?.byte ?? 0) >= Head.bytes) this.begun()
  }

  begun(): { readonly model: M; readonly chosen: ChosenProfile } {
    if (this.#begun === undefined) {
      const chosen = chooseProfile(this.#head, this.#wanted)
      const model = this.#newModel(chosen)
      for (const row of this.#head.splice(0)) model.add(row)
      this.#begun = { model, chosen }
    }
    return this.#begun
  }
}

/** Puts parts into the spool; a disk that does not take them is kept for when the reading is over. */
class PartSink {
  /** Of parts that no dataset can hold, which are not in the spool. */
  readonly crowded: Array<LimitExceeded> = []
  #failure: IoDurability | undefined
  readonly #spool: ModelSpool
  readonly #path: string

  constructor(spool: ModelSpool, path: string) {
    this.#spool = spool
    this.#path = path
  }

  readonly take = (part: GeneModel): void => {
    if (this.#failure !== undefined) return
    const crowded = crowdedGenes(part, this.#path)
    this.crowded.push(...crowded.slice(0, limits.problems - this.crowded.length))
    if (this.crowded.length > 0) return
    try {
      this.#spool.add(part)
    } catch (cause) {
      if (!(cause instanceof IoDurability)) throw cause
      this.#failure = cause
    }
  }

  /** Fails with what went wrong so far. */
  readonly sound = Effect.suspend(() => (this.#failure === undefined ? Effect.void : Effect.fail(this.#failure)))

  /** The model of what was taken, if it can be put in order and written. */
  modelOf({ totals }: SeparableOutcome, { evidence }: ChosenProfile): SpooledModel | undefined {
    const rows = this.#spool
    const isWritable = rows.genes.count > 0 && !rows.mixesSequences && rows.unindexable.problems.length === 0
    return isWritable ? { ...totals, profile: evidence, rows } : undefined
  }
}

export const readModel = ({
  path,
  copy,
  contigs,
  lenient,
  profile,
  geneticCodes,
  onProgress,
  onAgain,
  spools,
  fetch: fetchOf
}: ModelRequest) =>
  Effect.gen(function* () {
    const rejected = lenient ? new Rejected(path) : undefined
    const newModel = ({ profile }: ChosenProfile) =>
      new OntologyModel({ path, contigs, locate: columnsOf(copy), lenient, profile, geneticCodes })
    const residues = yield* fetchOf
    const sink = new PartSink(spools[0], path)
    const reading = new Reading(
      profile,
      ({ profile }) => new SeparableModel({ path, contigs, profile, geneticCodes }, residues, sink.take, { mostRows: patience })
    )
    const onProblem = rejected === undefined ? undefined : (problem: Parameters<Rejected["unread"]>[0]) => rejected.unread(problem)
    const { facts, problems } = yield* readGff3(path, copy, (row) => reading.add(row), onProgress, onProblem)
    const { model: parts, chosen } = reading.begun()
    yield* sink.sound
    if (facts === undefined) return { facts, model: undefined, outcome: undefined, problems, rejected, chosen } satisfies ModelRead

    const outcomeOfParts = residues === undefined || problems.length > 0 ? undefined : parts.finish()
    yield* sink.sound
    if (outcomeOfParts !== undefined && sink.crowded.length > 0)
      return { facts, model: undefined, outcome: outcomeOfParts, problems: sink.crowded, rejected, chosen } satisfies ModelRead
    const inParts = outcomeOfParts && sink.modelOf(outcomeOfParts, chosen)
    if (inParts !== undefined) return { facts, model: inParts, outcome: outcomeOfParts, problems, rejected, chosen } satisfies ModelRead

    if (residues !== undefined && problems.length === 0) {
      const again = new PartSink(spools[1], path)
      const ordered = new SeparableModel({ path, contigs, profile: chosen.profile, geneticCodes }, residues, again.take)
      const outcome = yield* readInOrder(copy, ordered, onAgain)
      yield* again.sound
      const model = outcome && again.crowded.length === 0 ? again.modelOf(outcome, chosen) : undefined
      if (model !== undefined) return { facts, model, outcome, problems, rejected, chosen } satisfies ModelRead
    }

    const first = newModel(chosen)
    yield* readAgain(copy, first, rejected, onAgain)
    const fetch = rejected === undefined && problems.length > 0 ? undefined : residues
    const read = yield* finished(first, fetch)
    if (rejected === undefined) {
      const all = [...problems, ...strictProblems(facts, read), ...(read.model === undefined ? [] : crowdedGenes(read.model, path))]
      return { facts, model: profiled(read.model, chosen), outcome: read, problems: all, rejected, chosen } satisfies ModelRead
    }
    const outcome = yield* settled(read, rejected, copy, () => newModel(chosen), fetch)
    const crowded = outcome.model === undefined ? [] : crowdedGenes(outcome.model, path)
    const fatal = [...rejected.fatal, ...(facts.embedded?.problems ?? []), ...outcome.errors, ...crowded]
    const model = outcome.model === undefined || fatal.length > 0 ? undefined : rejected.tellIn(outcome.model, copy)
    return { facts, model: profiled(model, chosen), outcome, problems: fatal, rejected, chosen } satisfies ModelRead
  })
