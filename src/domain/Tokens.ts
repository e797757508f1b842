/** Stand-ins for paths in the words of a command: known when it starts, not when it is declared. */

/**
 * `input`, `output`, `need`: one path. `inputs`, `members`: several, as so many words: the files of a glob, an output of all items.
 * `optional`: one path, or no word at all. `maybe`: one path, or nothing in its place. `item`: `name` or `path` of the item.
 * `discovered`: where the program tells what it read.
 */
export type TokenKind = "input" | "inputs" | "optional" | "maybe" | "output" | "need" | "members" | "item" | "discovered"

/** `⟦input:NAME⟧`, `⟦output:NAME⟧`, `⟦need:STAGE.OUTPUT⟧`, … */
export const token = (kind: TokenKind, name: string): string => `⟦${kind}:${name}⟧`

const form = /⟦(input|optional|maybe|output|need|item|discovered):([^⟧]*)⟧/g
const lonely = /^⟦(inputs|members):([^⟧]*)⟧$/

/** Puts what each token stands for into a text; an unknown token stays. */
export const fill = (text: string, value: (kind: string, name: string) => string | undefined): string =>
  text.includes("⟦") ? text.replace(form, (all, kind: string, name: string) => value(kind, name) ?? all) : text

/** A word in which several paths would have to be one text; null if there is none. */
export const crowded = (words: ReadonlyArray<string>): string | null =>
  words.find((word) => /⟦(?:inputs|members):/.test(word) && !lonely.test(word)) ?? null

/** What tokens stand for; an `optional` one that is absent is null. Undefined for a name that is not known: its token stays. */
export interface Filling {
  readonly one: (kind: string, name: string) => string | null | undefined
  readonly many: (kind: string, name: string) => ReadonlyArray<string> | undefined
}

/** The words with what their tokens stand for in place of them. */
export const fillWords = (words: ReadonlyArray<string>, { one, many }: Filling): ReadonlyArray<string> =>
  words.flatMap((word) => {
    if (!word.includes("⟦")) return [word]
    const list = lonely.exec(word)
    if (list !== null) return many(list[1] ?? "", list[2] ?? "") ?? [word]
    let dropped = false
    const filled = fill(word, (kind, name) => {
      const value = one(kind === "maybe" ? "optional" : kind, name)
      if (value === null && kind === "optional") dropped = true
      return value === null ? "" : value
    })
    return dropped ? [] : [filled]
  })
