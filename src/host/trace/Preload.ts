/** Given to Node with `--import`: modules are watched before the first of them is loaded, `effect` included. */
import { provideEffect } from "../effect/Provide.ts"
import { watch } from "./Watch.ts"

// in this order: who watches sees what is provided
provideEffect()
watch()
