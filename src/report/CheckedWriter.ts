/** Writes that are known to have arrived: every byte is accepted by the system, or the first error is kept. */
import { fstatSync, writeSync } from "node:fs"

export interface CheckedWriter {
  /** In order. After an error nothing more is written. */
  readonly write: (text: string) => void
  /** Bytes that are not taken yet. */
  readonly pending: () => number
  /** Settles when nothing is pending: null, or the errno of the first failure, e.g. `EPIPE`. */
  readonly settled: () => Promise<string | null>
}

const errnoOf = (error: unknown): string => {
  const code = (error as { readonly code?: unknown } | null)?.code
  return typeof code === "string" ? code : "EIO"
}

type Write = (fd: number, bytes: Uint8Array, from: number, length: number) => number

/** For files and devices, which take bytes without waiting for anyone: a short write goes on, nothing taken is an error. */
export const fileWriter = (fd: number, write: Write = writeSync): CheckedWriter => {
  let failure: string | null = null
  const pause = new Int32Array(new SharedArrayBuffer(4))
  const all = (bytes: Uint8Array): void => {
    for (let from = 0; from < bytes.length;) {
      try {
        const taken = write(fd, bytes, from, bytes.length - from)
        if (taken <= 0) throw Object.assign(new Error("nothing was taken"), { code: "EIO" })
        from += taken
      } catch (error) {
        if (errnoOf(error) === "EAGAIN") Atomics.wait(pause, 0, 0, 5)
        else if (errnoOf(error) !== "EINTR") throw error
      }
    }
  }
  return {
    write: (text) => {
      if (failure !== null) return
      try {
        all(Buffer.from(text))
      } catch (error) {
        failure = errnoOf(error)
      }
    },
    pending: () => 0,
    settled: async () => failure
  }
}

/** For pipes, sockets and terminals: a slow reader holds up nothing but the end of the program. */
export const streamWriter = (stream: NodeJS.WritableStream): CheckedWriter => {
  let failure: string | null = null
  let pending = 0
  let waiting: Array<() => void> = []
  const settle = (): void => {
    const done = waiting
    waiting = []
    for (const tell of done) tell()
  }
  const fail = (error: unknown): void => {
    failure ??= errnoOf(error)
    settle()
  }
  stream.on("error", fail)
  return {
    write: (text) => {
      if (failure !== null || text === "") return
      const bytes = Buffer.from(text)
      pending += bytes.length
      stream.write(bytes, (error) => {
        pending -= bytes.length
        if (error !== null && error !== undefined) fail(error)
        else if (pending === 0) settle()
      })
    },
    pending: () => pending,
    settled: () =>
      pending === 0 || failure !== null ? Promise.resolve(failure) : new Promise((resolve) => waiting.push(() => resolve(failure)))
  }
}

/** `stream` writes to `fd`; it is touched only if that is a pipe, socket or terminal. */
export const checkedWriter = (fd: number, stream: () => NodeJS.WritableStream, isTerminal: boolean): CheckedWriter => {
  const stat = fstatSync(fd)
  return isTerminal || stat.isFIFO() || stat.isSocket() ? streamWriter(stream()) : fileWriter(fd)
}
