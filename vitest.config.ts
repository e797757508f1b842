import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "plugins/**/*.test.ts"],
    globalSetup: ["test/build-once.ts"],
    // real processes and real genomes: slow machines get time, nothing waits for it
    testTimeout: 120_000,
    hookTimeout: 120_000
  }
})
