/** What plugin authors import as `atlas-run/plugin`. */
export { type CommandNeedsOf, type EachDeclaration, type EachVerdict, type Item, type ItemOf } from "./plugin/Each.ts"
export { Check, type AnyCheck, type CheckTask } from "./plugin/Check.ts"
export { type AnyContent, Content, type ContentClass, type ContentFile, type ContentKind } from "./plugin/Content.ts"
export {
  type GivenInputs,
  glob,
  input,
  type InputDeclaration,
  type InputFile,
  type InputGlob,
  type InputOptional,
  optional
} from "./plugin/Input.ts"
export { type Resources, type Retry } from "./plugin/Resources.ts"
export {
  CommandStage,
  Stage,
  type AnyStage,
  type CommandAt,
  type Findings,
  type Grouping,
  type Member,
  type Observed,
  type Proof,
  type Outputs,
  type StageClass,
  type StageTask,
  type Telling
} from "./plugin/Stage.ts"
export {
  codeOfTag,
  encodeFailure,
  encodeFailures,
  type ErrorClass,
  type ErrorDocs,
  ErrorDocument,
  Several,
  several,
  Told,
  Where
} from "./domain/Failure.ts"
export { Finding, Severity, type FindingDeclaration } from "./domain/Finding.ts"
export { type Command } from "./domain/ProjectDocument.ts"
export { CellChange, CellObservation } from "./domain/TaskDocument.ts"
export { AdoptRefused, PublishConflict, SubjectUnreadable } from "./domain/Fault.ts"
