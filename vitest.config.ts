import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { COMPILE_CACHE } from './packages/testkit/src/compile-cache.ts'

/**
 * Bounds against hanging, never measurements: a test that passes on an idle machine passes on one that is many times
 * slower. The defaults of Vitest are 5 s for a test and 1 s for a polled expectation.
 * A wait ends before its test, because its error names the missing state.
 */
const TIMEOUTS = {
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 300_000 } },
}

/** Names of the files that take longest. Started last, one of them would run alone after all others have ended. */
const LONGEST = [
  // Stress tests.
  'event-loop',
  'redis-faults',
  'pages',
  'killed-servers',
  'counts',
  'compared-clusters',
  'shared-stream',
  'first-scan',
  'keyboard',
  'shared-views',
  'watched-cluster',
  'chance-faults',
  'delayed-calls',
  'hidden-limits',
  'chaos',
  'faults',
  'dialects',
  'package',
  'package-manager',
  'client-package',
  'other-servers',
  'image',
  'request-faults',
  'route-bounds',
  'work-limits',
  'catalog-schemas',
  // Integration tests.
  'up',
  'demo',
  'company-networks',
  'provider-limits',
  'misconfigured-route',
  'leases',
  'stores',
  'route-pause',
  'fences',
  'client-program',
  'held-up',
  'process',
  'describe',
  'watch',
  'watcher',
  'joined-scan',
  'unread-logs',
  'bad-input',
  'board-jobs',
  'secrets',
  'processes',
  'paused-batch',
  'batch-mode',
  'closing-line',
  'batch-recording',
  'types-per-call',
  'provider-faults',
  'dialect-changes',
  'unfinished-answers',
  'proxied-server',
  'terminal',
  'any-answer',
  'capability-import',
  'stored-answers',
  'least-privilege',
  'scan',
  'path-prefix',
  'outcomes',
]

/** Tests of the CLI and of all parts start many processes. */
const startsProcesses = ({ moduleId }: TestSpecification): boolean =>
  /(?:\/apps\/cli\/test\/|\/process\.test\.ts$)/.test(moduleId) ||
  moduleId.startsWith(new URL('test/', import.meta.url).pathname)

/**
 * The longest files first. Files that start processes need all cores for seconds, while others wait: one of the former
 * is followed by two of the latter, so that neither kind runs alone.
 */
class Interleaved extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const rank = LONGEST.findIndex((name) => moduleId.includes(`/${name}.`))
      return rank === -1 ? LONGEST.length : rank
    }
    const usual = await super.sort(files)
    const sorted = usual.toSorted((one, other) => rankOf(one) - rankOf(other))
    const heavy = sorted.filter(startsProcesses)
    const light = sorted.filter((file) => !startsProcesses(file))
    const mixed = heavy.flatMap((file, n) => [file, ...light.slice(2 * n, 2 * n + 2)])
    return [...mixed, ...light.slice(2 * heavy.length)]
  }
}

const FOLDERS = '{apps/*,packages/*,sims/*,bench}'
const STRESS = '**/*.stress.test.ts'
/** Files with inputs that are small in the integration project and large in the stress project. */
const SCALED = '**/*.scaled.test.ts'
const LIVE = '**/*.live.test.ts'
const MODULES = '**/node_modules/**'
const rig = {
  // Threads that tests start, such as those that reduce definitions, compile their modules only once.
  env: COMPILE_CACHE,
  globalSetup: ['packages/testkit/src/global-setup.ts'],
  setupFiles: ['packages/testkit/src/setup-test-context.ts'],
}

export default defineConfig({
  test: {
    // Tests wait for processes, timers and Redis more than half of their time.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    sequence: { sequencer: Interleaved },
    reporters: ['default', './scripts/closing-line-reporter.mjs'],
    projects: [
      {
        // Without Redis and network: nothing is set up.
        test: {
          name: 'unit',
          include: [`${FOLDERS}/src/**/*.test.ts`],
          // Unit tests leave nothing behind, so files share the modules that they import.
          isolate: false,
          ...TIMEOUTS,
        },
      },
      {
        test: {
          name: 'integration',
          include: [`${FOLDERS}/test/**/*.test.ts`, 'test/**/*.test.ts'],
          exclude: [LIVE, STRESS, MODULES],
          // Each test has Redis keys and processes of its own, so files share the modules that they import. It halves the CPU time.
          isolate: false,
          provide: { isStressRun: false },
          ...rig,
          ...TIMEOUTS,
        },
      },
      {
        // Scale, chaos, statistics, packages and other Redis servers: heavy, so only CI runs them beside the others.
        test: {
          name: 'stress',
          include: [STRESS, SCALED],
          exclude: [MODULES],
          provide: { isStressRun: true },
          ...rig,
          ...TIMEOUTS,
        },
      },
      {
        test: {
          name: 'live',
          // Two files write to one cluster, and each file counts its calls.
          fileParallelism: false,
          include: [LIVE],
          exclude: [MODULES],
          ...rig,
          ...TIMEOUTS,
        },
      },
    ],
  },
})
