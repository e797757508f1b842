import { join } from "node:path"
import { layer } from "../../src/host/Process.ts"
import { hostLaws } from "./laws.ts"

const entry = join(import.meta.dirname, "../../src/host/main.ts")

hostLaws("the host in a process of its own", (config) => layer({ config, entry, jobs: 2 }))
