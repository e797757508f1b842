/** Places that two would write: one path, or one inside the other. */
import { compareText } from "./Cause.ts"

export interface Placed<A> {
  readonly path: string
  readonly by: A
}

/** Both writers in one sentence. */
export const overlapText = <A>(holder: Placed<A>, inside: Placed<A>, name: (by: A) => string): string =>
  holder.path === inside.path
    ? `${name(holder.by)} and ${name(inside.by)} both write ${inside.path}`
    : `${name(inside.by)} writes ${inside.path} inside ${holder.path} of ${name(holder.by)}`

/** So sorted, a folder stands right before what lies in it. */
const withSlash = (place: { readonly path: string }): string => `${place.path}/`

/** Each place that lies at or in another one, with that one; `holder` stands first where both have one path. */
export const overlaps = <A>(
  places: ReadonlyArray<Placed<A>>
): ReadonlyArray<{ readonly holder: Placed<A>; readonly inside: Placed<A> }> => {
  const found: Array<{ readonly holder: Placed<A>; readonly inside: Placed<A> }> = []
  const open: Array<Placed<A>> = []
  const sorted = places.map((place) => ({ place, key: withSlash(place) })).sort((a, b) => compareText(a.key, b.key))
  for (const { place, key } of sorted) {
    while (open.length > 0 && !key.startsWith(`${open[open.length - 1]?.path}/`)) open.pop()
    const holder = open[open.length - 1]
    if (holder !== undefined) found.push({ holder, inside: place })
    open.push(place)
  }
  return found
}
