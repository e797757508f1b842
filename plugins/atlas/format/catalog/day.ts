/** A day of the calendar, UTC, as `YYYY-MM-DD`: texts that sort as days do. */
import { Clock, Effect, Schema } from "effect"

export const isDay = (text: string): boolean => {
  if (text.length !== 10 || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

export const Day = Schema.String.check(
  Schema.makeFilter((text: string) => (isDay(text) ? undefined : "must be a day of the calendar, YYYY-MM-DD"))
)
export type Day = typeof Day.Type

/** This machine's day. */
export const today: Effect.Effect<Day> = Effect.map(Clock.currentTimeMillis, (ms) => new Date(ms).toISOString().slice(0, 10))
