#!/usr/bin/env node
/**
 * Where `atlas-run` starts. Nothing is imported before the version of Node is known to do, so that an old one gets to say so; then
 * signals are handled, and only then the rest is loaded.
 */
import type { Looked } from "./fast/Answer.ts"
import type { Running } from "./main.ts"

const Needed = 24
const major = Number(process.versions.node.split(".")[0])

/** `finalizers`: ms from the first signal until the end comes anyway; `repeat`: ms in which the same signal is the same key press, which npm passes on a second time. */
const Grace = { finalizers: 11_000, repeat: 100 }

if (!(major >= Needed)) {
  process.stderr.write(
    `atlas-run needs Node ${Needed} or newer; this is ${process.version}.\n` +
      "  hint  `npm ci` in the package's folder brings its own: start it with `npm start` or `npx atlas-run` there.\n"
  )
  process.exit(2)
}

// a Node that still compiles in other threads when it ends may wait for them for ever (nodejs/node#54918); in this order, since V8 aborts
// where code that was begun before is finished between the last two the other way round (it misses deopt data that nobody made)
if (major < 26)
  for (const flag of ["--no-concurrent-sparkplug", "--no-maglev-deopt-data-on-background", "--no-maglev-build-code-on-background"])
    process.getBuiltinModule("node:v8").setFlagsFromString(flag)

const numbers: ReadonlyArray<readonly [NodeJS.Signals, number]> = [
  ["SIGHUP", 1],
  ["SIGINT", 2],
  ["SIGTERM", 15]
]

let running: Running | undefined
let signalled: { readonly name: string; readonly number: number; readonly at: number } | null = null
let broken = false

/** The code of an end that came from outside or from a fault; else `code`. */
const end = (code: number): never => process.exit(signalled === null ? (broken ? 3 : code) : 128 + signalled.number)

/** Interrupts what runs and lets it tidy up, but not for ever. */
const interrupt = (): void => {
  if (running === undefined) return end(3)
  setTimeout(() => end(3), Grace.finalizers).unref()
  running.interrupt()
}

for (const [name, number] of numbers) {
  process.on(name, () => {
    const at = Date.now()
    if (signalled === null) {
      signalled = { name, number, at }
      return interrupt()
    }
    if (name !== signalled.name || at - signalled.at > Grace.repeat) end(3)
  })
}

const fault = (error: unknown): void => {
  process.stderr.write(`atlas-run broke: ${error instanceof Error && error.stack !== undefined ? error.stack : String(error)}\n`)
  if (broken) return end(3)
  broken = true
  interrupt()
}

process.on("uncaughtException", fault)
process.on("unhandledRejection", fault)
process.on("beforeExit", () => fault(new Error("nothing is left to wait for, and there is no result")))

const load = (looked: Looked | null): void => {
  import("./main.ts").then((main) => {
    running = main.start(process.argv.slice(2), () => (signalled === null ? null : signalled.number), looked)
    running.exit.then(end, fault)
  }, fault)
}

// nothing moved since all was fresh: told without loading the rest; trouble with stdout is the rest's to tell
import("./fast/Answer.ts").then(({ answer }) => {
  let found: ReturnType<typeof answer> = null
  try {
    found = answer(process.argv.slice(2))
  } catch {
    found = null
  }
  return found === "told" ? end(0) : load(found)
}, fault)
