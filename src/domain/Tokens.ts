/** Stand-ins for paths in the words of a command: known when it starts, not when it is declared. */

/** `⟦input:NAME⟧`, `⟦output:NAME⟧` or `⟦need:STAGE.OUTPUT⟧`. */
export const token = (kind: "input" | "output" | "need", name: string): string => `⟦${kind}:${name}⟧`

/** Puts what each token stands for into a word; an unknown token stays. */
export const fill = (word: string, value: (kind: string, name: string) => string | undefined): string =>
  word.includes("⟦") ? word.replace(/⟦(input|output|need):([^⟧]*)⟧/g, (all, kind: string, name: string) => value(kind, name) ?? all) : word
