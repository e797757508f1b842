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

/** Stand-ins for so many words as there are paths: files of a glob, an output of all items. */
const isList = (standIn: string): boolean => /^⟦(?:inputs|members):/.test(standIn)
const isOptional = (standIn: string): boolean => standIn.startsWith("⟦optional:")

const loose = (text: string, from: number, to: number): boolean =>
  /(?:^|[\s;|&(])$/.test(text.slice(0, from)) && /^(?:$|[\s;|&)<>])/.test(text.slice(to))

/** Of a name in the script: what it stands for as one word; nothing at all for an optional path that is absent. */
const reference = (name: string, standIn: string): string => (isOptional(standIn) ? `\${${name}:+"\${${name}}"}` : `"\${${name}}"`)

/**
 * Words that run `text` in `sh -eu`: each stand-in becomes `"$1"`, `"$2"`, …, and the paths follow as arguments; those of a list come
 * last and become `"$@"`, the others are put into variables before. Throws where one stands between quotes (quoted twice, it would be
 * split at its blanks), and where a list is no word of its own, or not the only one.
 */
export const shellWords = (text: string): ReadonlyArray<string> => {
  const found = [...text.matchAll(standIn)]
  for (const { 0: path, index } of found)
    if (quotedAt(text, index))
      throw new Error(`${path.slice(1, -1)} stands between quotes in the shell text: paths are quoted already, take the quotes away`)
  const distinct = [...new Set(found.map(([path]) => path))]
  const paths = distinct.filter((path) => !isList(path))
  const [list, other] = distinct.filter(isList)
  if (list !== undefined && other !== undefined)
    throw new Error(`${list.slice(1, -1)} and ${other.slice(1, -1)} are both several paths: a shell text takes one such list`)
  for (const { 0: path, index } of found)
    if (isList(path) && !loose(text, index, index + path.length))
      throw new Error(`${path.slice(1, -1)} is several paths: it must be a word of its own in the shell text`)
  const nameOf = (path: string): string => (list === undefined ? "" : "atlas_") + (paths.indexOf(path) + 1)
  const script = text.replace(standIn, (path) => (isList(path) ? '"$@"' : reference(nameOf(path), path)))
  const kept = list === undefined ? "" : `${paths.map((_, at) => `atlas_${at + 1}=\${${at + 1}}; `).join("")}shift ${paths.length}; `
  const words = paths.map((path) => (isOptional(path) ? path.replace("⟦optional:", "⟦maybe:") : path))
  return ["sh", "-euc", kept + script, "sh", ...words, ...(list === undefined ? [] : [list])]
}
