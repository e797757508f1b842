/** Where a host process begins (`ProcessHost` starts it): `effect` is provided before anything that imports it is loaded. */
import { provideEffect } from "./effect/Provide.ts"

provideEffect()
await import("./Serve.ts")
