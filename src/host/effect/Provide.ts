/** Gives hosts `effect` from its bundle: all imports of it, by any name, share that one copy. Knows no `effect`. */
import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"
import { facade, standIn } from "./Bundle.ts"

/** Set to anything, it leaves `effect` as it is installed. */
export const noBundledEffect = "ATLAS_RUN_NO_BUNDLED_EFFECT"

let provided = false

/** Before anything imports `effect`. Resolution is left alone: only what a resolved module consists of is another text. */
export const provideEffect = (): void => {
  if (provided || (process.env[noBundledEffect] ?? "") !== "") return
  provided = true
  registerHooks({
    load: (url, context, next) => {
      const module = url.startsWith("file:") && !/[?#]/.test(url) ? standIn(fileURLToPath(url)) : null
      return module === null ? next(url, context) : { format: "module", source: facade(module), shortCircuit: true }
    }
  })
}
