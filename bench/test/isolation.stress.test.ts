import { expect, onTestFinished, test } from 'vitest'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { REJECTIONS, startBlockedScan } from '../src/isolation/blocked-scan.ts'
import { openRepeatableCallLog } from '../src/isolation/repeatable-call-log.ts'
import { timeScan } from '../src/isolation/time-scan.ts'
import { readRoute } from '../src/stack/read-route.ts'
import { startBenchStack } from '../src/stack/start-bench-stack.ts'
import { runWithCrds } from '../src/stack/run-with-crds.ts'

const TYPES = 12
const SLOTS = 4

test('a blocked scan waits in a paused queue until it is ended, and two measured scans get the same latencies', async () => {
  const redis = await startOwnRedis()
  onTestFinished(() => redis.stop())
  const { signal } = new AbortController()
  await runWithCrds(TYPES, async (cluster, types) => {
    await using stack = await startBenchStack({
      redisUrl: redis.url,
      cluster,
      provider: { latency: { kind: 'uniform', minMs: 20, maxMs: 60 }, faults: REJECTIONS },
      workers: 1,
      concurrency: SLOTS,
    })
    const calls = openRepeatableCallLog(stack.provider)
    const bench = { stack, calls, types, signal }
    const blocked = await startBlockedScan(bench, 'day')
    const request = { provider: 'anthropic', model: 'measured', include: types } as const
    await timeScan(bench, request)
    await timeScan(bench, request)
    const { waiting, bursts } = await blocked.end()
    expect(waiting).toBe(TYPES)
    expect(bursts).toHaveLength(1)
    expect(bursts[0]).toBeLessThanOrEqual(SLOTS)
    const route = await readRoute(stack.apiUrl, 'paused-for-a-day', signal)
    expect(route).toMatchObject({ backlog: 0, pause: null })
    const latencies = Map.groupBy(calls.of('measured'), ({ subject }) => subject)
    expect(latencies.size).toBe(TYPES)
    for (const [first, second] of latencies.values()) {
      expect(second?.latencyMs).toBe(first?.latencyMs)
    }
  })
})
