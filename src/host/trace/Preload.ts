/** Given to Node with `--import`: modules are watched before the first of them is loaded, `effect` included. */
import { watch } from "./Watch.ts"

watch()
