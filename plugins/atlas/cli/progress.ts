/** A bar of bytes on a terminal, drawn over and over, that leaves nothing behind. */
import type { TerminalShape } from "./terminal.ts"
import { byteSize } from "./text.ts"

export type OnProgress = (done: number, total: number) => void

export interface Progress {
  readonly tell: OnProgress
  readonly clear: () => void
}

/** `every`: least ms between two drawings; `bar`: cells. */
const Limits = { every: 100, bar: 24 } as const

const silent: Progress = { tell: () => {}, clear: () => {} }

const line = (label: string, done: number, total: number): string => {
  const share = Math.min(1, done / total)
  const full = Math.round(share * Limits.bar)
  const bar = "━".repeat(full) + "╌".repeat(Limits.bar - full)
  return `  ${label}  ${bar} ${String(Math.floor(share * 100)).padStart(3)}%  ${byteSize(done)} of ${byteSize(total)}`
}

/** Silent where stderr is no terminal. */
export const openProgress = (label: string, wanted: boolean, { stderr, environment, now }: TerminalShape): Progress => {
  if (!wanted || !stderr.isTTY || environment["TERM"] === "dumb") return silent
  let drawn = -Infinity
  return {
    tell: (done, total) => {
      if (total <= 0 || now() - drawn < Limits.every) return
      drawn = now()
      stderr.write(`\r\u001b[K${line(label, done, total).slice(0, Math.max(0, stderr.columns() - 1))}`)
    },
    clear: () => {
      if (drawn !== -Infinity) stderr.write("\r\u001b[K")
    }
  }
}
