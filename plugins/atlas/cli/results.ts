/** Text on stdout that is known to have arrived: the first error is kept, and after it nothing more is written. */
import { fstatSync, writeSync } from "node:fs"
import { isatty } from "node:tty"

export interface Results {
  readonly write: (text: string) => void
  /** Settles when everything was taken: null, or the errno of the first failure, e.g. `EPIPE`. */
  readonly settled: () => Promise<string | null>
}

const errnoOf = (error: unknown): string => {
  const code = (error as { readonly code?: unknown } | null)?.code
  return typeof code === "string" ? code : "EIO"
}

/** Files and devices take bytes without waiting for anyone; what a short write leaves is written after it. */
const toFile = (fd: number): Results => {
  let failure: string | null = null
  return {
    write: (text) => {
      const bytes = Buffer.from(text)
      try {
        for (let at = 0; failure === null && at < bytes.length;) {
          const taken = writeSync(fd, bytes, at, bytes.length - at)
          if (taken === 0) failure = "EIO"
          at += taken
        }
      } catch (error) {
        failure = errnoOf(error)
      }
    },
    settled: async () => failure
  }
}

/** Pipes, sockets and terminals: a slow reader holds up nothing but the end of the program. */
const toStream = (stream: NodeJS.WritableStream): Results => {
  let failure: string | null = null
  let written = Promise.resolve()
  stream.on("error", (error) => (failure ??= errnoOf(error)))
  return {
    write: (text) => {
      if (failure !== null || text === "") return
      const before = written
      written = new Promise((resolve) =>
        stream.write(text, (error) => {
          if (error !== null && error !== undefined) failure ??= errnoOf(error)
          void before.then(resolve)
        })
      )
    },
    settled: async () => {
      await written
      return failure
    }
  }
}

export const stdoutResults = (): Results => {
  const stat = fstatSync(1)
  return isatty(1) || stat.isFIFO() || stat.isSocket() ? toStream(process.stdout) : toFile(1)
}
