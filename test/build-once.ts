/** Tests of the command line run what users run: the bundle. Built once a run of the suite. */
import { execFileSync } from "node:child_process"
import { join } from "node:path"

export default (): void => {
  const root = join(import.meta.dirname, "..")
  execFileSync(process.execPath, ["node_modules/rolldown/bin/cli.mjs", "-c", "rolldown.config.mjs", "--logLevel", "warn"], {
    cwd: root,
    stdio: "inherit"
  })
}
