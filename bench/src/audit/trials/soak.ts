import { readdir } from 'node:fs/promises'
import { Redis } from 'ioredis'
import { readMemoryKib } from '@capstan/testkit/read-memory'
import { openAuditClient } from '../audit-client.ts'
import { startInstallation, type Installation } from '../installation.ts'
import { createCountMeasure, createMaximumMeasure, type AuditTrial } from '../audit-trial.ts'

const TYPES = 40
const LASTS_MS = 600_000

interface Resources {
  rssMb: number
  handles: number
}

/** Consecutive scans for ten minutes. */
export const soak: AuditTrial = {
  name: 'ten minutes of scans',
  method: `Full scans of ${TYPES} types one after another for ${LASTS_MS / 60_000} minutes, one API and 2 worker processes. Growth is from the least value of minutes 3 to 5 to the least of the last two minutes, because resident memory varies between two collections of garbage.`,
  run: async (lab, seed) => {
    await using installation = await startInstallation({
      types: TYPES,
      apis: 1,
      workers: 2,
      provider: { seed, latency: { kind: 'uniform', minMs: 200, maxMs: 600 } },
    })
    const client = openAuditClient(() => installation.apis[0]?.url ?? '', lab.signal)
    const begunAt = performance.now()
    const [early, late]: [Resources[][], Resources[][]] = [[], []]
    let [scans, succeeded] = [0, 0]
    while (performance.now() - begunAt < LASTS_MS) {
      const scan = await client.waitForEnd(await client.startScan({ mode: 'full' }), 120_000)
      scans += 1
      succeeded += scan.progress.succeeded
      const part = (performance.now() - begunAt) / LASTS_MS
      if (part > 0.3 && part < 0.5) early.push(await measureAll(installation))
      if (part > 0.8) late.push(await measureAll(installation))
    }
    const computeGrowth = (key: keyof Resources): number => findGrowth(early, late, key)
    return [
      createCountMeasure('types that succeeded', succeeded, scans * TYPES),
      createMaximumMeasure('most growth of a process, MiB', computeGrowth('rssMb'), { most: 40 }),
      createMaximumMeasure('most growth of open handles of a process', computeGrowth('handles'), {
        most: 10,
      }),
      { what: 'scans', value: String(scans) },
      { what: 'keys in Redis without an expiry', value: String(await countLasting(installation)) },
    ]
  },
}

/** The most that the least value of a process has grown; samples are by time, then by process. */
function findGrowth(early: Resources[][], late: Resources[][], key: keyof Resources): number {
  const findMinimum = (samples: Resources[][], index: number): number =>
    Math.min(...samples.map((processes) => processes[index]?.[key] ?? Number.POSITIVE_INFINITY))
  const processes = late[0] ?? []
  return Math.max(
    ...processes.map((_, index) => findMinimum(late, index) - findMinimum(early, index)),
  )
}

function measureAll({ apis, workers }: Installation): Promise<Resources[]> {
  return Promise.all(
    [...apis, ...workers].map(async ({ pid }) => {
      const rssMb = (await readMemoryKib(pid, 'VmRSS')) / 1_024
      return { rssMb, handles: (await readdir(`/proc/${pid}/fd`)).length }
    }),
  )
}

async function countLasting({ redis: { url } }: Installation): Promise<number> {
  const redis = new Redis(url)
  try {
    let count = 0
    for await (const keys of redis.scanStream({ count: 1_000 })) {
      for (const key of keys as string[]) if ((await redis.ttl(key)) === -1) count += 1
    }
    return count
  } finally {
    redis.disconnect()
  }
}
