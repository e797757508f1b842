/** Paths in the text of a shell: they travel as arguments, so no character of a path is ever read as syntax. */

/** Stand-ins such as `⟦input:reads⟧` that the contract hands out instead of paths. */
const standIn = /⟦[^⟧]*⟧/g

/** Offsets at which the text is inside single or double quotes. Knows `'`, `"` and `\`, nothing else of the shell. */
const quotedAt = (text: string, offset: number): boolean => {
  let quote = ""
  for (let i = 0; i < offset; i++) {
    const c = text[i] as string
    if (c === "\\" && quote !== "'") i++
    else if (quote === "" ? c === "'" || c === '"' : c === quote) quote = quote === "" ? c : ""
  }
  return quote !== ""
}

/**
 * Words that run `text` in `sh -eu`: each stand-in becomes `"$1"`, `"$2"`, …, and the paths follow as arguments. Throws where one
 * stands between quotes: quoted twice, it would be split at its blanks.
 */
export const shellWords = (text: string): ReadonlyArray<string> => {
  const paths: Array<string> = []
  const script = text.replace(standIn, (path, offset: number) => {
    if (quotedAt(text, offset))
      throw new Error(`${path.slice(1, -1)} stands between quotes in the shell text: paths are quoted already, take the quotes away`)
    let at = paths.indexOf(path)
    if (at < 0) at = paths.push(path) - 1
    return `"\${${at + 1}}"`
  })
  return ["sh", "-euc", script, "sh", ...paths]
}
