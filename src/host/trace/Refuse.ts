/** What a config may not do: each of these calls throws, and is told with the place of the user's call. */
import { getBuiltinModule } from "node:process"
import { blamed, calledByNode } from "./Callers.ts"
import { Impurity, type Observed } from "./Observed.ts"
import { replace, replaceAll, replaceLazily, telling } from "./Patches.ts"

const does = {
  clock: "reads the clock",
  load: "reads how busy the machine is",
  random: "takes random numbers",
  write: "writes",
  program: "starts a program",
  thread: "starts a thread",
  network: "uses the network",
  process: "acts on processes",
  native: "loads native code"
}

/** Node's own modules look at the clock for their caches, and the like: what they do for the user is refused by its own name. */
const ownBusiness: ReadonlySet<string> = new Set([does.clock, does.random])

export const refuse =
  (does: string, call: string) =>
  (seen: Observed): void => {
    if (ownBusiness.has(does) && calledByNode()) return
    const { innocent, place } = blamed()
    if (innocent) return
    const impurity = new Impurity(does, call, place)
    seen.impurities.push(impurity)
    throw impurity
  }

const words = (text: string): ReadonlyArray<string> => text.trim().split(/\s+/)

/** Functions and classes of Node's modules that are refused. */
const refused: Readonly<Record<string, ReadonlyArray<readonly [does: string, names: ReadonlyArray<string>]>>> = {
  "node:child_process": [[does.program, words("spawn spawnSync exec execSync execFile execFileSync fork")]],
  "node:cluster": [[does.program, words("fork")]],
  "node:worker_threads": [[does.thread, words("Worker")]],
  "node:net": [[does.network, words("connect createConnection createServer Socket Server")]],
  "node:tls": [[does.network, words("connect createServer TLSSocket Server")]],
  "node:http": [[does.network, words("request get createServer ClientRequest Server")]],
  "node:https": [[does.network, words("request get createServer Server")]],
  "node:http2": [[does.network, words("connect createServer createSecureServer")]],
  "node:dgram": [[does.network, words("createSocket Socket")]],
  "node:dns": [
    [
      does.network,
      words(
        "lookup lookupService resolve resolve4 resolve6 resolveAny resolveCaa resolveCname resolveMx resolveNaptr resolveNs resolvePtr resolveSoa resolveSrv resolveTxt reverse Resolver"
      )
    ]
  ],
  "node:crypto": [
    [
      does.random,
      words(
        "randomBytes pseudoRandomBytes prng rng randomInt randomUUID randomUUIDv7 randomFill randomFillSync getRandomValues generateKey generateKeySync generateKeyPair generateKeyPairSync generatePrime generatePrimeSync"
      )
    ]
  ],
  "node:os": [
    [does.load, words("uptime loadavg freemem")],
    [does.process, words("setPriority")]
  ],
  "node:inspector": [[does.network, words("open")]]
}

const done = new Set<string>()

/** A database may be read, never opened for writing; `:memory:` is nobody's. */
const refuseDatabases = (sqlite: object, asked: (seen: Observed, path: string) => void): void =>
  replace(sqlite, "DatabaseSync", (original) =>
    telling(original, (seen, [path, options]) => {
      if (path === ":memory:" || typeof path !== "string") return
      const readOnly = (options as { readonly readOnly?: unknown } | undefined)?.readOnly === true
      if (!readOnly) refuse(does.write, `new DatabaseSync(${JSON.stringify(path)})`)(seen)
      else asked(seen, path)
    })
  )

/** Replaces what is refused in one of Node's modules, when it is first imported. */
export const refuseIn = (url: string, asked: (seen: Observed, path: string) => void): boolean => {
  if (done.has(url) || (refused[url] === undefined && url !== "node:sqlite" && url !== "node:dns/promises")) return false
  done.add(url)
  const module = getBuiltinModule(url) as object | undefined
  if (module === undefined) return false
  if (url === "node:sqlite") {
    refuseDatabases(module, asked)
    replaceAll(module, ["backup"], (name) => refuse(does.write, `sqlite.${name}()`))
    return true
  }
  const short = url.slice("node:".length)
  const names = url === "node:dns/promises" ? refused["node:dns"] : refused[url]
  for (const [does, functions] of names ?? []) replaceAll(module, functions, (name) => refuse(does, `${short}.${name}()`))
  return true
}

export const forgetRefusals = (): void => done.clear()

/** The clock, as everything that is always there shows it. */
const refuseClock = (): void => {
  const tell = (call: string) => refuse(does.clock, call)
  replaceAll(Date, ["now"], () => tell("Date.now()"))
  replace(globalThis, "Date", (original: DateConstructor) =>
    telling(original, (seen, args) => {
      if (args.length === 0) tell("new Date()")(seen)
    })
  )
  replaceAll(performance, ["now"], () => tell("performance.now()"))
  replaceAll(process, ["uptime"], () => tell("process.uptime()"))
  replace(process, "hrtime", (original) =>
    telling(original, tell("process.hrtime()"), {
      get: (target, key) => (key === "bigint" ? telling(target[key], tell("process.hrtime.bigint()")) : Reflect.get(target, key))
    })
  )
}

/** What is there without an import. */
export const refuseGlobals = (): void => {
  refuseClock()
  replaceAll(Math, ["random"], () => refuse(does.random, "Math.random()"))
  replaceAll(globalThis, ["fetch"], (name) => refuse(does.network, `${name}()`))
  for (const name of ["WebSocket", "EventSource"])
    replaceLazily(globalThis, name, (original) => telling(original, refuse(does.network, `new ${name}()`)))
  replaceLazily(globalThis, "crypto", (crypto: typeof globalThis.crypto) => {
    if (!done.has("crypto")) {
      done.add("crypto")
      replaceAll(Object.getPrototypeOf(crypto) as object, ["getRandomValues", "randomUUID"], (name) =>
        refuse(does.random, `crypto.${name}()`)
      )
      replaceAll(Object.getPrototypeOf(crypto.subtle) as object, ["generateKey"], (name) => refuse(does.random, `crypto.subtle.${name}()`))
    }
    return crypto
  })
  replaceAll(process, ["dlopen"], (name) => refuse(does.native, `process.${name}()`))
  replaceAll(process, ["kill", "abort", "exit", "reallyExit", "chdir", "setuid", "setgid"], (name) =>
    refuse(does.process, `process.${name}()`)
  )
}
