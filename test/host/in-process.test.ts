import { openHost } from "../../src/host/index.ts"
import { layer } from "../../src/host/InProcess.ts"
import { hostLaws } from "./laws.ts"

hostLaws("the host in this process", (config) => layer(async () => openHost({ config })))
