/** What a stage or check takes while it runs. Nothing of it is part of what a result depends on: changing it reruns nothing. */

export interface Retry {
  /** Further attempts after the first. */
  readonly times: number
  /**
   * Codes of the errors after which it is tried again, its own declared ones among them. Absent: after every fault that may not come
   * again (a program's status, a time limit, memory, a process that ended, a defect), never after a declared error or a tainted input.
   */
  readonly on?: ReadonlyArray<string>
}

export interface Resources {
  /** Cores that it keeps busy; 1 if absent. More than `--jobs` runs alone. */
  readonly cpu?: number
  /**
   * MiB that a run may fill. It starts when so much is left; of a stage that runs in a host, heap and buffers each may fill it (2048 if
   * absent), and more ends it as TASK_MEMORY.
   */
  readonly memory?: number
  /** Tasks of the project with a name in common never run at once. */
  readonly mutex?: string | ReadonlyArray<string>
  readonly retry?: Retry
  /** Longest attempt, ms; 24 hours if absent. */
  readonly timeoutMs?: number
}
