/**
 * The text of a kept log. First line `task-log/1 RUN AT`, then one line a line: `LEVEL TEXT`. Where some were left out stands
 * `… N bytes left out`, which no other line can begin like.
 */
import { LogLevel } from "../domain/ViewDocuments.ts"

/**
 * Bytes kept from the beginning and from the end; characters of one line, longer ones come in pieces (UTF-8: at most 64 KiB), and of one
 * message, longer ones lose their middle.
 */
export const Kept = { head: 256 * 1024, tail: 768 * 1024, line: 16_384, message: 1_048_576 } as const

/** What stands beside a log until its task has ended. */
export const liveSuffix = ".live"

export const headLine = (run: string, at: string): string => `task-log/1 ${run} ${at}\n`

export const leftOutLine = (bytes: number): string => `… ${bytes} bytes left out\n`

const shortened = (message: string): string => {
  const half = Kept.message / 2
  return message.length <= Kept.message
    ? message
    : `${message.slice(0, half)}\n[${message.length - Kept.message} characters left out]\n${message.slice(-half)}`
}

/** A message as lines of a log. */
export const logText = (level: LogLevel, message: string): string => {
  let text = ""
  for (const line of shortened(message).split("\n")) {
    let from = 0
    do {
      let to = Math.min(line.length, from + Kept.line)
      // not between the halves of a surrogate pair
      if (to < line.length && (line.charCodeAt(to - 1) & 0xfc00) === 0xd800) to--
      text += `${level} ${line.slice(from, to)}\n`
      from = to
    } while (from < line.length)
  }
  return text
}

const levels: ReadonlySet<string> = new Set(LogLevel.literals)

export const isLevel = (word: string): word is LogLevel => levels.has(word)
