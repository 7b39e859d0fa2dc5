import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { PROVIDER_FAULT_ROWS, TYPES, type ProviderFaultRow } from './fault-table.ts'
import { startOddStack, type OddStack } from './odd-stack.ts'

let odd: OddStack

beforeAll(async () => {
  odd = await startOddStack({ types: TYPES, worker: () => ({ CAPSTAN_CALL_TIMEOUT_MS: '5000' }) })
  odd.runAll(PROVIDER_FAULT_ROWS)
})

afterAll(() => odd.stop())

const ROWS = PROVIDER_FAULT_ROWS.map((row) => ({ ...row, end: describeEnd(row) }))

test.each(ROWS)('a scan with $model $end after at most $calls calls', async (row) => {
  const { scan, counts } = await odd.outcomeOf(row.model)
  expectEnd(scan, row)
  expect(counts.all).toBeLessThanOrEqual(row.calls)
  // Text that users read: the reason of a pause, what the scan waits for, the failures.
  const shown = JSON.stringify([scan.pause, scan.throttle, scan.failures.sample, scan.problem])
  if (row.words) expect(shown).toMatch(row.words)
  if (row.hint) expect(hintsIn(scan)).toMatch(row.hint)
  expect(shown).not.toContain('sk-odd-0123456789abcdef')
})

function describeEnd({ ends, reasons }: ProviderFaultRow): string {
  const because = reasons.join(' or ')
  switch (ends) {
    case 'paused':
      return `pauses with ${because}`
    case 'failed':
      return `fails each type with ${because}`
    case 'stops':
      return `pauses or fails with ${because}`
    case 'waits':
      return 'names the end of the limit'
    case 'succeeded':
      return 'succeeds when the fault is over'
  }
}

function expectEnd(scan: Scan, { ends, reasons }: ProviderFaultRow): void {
  if (ends === 'succeeded') {
    expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: TYPES } })
    return
  }
  if (ends === 'waits') {
    const until = scan.throttle?.until ?? scan.pause?.problem?.until
    expect(Date.parse(until ?? '')).toBeGreaterThan(Date.parse(scan.createdAt) + 30_000)
    return
  }
  const paused = scan.status === 'paused'
  if (ends !== 'stops') expect(paused ? 'paused' : 'failed').toBe(ends)
  if (!paused) expect(scan).toMatchObject({ status: 'failed', progress: { failed: TYPES } })
  const found = paused ? [scan.pause?.problem?.reason] : Object.keys(scan.failures.byReason)
  for (const reason of found) expect(reasons).toContain(reason)
}

function hintsIn({ pause, failures }: Scan): string {
  const hints = [pause?.problem?.hint, ...failures.sample.map(({ problem }) => problem.hint)]
  return hints.filter((hint) => hint !== undefined).join('\n')
}
