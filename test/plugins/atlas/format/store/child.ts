/**
 * A process of its own that changes a store: `child.ts COMMAND STORE ARGS…`. Prints `ready` first. Commands:
 * publish ROOT [STEP]: kills itself before the given change of the file system · promote RELEASE… · hold: holds the store's lock until killed.
 */
import { Effect } from "effect"
import { openBuildRoot } from "../../../../../plugins/atlas/format/build-root.ts"
import { promote } from "../../../../../plugins/atlas/format/catalog/promote.ts"
import type { DatasetId } from "../../../../../plugins/atlas/format/dataset-id.ts"
import { BeforeChange } from "../../../../../plugins/atlas/format/durable.ts"
import { publish } from "../../../../../plugins/atlas/format/store/publish.ts"
import { openServingStore, withStoreLock } from "../../../../../plugins/atlas/format/store/serving-store.ts"

const [command, storePath = "", ...args] = process.argv.slice(2)

const say = (word: string) => Effect.sync(() => process.stdout.write(`${word}\n`))

const program = Effect.gen(function* () {
  const store = yield* openServingStore(storePath, { create: true })
  if (command === "hold") {
    setInterval(() => undefined, 60_000) // an open handle: Node would end
    return yield* withStoreLock(store, Effect.andThen(say("ready"), Effect.never))
  }
  yield* say("ready")
  if (command === "publish") {
    const [root = "", step = "-1"] = args
    let left = Number(step)
    const kill = () => Effect.sync(() => void (left-- === 0 && process.kill(process.pid, "SIGKILL")))
    return yield* publish(store, yield* openBuildRoot(root)).pipe(Effect.provideService(BeforeChange, kill))
  }
  for (const release of args) yield* promote(store, { release, species: "synthetica_minima", assembly: "SM1.0" } as DatasetId)
  return undefined
})

await Effect.runPromise(program)
