/** Colours of the terminal, or none. */

type Paint = (text: string) => string

export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
}

const none: Paint = (text) => text

export const plainStyle: Style = { bold: none, dim: none, red: none, green: none, yellow: none }

const paint =
  (on: number, off: number): Paint =>
  (text) =>
    text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`

const colourStyle: Style = { bold: paint(1, 22), dim: paint(2, 22), red: paint(31, 39), green: paint(32, 39), yellow: paint(33, 39) }

export const colorChoices = ["auto", "always", "never"] as const

export type Environment = Readonly<Record<string, string | undefined>>

/** The flag decides, then FORCE_COLOR (`0` and `false` switch off), NO_COLOR, TERM=dumb, and whether it is a terminal at all. */
export const styleFor = (choice: (typeof colorChoices)[number], isTTY: boolean, environment: Environment): Style => {
  const { FORCE_COLOR: force = "", NO_COLOR: no = "", TERM: term } = environment
  const auto = force === "" ? isTTY && no === "" && term !== "dumb" : force !== "0" && force !== "false"
  return choice === "always" || (choice === "auto" && auto) ? colourStyle : plainStyle
}
