import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { until } from '@capstan/testkit/until'
import { openAuditClient } from '../audit-client.ts'
import { startInstallation, type Installation } from '../installation.ts'
import {
  createCountMeasure,
  createMaximumMeasure,
  type Measure,
  type AuditTrial,
} from '../audit-trial.ts'

const TYPES = 200
const LASTS_MS = 16_000

interface Fault {
  name: string
  begin(redis: Redis): Promise<unknown>
  end(redis: Redis): Promise<unknown>
}

const FAULTS: Fault[] = [
  {
    name: 'full',
    begin: (redis) => redis.config('SET', 'maxmemory', '1mb'),
    end: (redis) => redis.config('SET', 'maxmemory', '0'),
  },
  {
    name: 'read-only',
    begin: (redis) => redis.call('REPLICAOF', '127.0.0.1', '1'),
    end: (redis) => redis.call('REPLICAOF', 'NO', 'ONE'),
  },
]

/** A Redis that accepts reads and rejects writes, in the middle of a scan. */
export const unwritableRedis: AuditTrial = {
  name: 'Redis that refuses writes',
  method: `${TYPES} types, one API and 2 worker processes; for ${LASTS_MS / 1_000} s each Redis is full, then read-only.`,
  run: async (lab, seed) => {
    await using installation = await startInstallation({
      types: TYPES,
      apis: 1,
      workers: 2,
      provider: { seed, latency: { kind: 'uniform', minMs: 2_000, maxMs: 3_000 } },
    })
    const url = installation.apis[0]?.url ?? ''
    const client = openAuditClient(() => url, lab.signal)
    const redis = new Redis(installation.redis.url)
    try {
      const scanId = await client.startScan()
      await until('first calls', () =>
        installation.provider.stats().calls >= 20 ? true : undefined,
      )
      const measures: Measure[] = []
      for (const fault of FAULTS)
        measures.push(...(await runWithFault(fault, { redis, installation, url })))
      const scan = await client.waitForEnd(scanId, 300_000)
      return [
        ...measures,
        createCountMeasure('types that succeeded', scan.progress.succeeded, TYPES),
        createCountMeasure('calls', installation.provider.stats().calls, TYPES),
      ]
    } finally {
      redis.disconnect()
    }
  },
}

async function runWithFault(
  { name, begin, end }: Fault,
  { redis, installation, url }: { redis: Redis; installation: Installation; url: string },
): Promise<Measure[]> {
  const linesBefore = countLines(installation)
  await begin(redis)
  await wait(LASTS_MS / 2)
  const readiness = await (await fetch(`${url}/readyz?verbose=true`)).text()
  const refusal = await fetch(`${url}/api/v1/scans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"mode":"full"}',
  })
  const problem = await refusal.text()
  await wait(LASTS_MS / 2)
  await end(redis)
  const lines = Math.max(...countLines(installation).map((now, i) => now - (linesBefore[i] ?? 0)))
  const word = name === 'full' ? /full/i : /read-only|READONLY/i
  return [
    {
      what: `${name}: readiness and a refused start name it`,
      value: `${word.test(readiness) ? 'yes' : 'no'}, ${word.test(problem) ? 'yes' : 'no'} (${refusal.status})`,
      bound: 'yes, yes',
      isHeld: word.test(readiness) && word.test(problem),
    },
    // Several kinds of lines, each at most once per second.
    createMaximumMeasure(
      `${name}: log lines of a process in a second`,
      lines / (LASTS_MS / 1_000),
      {
        most: 3,
        digits: 1,
      },
    ),
  ]
}

function countLines({ apis, workers }: Installation): number[] {
  return [...apis, ...workers].map((running) => running.output().split('\n').length)
}
