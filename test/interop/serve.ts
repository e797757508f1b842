/** The reference's server on a store of ours: it must answer, also with sequences and differences, which want the companions we publish. */
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import type { Reference } from "./programs.ts"
import type { Tally } from "./tally.ts"

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

/** Most seconds that the server gets to be ready. */
const patience = 60

export interface Served {
  readonly store: string
  /** Paths that must be answered with 200, with what their text must have. */
  readonly questions: ReadonlyArray<readonly [path: string, has: string]>
}

export const serve = async (reference: Reference, { store, questions }: Served, scratch: string, tally: Tally): Promise<void> => {
  if (!existsSync(reference.server)) return
  const port = await freePort()
  const at = `http://127.0.0.1:${port}`
  const words = ["--store-root", store, "--cache-root", join(scratch, "cache"), "--bind", `127.0.0.1:${port}`]
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ATLAS_")))
  const server = spawn(reference.server, words, { cwd: reference.folder, env: environment, stdio: ["ignore", "ignore", "ignore"] })
  const ended = new Promise((resolve) => server.once("exit", resolve).once("error", resolve))
  try {
    const ask = (path: string) =>
      fetch(`${at}${path}`, { signal: AbortSignal.timeout(10_000) }).then(
        async (response) => ({ status: response.status, text: await response.text() }),
        (cause: unknown) => ({ status: 0, text: String(cause) })
      )
    let ready = 0
    for (let second = 0; second < patience && ready !== 200; second++) {
      ready = (await ask("/readyz")).status
      if (ready !== 200) await setTimeout(1000)
    }
    tally.check("its server is ready on our store", ready === 200, ready === 200 ? "" : `readyz ${ready}`)
    if (ready !== 200) return
    for (const [path, has] of questions) {
      const { status, text } = await ask(path)
      tally.check(
        `its server answers ${path}`,
        status === 200 && text.includes(has),
        status === 200 ? "" : `${status} ${text.slice(0, 120)}`
      )
    }
  } finally {
    server.kill("SIGTERM")
    const killed = new AbortController()
    await Promise.race([ended, setTimeout(5000, undefined, { signal: killed.signal }).then(() => server.kill("SIGKILL"))]).catch(
      () => undefined
    )
    killed.abort()
  }
}
