/** What any change of a store may fail with. */
import { ArtifactUnreadable } from "../artifact/sha256.ts"
import { FileTaken, IoDurability } from "../durable.ts"
import { HistoryUnreadable } from "./history.ts"
import { LockBusy, LockUnusable } from "./lock.ts"

export const storeErrors = [ArtifactUnreadable, IoDurability, FileTaken, HistoryUnreadable, LockBusy, LockUnusable] as const
export type StoreFailure = InstanceType<(typeof storeErrors)[number]>
