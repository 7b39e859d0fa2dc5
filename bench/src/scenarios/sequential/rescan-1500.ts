import { Redis } from 'ioredis'
import { defaultModel } from '@capstan/shared/config/default-model'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { createRedisKeys } from '@capstan/redis/keys'
import { buildRouteQueueName } from '@capstan/scan-store/routes/route'
import { runBenchScan } from '../../stack/run-bench-scan.ts'
import { runSeeds } from '../../run-seeds.ts'
import type { Lab, Scenario } from '../../scenario.ts'
import { startBenchStack } from '../../stack/start-bench-stack.ts'
import { pollScanUntilEnd } from '../../stack/poll-scan.ts'
import { runWithCrds } from '../../stack/run-with-crds.ts'
import { renderRescanPage, type RescanRun } from './rescan-1500-page.ts'

const TYPES = 1_500
const LOOK_MS = 20
const QUEUE = buildRouteQueueName({ provider: 'anthropic', model: defaultModel('anthropic') })

/** Cost of a scan of an unchanged cluster. */
export const rescan1500: Scenario = {
  name: 'rescan-1500',
  summary: 'the plan and the second scan of an unchanged cluster of 1,500 types; 15 s a seed',
  seeds: 5,
  run: (lab, seeds) =>
    runWithCrds(TYPES, async (cluster) => {
      const runs = await runSeeds(
        lab,
        seeds,
        (seed) => runOnce(lab, cluster, seed),
        ({ planMs, rescanMs }) => `plan ${planMs} ms, again ${rescanMs} ms`,
      )
      return renderRescanPage(runs, TYPES)
    }),
}

async function runOnce(lab: Lab, cluster: string, seed: number): Promise<RescanRun> {
  await using stack = await startBenchStack({
    redisUrl: lab.redisUrl,
    cluster,
    provider: { seed, latency: { kind: 'uniform', minMs: 10, maxMs: 20 } },
    workers: 2,
    concurrency: 100,
  })
  const redis = new Redis(lab.redisUrl)
  try {
    const { bullPrefix } = createRedisKeys(stack.prefix)
    // BullMQ numbers every added job, including those with custom ids.
    const added = async (): Promise<number> =>
      Number((await redis.get(`${bullPrefix}:${QUEUE}:id`)) ?? 0)
    const calls = (): number => stack.provider.stats().calls
    const include = ['*.example.com']
    const { planMs, scan: first } = await scanAndTimePlan(stack.apiUrl, include, lab.signal)
    const { progress } = first
    if (progress.succeeded !== TYPES) throw new Error(`only ${progress.succeeded} types succeeded`)
    const [callsBefore, jobsBefore] = [calls(), await added()]
    const { scan, sentAtMs } = await runBenchScan(stack.apiUrl, { include }, lab.signal)
    return {
      seed,
      planMs,
      firstCalls: callsBefore,
      firstJobs: jobsBefore,
      rescanMs: Date.parse(scan.finishedAt ?? '') - sentAtMs,
      rescanCalls: calls() - callsBefore,
      rescanJobs: (await added()) - jobsBefore,
      skipped: scan.progress.skipped,
    }
  } finally {
    redis.disconnect()
  }
}

async function scanAndTimePlan(
  apiUrl: string,
  include: string[],
  signal: AbortSignal,
): Promise<{ planMs: number; scan: Scan }> {
  let plannedAtMs: number | undefined
  const onLook = ({ progress }: Scan, atMs: number): void => {
    if (progress.total !== null) plannedAtMs ??= atMs
  }
  const run = await pollScanUntilEnd(apiUrl, { include }, { everyMs: LOOK_MS, onLook }, signal)
  return { planMs: (plannedAtMs ?? Date.now()) - run.sentAtMs, scan: run.scan }
}
