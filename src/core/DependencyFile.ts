/** Lists of files that a program read, as programs write them. */

/** `lines`: one path a line. `make`: rules as compilers write them (`gcc -MD`): what stands behind the colons. */
export type DependencyFormat = "lines" | "make"

const lines = (text: string): ReadonlyArray<string> => text.split(/\r?\n/).filter((line) => line !== "")

/** Words of a make file: `\ ` is a blank, `\#` and `\\` before one of them as well, `$$` a dollar, a backslash at a line's end goes on. */
const make = (text: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  let word = ""
  let behind = false
  const end = (): void => {
    if (word !== "" && behind) found.push(word)
    word = ""
  }
  for (let at = 0; at < text.length; at++) {
    const c = text[at] as string
    const next = text[at + 1]
    if (c === "\\" && (next === "\n" || (next === "\r" && text[at + 2] === "\n"))) {
      end()
      at += next === "\r" ? 2 : 1
    } else if (c === "\\" && (next === " " || next === "#" || next === "\t" || next === ":")) {
      word += next
      at++
    } else if (c === "$" && next === "$") {
      word += "$"
      at++
    } else if (c === "\n") {
      end()
      behind = false
    } else if (c === " " || c === "\t" || c === "\r") end()
    else if (c === ":" && !behind && (next === undefined || /\s/.test(next))) {
      word = ""
      behind = true
    } else word += c
  }
  end()
  return found
}

/** Paths as they stand there, each once, sorted by code unit. */
export const dependencies = (text: string, format: DependencyFormat): ReadonlyArray<string> =>
  [...new Set(format === "lines" ? lines(text) : make(text))].sort()
