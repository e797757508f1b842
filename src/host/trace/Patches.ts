/** Functions of Node and the language, replaced for the time of an evaluation by ones that tell. */
import { syncBuiltinESMExports } from "node:module"
import { type Observed, observed } from "./Observed.ts"

type Told = (seen: Observed, args: ReadonlyArray<unknown>) => void

/** `original`, telling of each call first. Outside of an evaluation it is just `original`: who kept it may go on using it. */
export const telling = <F extends object>(original: F, tell: Told, more: ProxyHandler<F> = {}): F =>
  new Proxy(original, {
    ...more,
    apply: (target, self, args) => {
      const seen = observed()
      if (seen !== null) tell(seen, args)
      return Reflect.apply(target as Function, self, args)
    },
    construct: (target, args, newTarget) => {
      const seen = observed()
      if (seen !== null) tell(seen, args)
      return Reflect.construct(target as Function, args, newTarget)
    }
  })

const restoring: Array<() => void> = []

/** Puts `make(original)` in the place of a property, until `restoreAll`. What is not there is left alone. */
export const replace = (holder: object, key: string, make: (original: any) => unknown): void => {
  const own = Object.getOwnPropertyDescriptor(holder, key)
  const original = (holder as Record<string, unknown>)[key]
  if (original === undefined || own?.configurable === false) return
  const enumerable = own?.enumerable ?? true
  Object.defineProperty(holder, key, { value: make(original), configurable: true, writable: true, enumerable })
  restoring.push(() => {
    if (own === undefined) delete (holder as Record<string, unknown>)[key]
    else Object.defineProperty(holder, key, own)
  })
}

/** A global that Node only loads when it is asked for: `seen` comes before it does. */
export const replaceLazily = (holder: object, key: string, seen: (value: any) => unknown): void => {
  const own = Object.getOwnPropertyDescriptor(holder, key)
  if (own?.get === undefined || own.configurable === false) return
  const { get } = own
  Object.defineProperty(holder, key, {
    ...own,
    get(this: unknown) {
      const value: unknown = Reflect.apply(get, this, [])
      return observed() === null ? value : seen(value)
    }
  })
  restoring.push(() => Object.defineProperty(holder, key, own))
}

/** Several functions of one holder that all tell the same. `call` is printed, e.g. `fs.writeFile`. */
export const replaceAll = (holder: object, names: ReadonlyArray<string>, tell: (name: string) => Told): void => {
  for (const name of names) replace(holder, name, (original) => (typeof original === "function" ? telling(original, tell(name)) : original))
}

export const publishPatches = (): void => syncBuiltinESMExports()

export const restoreAll = (): void => {
  for (let undo = restoring.pop(); undo !== undefined; undo = restoring.pop()) undo()
  syncBuiltinESMExports()
}
