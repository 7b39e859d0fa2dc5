import { until } from '@capstan/testkit/until'
import { openAuditClient } from '../audit-client.ts'
import { startInstallation } from '../installation.ts'
import { createCountMeasure, createMaximumMeasure, type AuditTrial } from '../audit-trial.ts'

const TYPES = 100
const CALL_MS = 3_000

/** The holder of leases is killed, its scan is canceled, and the next scan needs the same types. */
export const lostHolder: AuditTrial = {
  name: 'kill -9 of a worker in its calls, cancel, new full scan',
  method: `${TYPES} types, 2 worker processes with 10 calls of ${CALL_MS / 1_000} s each in flight; one is killed, the scan is canceled, and a full scan of all types begins.`,
  run: async (lab, seed) => {
    await using installation = await startInstallation({
      types: TYPES,
      apis: 1,
      workers: 2,
      provider: { seed, latency: { kind: 'uniform', minMs: CALL_MS, maxMs: CALL_MS } },
    })
    const client = openAuditClient(() => installation.apis[0]?.url ?? '', lab.signal)
    const first = await client.startScan()
    await until('20 calls in flight', () =>
      installation.provider.stats().calls >= 20 ? true : undefined,
    )
    await installation.workers[0]?.stop('SIGKILL')
    await client.controlScan(first, 'cancel')
    const begunAt = performance.now()
    const second = await client.startScan({ mode: 'full' })
    const scan = await client.waitForEnd(second, 400_000)
    const tookMs = performance.now() - begunAt
    // One worker with 10 slots is left.
    const idealMs = (TYPES / 10) * CALL_MS
    const attempts = await countAttempts(installation.apis[0]?.url ?? '', second)
    return [
      createCountMeasure('types that succeeded', scan.progress.succeeded, TYPES),
      createMaximumMeasure('blocked beyond the work of one worker, s', (tookMs - idealMs) / 1_000, {
        most: 20,
        digits: 1,
      }),
      createMaximumMeasure('most attempts of a type', Math.max(...attempts), { most: 1 }),
    ]
  },
}

async function countAttempts(apiUrl: string, scanId: string): Promise<number[]> {
  const response = await fetch(`${apiUrl}/api/v1/scans/${scanId}/resources?limit=100`)
  const { data } = (await response.json()) as { data: { attempts: unknown[] }[] }
  return data.map(({ attempts }) => attempts.length)
}
