/** The tests as ever, one after the other, on sources alone: what needs the bundle has it built by `mutants.mjs`. */
import { join } from "node:path"
import { defineConfig } from "vitest/config"
import config from "../../vitest.config.ts"

const root = join(import.meta.dirname, "..", "..")

export default defineConfig({
  ...config,
  root,
  // the folder of modules may be another tree's too
  cacheDir: join(root, ".vitest"),
  test: { ...config.test, globalSetup: [], maxWorkers: 1, testTimeout: 60_000, hookTimeout: 60_000 }
})
