/** What Node's permissions refused, as this process hears of it, whether or not the code that asked went on. */
import { subscribe } from "node:diagnostics_channel"
import { resolve } from "node:path"
import { encodeFailure, type ErrorDocument } from "../domain/Failure.ts"
import { SandboxDenied } from "../domain/SandboxErrors.ts"

const channels = ["fs", "child", "worker", "addon", "wasi", "inspector"]

const verbs: Readonly<Record<string, readonly [does: string, says: string]>> = {
  FileSystemRead: ["read", "reads"],
  FileSystemWrite: ["write", "writes"],
  ChildProcess: ["start", "starts the program"],
  WorkerThreads: ["thread", "starts a thread"],
  Addon: ["addon", "loads the native module"],
  WASI: ["wasi", "uses WASI"],
  Inspector: ["inspector", "opens the inspector"]
}

interface Refusal {
  readonly permission: string
  readonly resource: string
}

const isRefusal = (message: unknown): message is Refusal =>
  typeof message === "object" && message !== null && typeof (message as { readonly permission?: unknown }).permission === "string"

const refusals = new Map<string, Refusal>()
/** Most that are told of one task. */
const most = 20

/** From now on; without permissions nothing is ever refused. */
export const watchRefusals = (): void => {
  if ((process as { readonly permission?: unknown }).permission === undefined) return
  for (const channel of channels)
    subscribe(`node:permission-model:${channel}`, (message) => {
      if (!isRefusal(message) || refusals.size >= most) return
      const resource = String(message.resource ?? "")
      const isPath = message.permission.startsWith("FileSystem") && resource !== ""
      const subject = isPath ? resolve(resource) : resource
      refusals.set(`${message.permission}\0${subject}`, { permission: message.permission, resource: subject })
    })
}

/** What `task` was refused since this was last asked. */
export const refused = (task: string): ReadonlyArray<ErrorDocument> => {
  const told = [...refusals.values()].map(({ permission, resource }) => {
    const [does, says] = verbs[permission] ?? [permission, `asks for ${permission}`]
    const message = `${task} ${says}${resource === "" ? "" : ` ${resource}`}, which it does not declare`
    const where = permission.startsWith("FileSystem") && resource !== "" ? { where: { path: resource } } : {}
    return encodeFailure(new SandboxDenied({ message, does, subject: resource, ...where }))
  })
  refusals.clear()
  return told
}
