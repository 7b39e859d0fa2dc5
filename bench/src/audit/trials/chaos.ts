import { setTimeout as wait } from 'node:timers/promises'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { followEvents } from '@capstan/testkit/follow-events'
import { createSeededRandom } from '@capstan/testkit/random'
import type { Lab } from '../../scenario.ts'
import { checkStreams } from '../check-stream.ts'
import { openAuditClient } from '../audit-client.ts'
import { startInstallation, type Installation } from '../installation.ts'
import { HEAVY_FAULTS, LIGHT_FAULTS } from '../random-faults.ts'
import {
  createCountMeasure,
  createMaximumMeasure,
  type Measure,
  type AuditTrial,
} from '../audit-trial.ts'

const TYPES = 600
const READERS = 18
const BLOWS = 26
/** Time between two faults; 26 of them end before the scan does. */
const REST_MS = { least: 400, spread: 1_200 }
/** Duration of a pause, short enough for a worker to keep its locks, or not. */
const STOP_MS = { least: 1_000, spread: 9_000 }
const MOST_MS = 600_000

interface ChaosPlan {
  name: string
  faults: NonNullable<SimConfigInput['faults']>
  faultText: string
  mostCallsPerType: number
}

/** Kills and pauses processes and Redis at random while a scan runs and readers switch between API processes. */
function createChaosTrial({ name, faults, faultText, mostCallsPerType }: ChaosPlan): AuditTrial {
  return {
    name,
    method: `${TYPES} types, 2 API and 3 worker processes, ${faultText}; ${BLOWS} times kill -9 or SIGSTOP of a process or kill -9 of Redis, at random; ${READERS} readers hop between the API processes.`,
    run: async (lab, seed) => {
      await using installation = await startInstallation({
        types: TYPES,
        apis: 2,
        workers: 3,
        provider: { seed, latency: { kind: 'uniform', minMs: 1_000, maxMs: 2_000 }, faults },
        workerEnvironment: () => ({ CAPSTAN_CALL_TIMEOUT_MS: '15000' }),
      })
      const random = createSeededRandom(seed)
      const pickApi = (): string => pick(installation.apis, random).url
      const client = openAuditClient(pickApi, lab.signal)
      const begunAt = performance.now()
      const scanId = await client.startScan()
      const readers = startReaders(`/api/v1/scans/${scanId}/events`, pickApi, { random, lab })
      const striking = new AbortController()
      const blows = injectFaults(installation, random, striking.signal)
      const scan = await client.waitForEnd(scanId, MOST_MS)
      const tookMs = performance.now() - begunAt
      striking.abort()
      const struck = await blows
      const streams = checkStreams(await readers, scan.lastSeq)
      const { succeeded, failed, total } = scan.progress
      const calls = installation.provider.stats().calls
      return [
        createCountMeasure('types that succeeded', succeeded, TYPES),
        createCountMeasure('types that failed or were lost', failed + TYPES - (total ?? 0), 0),
        createMaximumMeasure('calls per type', calls / TYPES, {
          most: mostCallsPerType,
          digits: 2,
        }),
        createCountMeasure('events that a reader missed', streams.missing, 0),
        createCountMeasure('events that a reader got twice', streams.doubled, 0),
        { what: 'blows', value: String(struck) },
        { what: 'time, s', value: (tookMs / 1_000).toFixed(0) },
      ] satisfies Measure[]
    },
  }
}

export const chaos = createChaosTrial({
  name: 'kill -9 and SIGSTOP, light faults',
  faults: LIGHT_FAULTS,
  faultText: '0.6 % random provider faults',
  mostCallsPerType: 1.25,
})

export const chaosWithFaults = createChaosTrial({
  name: 'kill -9 and SIGSTOP, 13 % faults',
  faults: HEAVY_FAULTS,
  faultText:
    '13 % random provider faults (5 % 429 without Retry-After, 4 % 500, 3 % 529, 1 % hang)',
  mostCallsPerType: 1.45,
})

function startReaders(
  path: string,
  anyApi: () => string,
  { random, lab }: { random: () => number; lab: Lab },
): Promise<string[][]> {
  const reading = Array.from({ length: READERS }, async () => {
    const ids: string[] = []
    await followEvents({
      eventsUrl: () => `${anyApi()}${path}`,
      hopAfter: () => 50 + Math.floor(random() * 200),
      onEvent: ({ id }) => ids.push(id),
      signal: lab.signal,
    })
    return ids
  })
  return Promise.all(reading)
}

/** Injects faults until the scan has ended or all are injected. Returns their number. */
async function injectFaults(
  installation: Installation,
  random: () => number,
  signal: AbortSignal,
): Promise<number> {
  let struck = 0
  while (struck < BLOWS && !signal.aborted) {
    await wait(REST_MS.least + random() * REST_MS.spread)
    await injectFault(installation, random)
    struck += 1
  }
  return struck
}

async function injectFault({ redis, replace, ...processes }: Installation, random: () => number) {
  const dice = random()
  if (dice < 0.1) {
    await redis.kill()
    await redis.restart()
    return
  }
  const group = dice < 0.35 ? 'apis' : 'workers'
  const index = Math.floor(random() * processes[group].length)
  if (random() < 0.7) return replace(group, index, 'SIGKILL')
  const pid = processes[group][index]?.pid
  if (pid === undefined) return
  process.kill(pid, 'SIGSTOP')
  await wait(STOP_MS.least + random() * STOP_MS.spread)
  process.kill(pid, 'SIGCONT')
}

function pick<T>(list: T[], random: () => number): T {
  const found = list[Math.floor(random() * list.length)]
  if (found === undefined) throw new Error('there is nothing to pick from')
  return found
}
