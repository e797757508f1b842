/** What a task may leave behind in its process: the working folder, the umask, the environment and what keeps a process alive. */

export interface ProcessState {
  readonly cwd: string
  readonly umask: number
  readonly environment: ReadonlyMap<string, string>
  readonly handles: ReadonlyMap<string, number>
}

const handlesNow = (): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}

const folderNow = (): string => {
  try {
    return process.cwd()
  } catch {
    return "a folder that is gone"
  }
}

export const processState = (): ProcessState => ({
  cwd: folderNow(),
  umask: process.umask(),
  environment: new Map(Object.entries(process.env).map(([name, value]) => [name, value ?? ""])),
  handles: handlesNow()
})

/** How long what is closing may take to be closed, ms. */
const closingMs = 100

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const newHandles = (before: ProcessState): ReadonlyArray<string> => {
  const more: Array<string> = []
  for (const [kind, count] of handlesNow()) {
    const extra = count - (before.handles.get(kind) ?? 0)
    if (extra > 0) more.push(extra === 1 ? kind : `${extra} × ${kind}`)
  }
  return more
}

/** What was printed has left this process, however slowly it is read. */
const printed = (stream: NodeJS.WriteStream): Promise<void> =>
  stream.writableLength === 0 ? Promise.resolve() : new Promise((resolve) => stream.write("", () => resolve()))

/**
 * One turn of the event loop, so that a promise that was left to fail is told as this task's; longer only while something
 * that the task opened is still closing.
 */
export const settled = async (before: ProcessState): Promise<void> => {
  await turn()
  await printed(process.stdout)
  await printed(process.stderr)
  for (let waited = 0; waited < closingMs && newHandles(before).length > 0; waited += 5) await pause(5)
}

/** In words, each without a full stop; names of variables, never their values. */
export const residue = (before: ProcessState): ReadonlyArray<string> => {
  const now = processState()
  const left: Array<string> = []
  if (now.cwd !== before.cwd) left.push(`the working folder is ${now.cwd}`)
  if (now.umask !== before.umask) left.push(`the umask is ${now.umask.toString(8).padStart(3, "0")}`)
  for (const [name, value] of now.environment)
    if (before.environment.get(name) !== value) left.push(`the variable ${name} is ${before.environment.has(name) ? "another" : "new"}`)
  for (const name of before.environment.keys()) if (!now.environment.has(name)) left.push(`the variable ${name} is gone`)
  const handles = newHandles(before)
  if (handles.length > 0) left.push(`still open: ${handles.join(", ")}`)
  return left
}
