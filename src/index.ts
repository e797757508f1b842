/** What configs and programs import as `atlas-run`. */
export { project, type ErrorsOf, type Project, type Treatment } from "./plugin/Project.ts"
