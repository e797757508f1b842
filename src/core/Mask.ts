/** Hides secrets in what is told and kept. */

/** Shorter ones stand in too many words to be hidden. */
const shortest = 4

const shown = "***"

/** What a text is with each of `secrets` hidden, and each line of those that have several; null where there is nothing to hide. */
export const maskOf = (secrets: ReadonlyArray<string>): ((text: string) => string) | null => {
  const hidden = [...new Set(secrets.flatMap((secret) => [secret, ...secret.split("\n")]))]
    .filter((secret) => secret.length >= shortest)
    .sort((a, b) => b.length - a.length)
  return hidden.length === 0 ? null : (text) => hidden.reduce((masked, secret) => masked.replaceAll(secret, shown), text)
}

/** `value`, a document, with every text in it masked; names of its fields stay. */
export const masked = <A>(value: A, mask: (text: string) => string): A => {
  const walk = (one: unknown): unknown =>
    typeof one === "string"
      ? mask(one)
      : Array.isArray(one)
        ? one.map(walk)
        : typeof one === "object" && one !== null
          ? Object.fromEntries(Object.entries(one).map(([name, field]) => [name, walk(field)]))
          : one
  return walk(value) as A
}
