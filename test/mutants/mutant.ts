/** `find` stands once in `file`, a path from the root of the repository; `replace` takes its place. */
export interface Edit {
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** A bug to plant, and the test that has to notice it. */
export interface Mutant extends Edit {
  /** Unique, in few words: what is wrong once it is planted. */
  readonly name: string
  /** Section of the engine's semantics, and the rule that it breaks. */
  readonly rule: `§${1 | 2 | 3 | 4 | 5 | 6}${string}`
  /** Where one guard stands behind another, both have to go. */
  readonly and?: ReadonlyArray<Edit>
  /** The test file, and a text that stands in the names of the tests that must fail, and of few others. */
  readonly test: string
  readonly named: string
}

export const editsOf = ({ file, find, replace, and = [] }: Mutant): ReadonlyArray<Edit> => [{ file, find, replace }, ...and]
