import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Bounds against hanging, never measurements: a test that passes on an idle machine passes on one that is many times
 * slower. Vitest waits 5 s for a test and 1 s for a polled expectation when nobody says otherwise.
 */
const PATIENCE = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 120_000 } },
}

/** Files that take half a minute and more. Begun last, one of them would go on alone when all others are done. */
const LONGEST = [
  'apps/api/test/events/event-loop.test.ts',
  'test/providers/faults.test.ts',
  'test/providers/dialects.test.ts',
  'test/watched-cluster.test.ts',
  'test/provider-limits.test.ts',
  'packages/limits/test/hidden-limits.test.ts',
  'test/stores.test.ts',
  'apps/api/test/http/process.test.ts',
  'test/chaos.test.ts',
  'test/bad-input.test.ts',
  'packages/cluster/test/describe.test.ts',
  'test/fences.test.ts',
  'apps/cli/test/up.test.ts',
  'apps/cli/test/terminal.test.ts',
  'test/package.test.ts',
  'test/image.test.ts',
  'apps/worker/test/batch-mode.test.ts',
  'test/least-privilege.test.ts',
  'apps/worker/test/provider-faults.test.ts',
  'test/two-clusters.test.ts',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const rank = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}`))
      return rank === -1 ? LONGEST.length : rank
    }
    const usual = await super.sort(files)
    return usual.toSorted((one, other) => rankOf(one) - rankOf(other))
  }
}

export default defineConfig({
  test: {
    // Tests also wait for processes, so one more than two cores have; with one at a time a run took 1.6 times as long as with two.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    reporters: ['default', './scripts/closing-line-reporter.mjs'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{apps/*,packages/*,sims/*,bench}/src/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['packages/testkit/src/global-setup.ts'],
          ...PATIENCE,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{apps/*,packages/*,sims/*,bench}/test/**/*.test.ts', 'test/**/*.test.ts'],
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
