/** What may go wrong with the state below `.atlas/` and with the project's lock. */
import { Schema } from "effect"
import { type ErrorDocs, Told } from "./Failure.ts"

/** The state cannot be written: read-only file system, permissions, a damaged disk. */
export class StateWriteFailed extends Schema.TaggedError<StateWriteFailed>()("StateWriteFailed", {
  ...Told,
  path: Schema.String,
  errno: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "The project's state folder cannot be written.",
    hint: "Make .atlas writable for this user; what is already recorded stays good.",
    example: "cannot write .atlas/traces: read-only file system (EROFS)"
  }
  static readonly exit = 3
}

/** Who holds the lock: for messages only, nothing is decided by it. `at` is the holder's clock, UTC. */
export const LockHolder = Schema.Struct({
  pid: Schema.Int,
  /** Start of the process in clock ticks since boot; empty where unknown. Tells a reused pid. */
  started: Schema.String,
  boot: Schema.String,
  host: Schema.String,
  command: Schema.String,
  run: Schema.String,
  at: Schema.String
})
export type LockHolder = typeof LockHolder.Type

/** Another process held the lock for longer than we were told to wait. */
export class LockBusy extends Schema.TaggedError<LockBusy>()("LockBusy", {
  ...Told,
  path: Schema.String,
  holder: Schema.NullOr(LockHolder),
  waitedMs: Schema.Number
}) {
  static readonly docs: ErrorDocs = {
    summary: "Another run of this project is under way and did not finish in time.",
    hint: "Wait for it, or stop it; the lock is released by the system as soon as that process ends.",
    example: "the project is locked by pid 4711 on node1 since 2027-01-01T10:00:00.000Z: atlas-run run"
  }
  static readonly exit = 3
}

/** No lock can be taken here at all: read-only or a file system without locks. */
export class LockUnavailable extends Schema.TaggedError<LockUnavailable>()("LockUnavailable", {
  ...Told,
  path: Schema.String,
  reason: Schema.String
}) {
  static readonly docs: ErrorDocs = {
    summary: "The project's lock cannot be taken here.",
    hint: "Make .atlas writable, on a file system with locks; plan, status and why need no lock.",
    example: "cannot lock .atlas/lock.db: attempt to write a readonly database"
  }
  static readonly exit = 3
}

export const stateErrors = [StateWriteFailed, LockBusy, LockUnavailable]
