import { followEvents } from '@capstan/testkit/follow-events'
import { checkStreams } from '../check-stream.ts'
import { openAuditClient } from '../audit-client.ts'
import { startInstallation } from '../installation.ts'
import { createCountMeasure, createMaximumMeasure, type AuditTrial } from '../audit-trial.ts'

const TYPES = 150
const READERS = 30

/** A rollout: each process gets SIGTERM and is replaced while a scan runs. */
export const rollingStop: AuditTrial = {
  name: 'rolling SIGTERM',
  method: `${TYPES} types, 2 API and 3 worker processes, each stopped by SIGTERM and replaced in turn, ${READERS} readers.`,
  run: async (lab, seed) => {
    await using installation = await startInstallation({
      types: TYPES,
      apis: 2,
      workers: 3,
      provider: { seed, latency: { kind: 'uniform', minMs: 2_000, maxMs: 4_000 } },
    })
    let asked = 0
    const nextApi = (): string => installation.apis[(asked += 1) % 2]?.url ?? ''
    const client = openAuditClient(nextApi, lab.signal)
    const scanId = await client.startScan()
    const readers = Array.from({ length: READERS }, async () => {
      const ids: string[] = []
      await followEvents({
        eventsUrl: () => `${nextApi()}/api/v1/scans/${scanId}/events`,
        onEvent: ({ id }) => ids.push(id),
        signal: lab.signal,
      })
      return ids
    })
    const stops: Record<'apis' | 'workers', number[]> = { apis: [], workers: [] }
    for (const group of ['workers', 'apis'] as const) {
      for (const index of installation[group].keys()) {
        const stoppedAt = performance.now()
        await installation[group][index]?.stop('SIGTERM')
        stops[group].push(performance.now() - stoppedAt)
        await installation.replace(group, index, 'SIGTERM')
      }
    }
    const scan = await client.waitForEnd(scanId, 120_000)
    const streams = checkStreams(await Promise.all(readers), scan.lastSeq)
    const { calls } = installation.provider.stats()
    return [
      createCountMeasure('types that succeeded', scan.progress.succeeded, TYPES),
      createCountMeasure(
        'events that a reader missed or got twice',
        streams.missing + streams.doubled,
        0,
      ),
      createMaximumMeasure('slowest stop of a worker, s', Math.max(...stops.workers) / 1_000, {
        most: 5,
        digits: 1,
      }),
      createMaximumMeasure('slowest stop of an API, s', Math.max(...stops.apis) / 1_000, {
        most: 10,
        digits: 1,
      }),
      { what: 'calls per type', value: (calls / TYPES).toFixed(2) },
    ]
  },
}
