/** The engine's own error codes, which `explain` knows without a config. */
import { configErrors } from "../domain/ConfigErrors.ts"
import { CommandLineInvalid, ConfigInvalid, SelectorUnknown } from "../domain/EngineErrors.ts"
import { codeOfTag, type ErrorDocs } from "../domain/Failure.ts"
import { faults } from "../domain/Fault.ts"
import { fileErrors } from "../domain/FileErrors.ts"
import { ProgramNotStarted } from "../domain/ProgramErrors.ts"
import { SandboxUnavailable } from "../domain/SandboxErrors.ts"
import { stateErrors } from "../domain/StateErrors.ts"
import type { Explanation } from "../engine/Atlas.ts"
import { IoStdout } from "../report/Terminal.ts"
import { EngineDefect } from "./Defect.ts"

interface Documented {
  readonly identifier: string
  readonly docs: ErrorDocs
}

const documented: ReadonlyArray<Documented> = [
  CommandLineInvalid,
  SelectorUnknown,
  ConfigInvalid,
  ...configErrors,
  ...faults,
  ...stateErrors,
  ...fileErrors,
  ProgramNotStarted,
  SandboxUnavailable,
  IoStdout,
  EngineDefect
]

/** By code, in the order of the alphabet. */
export const engineCodes: ReadonlyMap<string, Explanation> = new Map(
  documented
    .map(({ identifier, docs }): readonly [string, Explanation] => {
      const code = codeOfTag(identifier)
      return [code, { code, kind: "error", of: "atlas-run", summary: docs.summary, hint: docs.hint, example: docs.example }]
    })
    .sort(([a], [b]) => (a < b ? -1 : 1))
)
