/** Whose output a path is. What a task reads of another's outputs has to come by a need, or it may be read before it is made. */

export interface Claimant {
  readonly task: string
  readonly needs: ReadonlyArray<{ readonly task: string }>
  readonly gates: ReadonlyArray<string>
  readonly outputs: ReadonlyArray<{ readonly path: string }>
}

/**
 * `output` is the place of `owner`'s output, absolute. `cycle`: the owner comes after the task; `steps` leads from the task to itself,
 * each step needing the next.
 */
export type Claim =
  | { readonly claim: "need-missing"; readonly owner: string; readonly output: string }
  | { readonly claim: "cycle"; readonly owner: string; readonly output: string; readonly steps: ReadonlyArray<string> }

interface Place {
  readonly path: string
  readonly owner: string
}

/** First of the sorted `places` that is not before `path`. */
const firstFrom = (places: ReadonlyArray<Place>, path: string): number => {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] as Place).path < path) low = middle + 1
    else high = middle
  }
  return low
}

/** The shortest way from `from` to `to` over the edges that `next` gives; null if there is none. */
const way = (from: string, to: string, next: (task: string) => ReadonlyArray<string>): ReadonlyArray<string> | null => {
  const before = new Map<string, string | null>([[from, null]])
  const queue = [from]
  for (let at = 0; at < queue.length; at++) {
    const task = queue[at] as string
    if (task === to && at > 0) break
    for (const one of next(task)) {
      if (before.has(one)) continue
      before.set(one, task)
      queue.push(one)
    }
  }
  if (!before.has(to)) return null
  const steps: Array<string> = []
  for (let task: string | null = to; task !== null; task = before.get(task) ?? null) steps.unshift(task)
  return steps
}

/**
 * Asks for the path of a file or folder that a task reads. `absolute` makes paths of outputs absolute and normal. Null where nobody
 * makes it, or one that the task needs, if only by way of others.
 */
export const claims = (tasks: ReadonlyArray<Claimant>, absolute: (path: string) => string) => {
  const byName = new Map(tasks.map((task) => [task.task, task]))
  const places: ReadonlyArray<Place> = tasks
    .flatMap(({ task, outputs }) => outputs.flatMap(({ path }) => (path === "" ? [] : [{ path: absolute(path), owner: task }])))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  const owners = new Map(places.map(({ path, owner }) => [path, owner]))

  /** What the path lies in, is, or holds. */
  const placesAt = (path: string): ReadonlyArray<Place> => {
    for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
      const owner = owners.get(path.slice(0, end))
      if (owner !== undefined) return [{ path: path.slice(0, end), owner }]
    }
    const found: Array<Place> = []
    const inside = `${path}/`
    for (let at = firstFrom(places, inside); places[at]?.path.startsWith(inside) === true; at++) found.push(places[at] as Place)
    return found
  }

  const needsOf = (task: string): ReadonlyArray<string> => byName.get(task)?.needs.map((need) => need.task) ?? []
  const upstreamOf = (task: string): ReadonlyArray<string> => [...needsOf(task), ...(byName.get(task)?.gates ?? [])]

  return (task: string, path: string): Claim | null => {
    for (const { path: output, owner } of placesAt(path)) {
      if (owner === task) return { claim: "cycle", owner, output, steps: [task, task] }
      if (way(task, owner, needsOf) !== null) continue
      const back = way(owner, task, upstreamOf)
      return back === null ? { claim: "need-missing", owner, output } : { claim: "cycle", owner, output, steps: [task, ...back] }
    }
    return null
  }
}

/** What is wrong with reading it, and the remedy. */
export const claimSentence = (task: string, path: string, claim: Claim): string =>
  claim.claim === "cycle"
    ? `${task} reads ${path}, which ${claim.owner === task ? "it makes itself" : `${claim.owner} makes, and that comes after it`}: ${claim.steps.join(" → ")}`
    : `${task} reads ${path}, which ${claim.owner} makes: add it to needs`
