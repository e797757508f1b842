/** What configs and programs import as `atlas-run`. */
export { Atlas, decodeErrors, type TypedRunReport } from "./Atlas.ts"
export { project, type ErrorsOf, type Project, type Treatment } from "./plugin/Project.ts"
export { TaskFault } from "./domain/Fault.ts"
