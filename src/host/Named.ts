/** Objects handed to user code in which a misspelt name is a mistake with a sentence, not `undefined`. */
import { nearest } from "../core/Nearest.ts"
import { blame } from "./Frames.ts"

/** What the language itself may ask of any object. */
const asked = new Set(["then", "toJSON"])

/** `what` names the object in the sentence: `needs has no ingets; did you mean ingest?` */
export const named = <A>(what: string, held: Readonly<Record<string, A>>): Readonly<Record<string, A>> => {
  const get = (from: Readonly<Record<string, A>>, key: string | symbol): unknown => {
    if (typeof key === "symbol" || key in from || asked.has(key)) return Reflect.get(from, key)
    const near = nearest(key, Object.keys(from))
    throw blame(`${what} has no ${key}${near[0] === undefined ? "" : `; did you mean ${near[0]}?`}`, get)
  }
  return new Proxy(held, { get })
}
