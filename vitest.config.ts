import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/**
 * Bounds against hanging, never measurements: a test that passes on an idle machine passes on one that is many times
 * slower. Vitest waits 5 s for a test and 1 s for a polled expectation when nobody says otherwise.
 */
const PATIENCE = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 120_000 } },
}

export default defineConfig({
  test: {
    // Tests wait for processes more than they compute: on two cores the default of one at a time takes 1.6 times as long.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ['default', './scripts/closing-line-reporter.mjs'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{apps/*,packages/*,bench}/src/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['packages/testkit/src/global-setup.ts'],
          ...PATIENCE,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{apps/*,packages/*,bench}/test/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/*.live.test.ts'],
          environment: 'node',
          globalSetup: ['packages/testkit/src/global-setup.ts'],
          ...PATIENCE,
        },
      },
      {
        test: {
          name: 'live',
          // Two of them write to one cluster, and each counts what it costs.
          fileParallelism: false,
          include: ['**/*.live.test.ts'],
          exclude: ['**/node_modules/**'],
          globalSetup: ['packages/testkit/src/global-setup.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
