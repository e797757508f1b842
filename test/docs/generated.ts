/** The pages of docs/ that nobody writes by hand. */
import { cliReference } from "./cli-reference.ts"
import { scenariosReference } from "../scenarios/page.ts"
import { errorsReference } from "./errors-reference.ts"

/** Text by path, relative to the repository. */
export const generated = async (): Promise<ReadonlyMap<string, string>> =>
  new Map([
    ["docs/reference/cli.md", cliReference()],
    ["docs/reference/errors.md", await errorsReference()],
    ["docs/reference/scenarios.md", scenariosReference()]
  ])
