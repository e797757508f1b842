import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "plugins/**/*.test.ts"],
    globalSetup: ["test/build-once.ts"],
    // real processes and real genomes: slow machines get time, nothing waits for it
    // the default leaves a core idle on small machines
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 300_000,
    hookTimeout: 300_000
  }
})
