/** Colours of the terminal, or none. */

type Paint = (text: string) => string

export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly cyan: Paint
}

const none: Paint = (text) => text

export const plainStyle: Style = { bold: none, dim: none, red: none, green: none, yellow: none, cyan: none }

const paint =
  (on: number, off: number): Paint =>
  (text) =>
    text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`

export const colourStyle: Style = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
  cyan: paint(36, 39)
}

export type ColorChoice = "auto" | "always" | "never"

export type Environment = Readonly<Record<string, string | undefined>>

const isSet = (text: string | undefined): boolean => text !== undefined && text !== ""

/** The flag decides, then FORCE_COLOR (`0` and `false` switch off), NO_COLOR, TERM=dumb, and whether it is a terminal at all. */
export const wantsColor = (choice: ColorChoice, isTTY: boolean, environment: Environment): boolean => {
  if (choice !== "auto") return choice === "always"
  const force = environment["FORCE_COLOR"]
  if (isSet(force)) return force !== "0" && force !== "false"
  if (isSet(environment["NO_COLOR"]) || environment["TERM"] === "dumb") return false
  return isTTY
}
