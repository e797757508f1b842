/** Environment variables and facts of the machine: reading them is allowed, and remembered. */
import os from "node:os"
import { ofOurs } from "./Callers.ts"
import { factNames } from "./Facts.ts"
import { type Observed, observed } from "./Observed.ts"
import { replace, replaceAll } from "./Patches.ts"

/** Node looks at it for each module that it loads. */
const ofNode = "WATCH_REPORT_DEPENDENCIES"

const seenName = (key: string | symbol, target: NodeJS.ProcessEnv): void => {
  if (key === ofNode) return
  const seen = observed()
  if (seen === null || typeof key !== "string" || seen.environment.has(key) || seen.assigned.has(key) || ofOurs(true)) return
  seen.environment.set(key, target[key])
}

const assigned = (key: string | symbol): void => {
  if (typeof key === "string") observed()?.assigned.add(key)
}

/** `process.env`, telling what is read of it. */
const watchedEnvironment = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  new Proxy(environment, {
    get: (target, key) => {
      seenName(key, target)
      return Reflect.get(target, key) as unknown
    },
    has: (target, key) => {
      seenName(key, target)
      return Reflect.has(target, key)
    },
    getOwnPropertyDescriptor: (target, key) => {
      seenName(key, target)
      return Reflect.getOwnPropertyDescriptor(target, key)
    },
    ownKeys: (target) => {
      const seen = observed()
      if (seen !== null && !ofOurs(true)) seen.environmentListed = true
      return Reflect.ownKeys(target)
    },
    set: (target, key, value) => {
      assigned(key)
      return Reflect.set(target, key, value)
    },
    defineProperty: (target, key, attributes) => {
      assigned(key)
      return Reflect.defineProperty(target, key, attributes)
    },
    deleteProperty: (target, key) => {
      assigned(key)
      return Reflect.deleteProperty(target, key)
    }
  })

const remember =
  (fact: string) =>
  (seen: Observed): void => {
    if (!seen.machine.has(fact) && !ofOurs(false)) seen.machine.add(fact)
  }

export const watchSurroundings = (asked: (seen: Observed, path: string) => void): void => {
  replace(process, "env", watchedEnvironment)
  replaceAll(process, ["cwd"], remember)
  replaceAll(
    process,
    ["loadEnvFile"],
    () =>
      (seen, [path]) =>
        asked(seen, typeof path === "string" ? path : ".env")
  )
  replaceAll(
    os,
    factNames.filter((name) => name !== "cwd"),
    remember
  )
}
