/** What a code means, for people. */
import { oneLine } from "../core/Excerpt.ts"
import type { Explanation } from "../engine/Atlas.ts"
import type { Style } from "../core/Style.ts"

export const explainLines = (explanations: ReadonlyArray<Explanation>, style: Style): ReadonlyArray<string> =>
  explanations.flatMap(({ code, kind, of, summary, hint, example }, i) => [
    ...(i > 0 ? [""] : []),
    `${style.bold(oneLine(code))}  ${kind} of ${oneLine(of)}`,
    `  ${oneLine(summary)}`,
    ...(example === null || example === "" ? [] : [`  ${style.dim("example")}  ${oneLine(example)}`]),
    ...(hint === "" ? [] : [`  ${style.dim("remedy")}   ${oneLine(hint)}`])
  ])
