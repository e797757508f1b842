/** Bundles the programs into dist/: each entry a small first chunk, `effect` inside. src/host stays as it is: it is imported at run time by its URL. */
import { chmodSync, existsSync } from "node:fs"
import { join } from "node:path"
import { defineConfig } from "rolldown"

const root = import.meta.dirname
const programs = { bin: "src/bin.ts", "atlas-dataset": "plugins/atlas/cli/main.ts" }

const executable = {
  name: "executable",
  writeBundle: ({ dir }, bundle) => {
    for (const { type, isEntry, fileName } of Object.values(bundle)) if (type === "chunk" && isEntry) chmodSync(join(dir, fileName), 0o755)
  }
}

export default defineConfig({
  cwd: root,
  input: Object.fromEntries(Object.entries(programs).filter(([, path]) => existsSync(join(root, path)))),
  platform: "node",
  // Native addons cannot be bundled.
  external: [/^node:/, /^oxc-parser(\/|$)/, /\.node$/],
  plugins: [executable],
  output: {
    dir: join(root, "dist"),
    format: "esm",
    entryFileNames: "[name].mjs",
    chunkFileNames: "chunks/[name].mjs",
    minify: false,
    sourcemap: false
  }
})
