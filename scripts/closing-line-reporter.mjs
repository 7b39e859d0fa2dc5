import { writeSync } from 'node:fs'
import { relative } from 'node:path'

/**
 * Vitest reporter whose line is the last one of the run: `N passed, N failed`, with `, N skipped` if any.
 * Tests that did not run count as failed: after a crashed file, a failed hook, an uncaught error, or a
 * timeout. Skipped tests are listed with their reason before it.
 */
export default class ClosingLineReporter {
  onInit({ config }) {
    this.root = config.root
    this.counts = undefined
    // Vitest and other reporters still write while they end; nothing is written after `exit`.
    process.once('exit', () => this.write())
  }

  onTestRunEnd(testModules, unhandledErrors) {
    this.counts = { passed: 0, failed: 0, skipped: 0 }
    this.reasons = new Map()
    this.brokenOff = 0
    for (const testModule of testModules) this.countModule(testModule)
    // A worker that dies causes both an error and pending tests, which is one failure.
    this.counts.failed += Math.max(0, unhandledErrors.length - this.brokenOff)
    if (testModules.length === 0) this.counts.failed += 1
  }

  countModule(testModule) {
    this.counts.failed += testModule.errors().length
    for (const suite of testModule.children.allSuites()) this.counts.failed += suite.errors().length
    for (const test of testModule.children.allTests()) this.countTest(test, testModule)
  }

  countTest(test, testModule) {
    const { state, note } = test.result()
    this.counts[state === 'pending' ? 'failed' : state] += 1
    if (state === 'pending') this.brokenOff += 1
    if (state !== 'skipped') return
    const file = relative(this.root, testModule.moduleId)
    const reason = `${file}: ${note ?? 'skipped in the file, without a reason'}`
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1)
  }

  write() {
    // A run without counts has failed itself.
    const { passed, failed, skipped } = this.counts ?? { passed: 0, failed: 1, skipped: 0 }
    const reasons = [...(this.reasons ?? [])].map(
      ([reason, count]) => `skipped ${count} in ${reason}`,
    )
    const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
    writeSync(1, `${[...reasons, line].join('\n')}\n`)
  }
}
