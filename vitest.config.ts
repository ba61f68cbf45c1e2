import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/build-setup.ts", "test/support/chromium-setup.ts"],
    reporters: ["default", "./test/support/count-reporter.ts"],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // TypeScript as it is published, without extensions in its imports.
    server: { deps: { inline: ["@cloudflare/pages-shared"] } },
    coverage: { include: ["src/**"], exclude: ["src/**/*.d.ts"] },
  },
});
