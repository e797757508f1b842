/** A flag as declared: how it is written, what it means, and how its text becomes a value. One table serves parsing, help and reference. */

/** A value, or what is wrong with the text, as the end of `--flag …`. */
export type Reading<A> = { readonly ok: A } | { readonly wrong: string }

export interface Flag<A> {
  /** How its value is called in help; null for a switch. */
  readonly value: string | null
  readonly many: boolean
  readonly help: string
  /** `given` holds the texts in order; none if the flag was not given. */
  readonly read: (given: ReadonlyArray<string>) => Reading<A>
}

export type Flags = Readonly<Record<string, Flag<any>>>

export type Values<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer A> ? A : never }

/** The last one given counts. */
const one = <A>(value: string, help: string, read: (text: string) => Reading<A>): Flag<A | undefined> => ({
  value,
  many: false,
  help,
  read: (given) => {
    const text = given.at(-1)
    return text === undefined ? { ok: undefined } : read(text)
  }
})

export const on = (help: string): Flag<boolean> => ({ value: null, many: false, help, read: (given) => ({ ok: given.length > 0 }) })

export const text = (value: string, help: string): Flag<string | undefined> =>
  one(value, help, (given) => (given === "" ? { wrong: "wants a value that is not empty" } : { ok: given }))

export const many = (value: string, help: string): Flag<ReadonlyArray<string>> => ({
  value,
  many: true,
  help,
  read: (given) => (given.includes("") ? { wrong: "wants a value that is not empty" } : { ok: given })
})

/** A whole number between `least` and `most`. */
export const count = (value: string, least: number, most: number, help: string): Flag<number | undefined> =>
  one(value, help, (given) => {
    const n = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN
    return n >= least && n <= most ? { ok: n } : { wrong: `wants a whole number from ${least} to ${most}, not ${JSON.stringify(given)}` }
  })

/** A day of the calendar, `YYYY-MM-DD`. */
export const day = (value: string, help: string): Flag<string | undefined> =>
  one(value, help, (given) => {
    const time = /^\d{4}-\d{2}-\d{2}$/.test(given) ? Date.parse(`${given}T00:00:00Z`) : Number.NaN
    const real = !Number.isNaN(time) && new Date(time).toISOString().startsWith(given)
    return real ? { ok: given } : { wrong: `wants a day as YYYY-MM-DD, not ${JSON.stringify(given)}` }
  })

export const oneOf = <const A extends string>(choices: readonly [A, ...ReadonlyArray<A>], help: string): Flag<A> => ({
  value: choices.join("|"),
  many: false,
  help,
  read: (given) => {
    const text = given.at(-1)
    if (text === undefined) return { ok: choices[0] }
    const choice = choices.find((choice) => choice === text)
    return choice === undefined
      ? { wrong: `wants ${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}, not ${JSON.stringify(text)}` }
      : { ok: choice }
  }
})

/** What every command takes. */
export const globalFlags = {
  json: on("one JSON document on stdout, or NDJSON for run; errors are one JSON line each on stderr"),
  quiet: on("print only what failed"),
  verbose: on("print all causes, logs and places"),
  color: oneOf(["auto", "always", "never"], "colours; auto looks at the terminal, NO_COLOR, FORCE_COLOR and TERM"),
  config: text("FILE", "the config; without it atlas.config.ts, .mts, .js or .mjs in this folder"),
  help: on("what this command does, with examples"),
  version: on("the version of atlas-run")
} as const

export type Globals = Values<typeof globalFlags>
