/** How Node is told that a process only evaluates a config. */
import { join } from "node:path"
import { pathToFileURL } from "node:url"

/**
 * Flags for the process that evaluates: it only reads, so that other ways to act fail by name (no sandbox: docs/explanation), and its
 * modules are watched from the first on. `source` is the `src` of this package.
 */
export const evaluateFlags = (source: string): ReadonlyArray<string> => [
  "--permission",
  "--allow-fs-read=*",
  // what a config is warned of is told by its own name
  "--disable-warning=ExperimentalWarning",
  "--disable-warning=SecurityWarning",
  "--import",
  pathToFileURL(join(source, "host", "trace", "Preload.ts")).href
]
